import datetime as dt

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from failforward import testing

pytestmark = pytest.mark.django_db
STRANGE = ["", "x", "' OR 1=1 --", "0" * 32]


@pytest.fixture
def logged_in(client):
    client.force_login(testing.cast().rep)
    return client


def test_a_log_in_lasts_until_it_runs_out(logged_in):
    assert logged_in.get("/").status_code == 200

    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert logged_in.get("/").status_code == 302


@pytest.mark.parametrize("key", STRANGE)
def test_a_key_that_nobody_was_given_opens_nothing(logged_in, key):
    logged_in.cookies[settings.SESSION_COOKIE_NAME] = key
    assert logged_in.get("/").status_code == 302


def test_what_was_tampered_with_opens_nothing(logged_in):
    Session.objects.update(session_data="e30:1abcde:forged")
    assert logged_in.get("/").status_code == 302


def test_who_logs_out_is_out_with_the_old_key_too(logged_in):
    key = logged_in.cookies[settings.SESSION_COOKIE_NAME].value
    logged_in.logout()
    logged_in.cookies[settings.SESSION_COOKIE_NAME] = key
    assert logged_in.get("/").status_code == 302
