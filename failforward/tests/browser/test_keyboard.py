"""From the log-in to a sent answer with Tab, Space and Enter alone, and one always sees where one is."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from actions import follow_ups
from actions.models import Commitment
from failforward import testing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A radio is drawn by its label, which carries the outline.
OUTLINE = """() => {
  const one = document.activeElement;
  const drawn = one.matches("input[type=radio]") && one.nextElementSibling || one;
  const box = drawn.getBoundingClientRect();
  const style = getComputedStyle(drawn);
  return box.top >= 0 && box.bottom <= innerHeight && style.outlineStyle !== "none" && parseFloat(style.outlineWidth);
}"""


def tab_to(page: Page, target: Locator) -> None:
    for _press in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            assert page.evaluate(OUTLINE) >= 2, f"{target} shows no focus"
            return
    raise AssertionError(f"Tab never reaches {target}")


def test_an_answer_is_sent_by_keyboard_alone(open_browser):
    cast = testing.cast()
    now = timezone.now()
    promise = Commitment.make(
        cast.rep,
        cast.rep,
        "Try the gateways",
        timezone.localdate(now),
        now=now,
        asked_by=cast.manager,
        title="Gateways",
    )
    follow_ups.ask_at(follow_ups.waiting_for(promise), now)
    page = open_browser()
    page.goto("/")

    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(cast.rep.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(testing.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    tab_to(page, page.get_by_role("link", name=re.compile("Say how it went.*Gateways")))
    page.keyboard.press("Enter")
    expect(page.get_by_label("What was the outcome?")).to_be_visible()

    tab_to(page, page.get_by_role("radio", name="Done"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("What was the outcome?"))
    page.keyboard.type("All three pair.")
    tab_to(page, page.get_by_role("button", name="Send", exact=True).last)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you, Ines")).to_be_visible()

    assert promise.follow_ups.get().answer.outcome == "All three pair."
