"""A filter with a browser of its own opens the links of every mail, runs their scripts and loads what they load."""

import pytest

from failforward import testing
from failforward.tests import every_mail
from failforward.tests.test_access import fingerprint

# A page is at rest half a second after the last it loads; several may rest together.
AT_ONCE = 8
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_browser_that_opens_every_link_changes_no_row(open_browser):
    links = every_mail.send_all(testing.cast())
    before = fingerprint()

    windows = [open_browser() for _ in range(AT_ONCE)]
    for together in batched(sorted({link.path for link in links}), AT_ONCE):
        opened = [(page, page.goto(path, wait_until="commit")) for page, path in zip(windows, together, strict=False)]
        for page, answer in opened:
            page.wait_for_load_state("networkidle")
            assert answer.status == 200, page.url

    assert fingerprint() == before


def batched(paths: list[str], size: int) -> list[list[str]]:
    return [paths[first : first + size] for first in range(0, len(paths), size)]
