"""A filter with a browser of its own opens the links of every mail, runs their scripts and loads what they load."""

import pytest

from failforward import testing
from failforward.tests import every_mail
from failforward.tests.test_access import fingerprint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_browser_that_opens_every_link_changes_no_row(open_browser):
    links = every_mail.send_all(testing.cast())
    before = fingerprint()

    page = open_browser()
    answers = {link.path: page.goto(link.path, wait_until="networkidle").status for link in links}

    assert set(answers.values()) == {200}
    assert fingerprint() == before
