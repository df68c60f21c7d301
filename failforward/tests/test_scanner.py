"""Mail filters press every link before a person does. Nothing changes by it."""

from collections import Counter

import pytest
from django.test import Client

from failforward import link_pages, testing
from failforward.tests import every_mail
from failforward.tests.test_access import fingerprint

pytestmark = pytest.mark.django_db

PRESSES = 100
AGENTS = [
    "Mozilla/5.0 (compatible; MSIE 7.0; Windows NT 5.1) SafeLinks",
    "Mozilla/5.0 (compatible; BarracudaCentral/1.0)",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0",
    "Go-http-client/2.0",
]


def test_every_link_of_every_mail_pressed_a_hundred_times_changes_no_row(monkeypatch):
    # So that each press reaches the page; the limit would turn most of them away.
    monkeypatch.setattr(link_pages, "TRIES_A_MINUTE", 1_000_000)
    links = every_mail.send_all(testing.cast())
    before = fingerprint()

    answers = Counter()
    for link in links:
        for number in range(PRESSES):
            client = Client(headers={"user-agent": AGENTS[number % len(AGENTS)]})
            press = client.head if number % 5 == 0 else client.get
            answers[press(link.path).status_code] += 1

    assert set(answers) <= {200, 302}
    assert answers.total() == PRESSES * len(links) > 10 * PRESSES
    assert fingerprint() == before
