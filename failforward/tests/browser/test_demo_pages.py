"""The demo team, as a newcomer walks through it: every page that the navigation and the lists lead to."""

import pytest
from django.utils import timezone

from failforward.accounts.models import User
from failforward.demo import build
from failforward.tests.browser.conftest import DESKTOP

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINKS = "nav.nav-main a, .bar .menu-sheet a"
# One of each kind behind every list is enough.
OF_A_LIST = "main .tbl tbody tr:first-child a, main .rows > li:first-child a, main .letters > li:first-child a"


def addresses(page, selector: str) -> set[str]:
    return set(page.eval_on_selector_all(selector, "all => all.map(one => one.getAttribute('href'))")) - {None}


def test_every_page_of_the_navigation_opens_without_a_complaint(open_browser, settings):
    settings.DEMO = settings.MAILBOX = True
    build.build(timezone.now())
    wrong = []
    for key in ("mara", "ines", "jonas", "ada"):
        page = open_browser(DESKTOP, user=User.objects.get(email=f"{key}@tarnholm.example"))
        page.goto("/")
        opened: set[str] = set()
        for address in sorted(addresses(page, LINKS)):
            opened.add(address)
            if page.goto(address).status != 200:
                wrong.append(f"{key}: {address}")
            for further in sorted(addresses(page, OF_A_LIST) - opened):
                if further.startswith("/") and not further.endswith(".csv"):
                    opened.add(further)
                    if page.goto(further).status != 200:
                        wrong.append(f"{key}: {further}")
        assert len(opened) > 10, key
    assert wrong == []
