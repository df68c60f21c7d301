"""Every page of the access table in a real browser: accessible in light and dark, fitting 360 pixels, one heading."""

import pytest
from django.urls import reverse

from failforward.tests import access
from failforward.tests.access import LOGGED_OUT, ROWS
from failforward.tests.browser.conftest import DESKTOP, PHONE, axe_findings, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROWEST = {"width": 360, "height": 740}
# Answers that are no pages of ours.
NO_PAGES = {"healthz", "readyz", "mailbox_html", "import_errors", "calendar", "evidence"}
# Parts that a page of ours fetches anew.
NO_PAGES |= {"coding_disputes_list", "session_live", "meeting_live"}
LOG_IN_PAGES = [
    *("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/"),
    *("/accounts/password/change/", "/accounts/email/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/logout/"),
]


@pytest.fixture
def world():
    world = access.build()
    access.add_reply_token(world)
    return world


def pages(world) -> list[tuple[str, str]]:
    """Address and who opens it: the first person of the row who is served."""
    rows = [row for row in ROWS if row.get and not row.absent and row.name not in NO_PAGES]
    shown = [(reverse(row.name, args=row.args(world)), row.get.split()[0]) for row in rows]
    return shown + [(url, LOGGED_OUT if "password/reset" in url or "login" in url else "rep") for url in LOG_IN_PAGES]


def visit(world, open_browser, size, theme, look) -> list:
    windows, found = {}, []
    for url, who in pages(world):
        if who not in windows:
            user = world.cast.people.get(who)
            windows[who] = open_browser(size=size, theme=theme, user=user)
        page = windows[who]
        response = page.goto(url)
        if response.status >= 400:
            found.append(f"{url}: {response.status}")
        found += look(page)
    return found


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")])
def test_axe_finds_nothing(world, open_browser, size, theme):
    assert visit(world, open_browser, size, theme, axe_findings) == []


def test_every_page_fits_360_pixels_has_one_heading_and_at_most_sixty_kilobytes(world, open_browser):
    def look(page) -> list[str]:
        wide, headings = overflow(page), page.locator("h1").count()
        size = len(page.content().encode())
        found = [f"{page.url}: {wide} px too wide"] * (wide > 0) + [f"{page.url}: {headings} h1"] * (headings != 1)
        return found + [f"{page.url}: {size:,} bytes"] * (size > 60_000)

    assert visit(world, open_browser, NARROWEST, "light", look) == []
