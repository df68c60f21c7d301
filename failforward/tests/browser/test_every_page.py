"""Every page of the access table in a real browser: accessible in light and dark, fitting 360 pixels, one heading."""

import pytest
from django.urls import reverse

from failforward.tests import access
from failforward.tests.access import LOGGED_OUT, ROWS
from failforward.tests.browser.conftest import DESKTOP, look_in_both_themes, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROWEST = {"width": 360, "height": 740}
WORSE = """() => {
  const main = document.querySelector("main");
  main.insertAdjacentHTML("beforeend", "<h1>Again</h1><p>Pale</p><img src='/static/none.png'><p>Wide</p>");
  const [pale, wide] = [...main.querySelectorAll("p")].slice(-2);
  Object.assign(pale.style, {color: "#888", background: "#8a8a8a"});
  wide.style.width = "2000px";
}"""
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


def test_every_page_is_accessible_in_both_themes_and_fits_its_window(world, open_browser):
    """Opened once and looked at in every way: themes and sizes differ by an attribute and the window alone."""
    assert visit(world, open_browser, DESKTOP, "light", look_at_all_of_it) == []


def look_at_all_of_it(page) -> list[str]:
    found = is_one_page(page) + look_in_both_themes(page)
    page.set_viewport_size(NARROWEST)
    wide = overflow(page)
    found += [f"{page.url}: {wide} px too wide"] * (wide > 0)
    page.set_viewport_size(DESKTOP)
    return found


def is_one_page(page) -> list[str]:
    headings, size = page.locator("h1").count(), len(page.content().encode())
    found = [f"{page.url}: {headings} h1"] * (headings != 1)
    return found + [f"{page.url}: {size:,} bytes"] * (size > 60_000)


def test_the_theme_is_the_attribute_that_is_looked_at(open_browser):
    """So that what is seen above is what somebody sees who chose it."""
    for theme in ("light", "dark"):
        page = open_browser(theme=theme)
        page.goto("/accounts/login/")
        assert page.evaluate("document.documentElement.dataset.bsTheme") == theme


def test_what_is_amiss_would_be_found(open_browser):
    """The net itself, on a page made worse: pale letters, a picture without words, a second heading, a wide line."""
    page = open_browser()
    page.goto("/accounts/login/")
    assert look_at_all_of_it(page) == []
    page.evaluate(WORSE)
    found = look_at_all_of_it(page)
    for theme in ("light", "dark"):
        for width in (1280, 390):
            rules = [one.split(": ")[2] for one in found if one.startswith(f"{theme} at {width}")]
            assert {"color-contrast"} | ({"image-alt"} if theme == "light" else set()) <= set(rules)
    assert [one.split()[-1] for one in found if one.startswith(page.url)] == ["h1", "wide"]
