"""Sorting many events by hand and by key, and the queue of decisions that fills by itself."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from failforward import testing
from failforward.tests.browser.conftest import DESKTOP, axe_findings, look_in_both_themes, overflow
from reviews import coding
from reviews.models import Coding, HalfReading, Session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def review(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    return testing.review(cast, people, readers_per_event=2, facilitator=cast.facilitator)


def events_of(review, number):
    return [testing.event(review, what=f"Event {n}", causal_role="caused") for n in range(number)]


def kept() -> list[str]:
    return sorted(HalfReading.objects.values_list("category", flat=True))


def test_cards_are_sorted_by_key_and_by_drag_and_stay_sorted(open_browser, cast, review):
    events_of(review, 4)
    page = open_browser(user=cast.rep)
    page.goto("/coding/cards/")
    cards = page.locator("[data-card]:visible")
    expect(cards.first).to_be_focused()

    page.keyboard.press("9")
    expect(page.locator("#said")).to_contain_text("Put into “Poor planning and scheduling”.")
    page.keyboard.press("-")
    expect(page.locator("#said")).to_contain_text("Inadequate information about the competition")
    expect(cards).to_have_count(2)
    cards.first.drag_to(page.locator("[data-bin=budget]"))
    expect(page.locator("#said")).to_contain_text("Insufficient selling budget")
    assert kept() == ["budget", "competitor_knowledge", "planning"]
    expect(page.locator("#left")).to_have_text("1")

    page.get_by_role("button", name="Take back").click()
    expect(page.locator("#said")).to_contain_text("Taken back.")
    assert kept() == ["competitor_knowledge", "planning"]

    page.get_by_role("button", name="Save what is chosen").click()
    expect(page.get_by_text("Nothing was chosen yet.")).to_be_visible()
    assert kept() == ["competitor_knowledge", "planning"]
    expect(cards).to_have_count(2)
    expect(page.locator("[data-bin=planning] b")).to_have_text("1")
    page.keyboard.press("0")
    expect(cards).to_have_count(1)
    page.keyboard.press("1")
    expect(page.get_by_text("4 events have their category.")).to_be_visible()

    page.goto("/coding/verdicts/")
    for key in ("s", "o", "u", "s"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("4 sent.")).to_be_visible()
    assert sorted(Coding.objects.values_list("verdict", flat=True)) == ["one_off", "systemic", "systemic", "unsure"]
    assert kept() == []


def test_a_card_that_cannot_be_saved_comes_back_and_says_why(open_browser, cast, review):
    event, _other = events_of(review, 2)
    page = open_browser(user=cast.rep)
    page.goto("/coding/cards/")
    for reader in (cast.other_rep, cast.facilitator):
        coding.submit(event, reader, "budget", "systemic", now=timezone.now())
    card = page.locator(f"[data-card='{event.pk}']")
    card.focus()
    page.keyboard.press("9")
    expect(page.locator("#said")).to_contain_text("This event is settled.")
    expect(card).to_be_visible()
    assert kept() == []


@pytest.mark.parametrize("held", [False, True], ids=["board", "session"])
def test_events_are_judged_one_after_the_other_by_key(open_browser, cast, review, held):
    first, second, third = (
        testing.event(review, what=f"Event {n}", happened_on=date(2026, 10, n + 1)) for n in range(3)
    )
    url = f"/reviews/{review.pk}/board/"
    if held:
        url = f"/reviews/{review.pk}/session/"
        Session.begin(review, cast.facilitator, timezone.now()).move_to(cast.facilitator, "causes", timezone.now())
    page = open_browser(user=cast.facilitator)
    page.goto(url)
    expect(page.locator(f"#event-{first.pk} button:focus")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator(f"[data-role=caused] #event-{first.pk}")).to_be_visible()
    expect(page.locator(f"#event-{second.pk} button:focus")).to_have_count(1)
    page.keyboard.press("4")
    expect(page.locator(f"[data-role=unknown] #event-{second.pk}")).to_be_visible()
    expect(page.locator(f"#event-{third.pk} button:focus")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator(f"[data-role=caused] #event-{third.pk}")).to_be_visible()
    expect(page.locator(f"#event-{third.pk} button:focus")).to_have_count(1)
    page.keyboard.press("w")
    expect(page.locator("[name=without_it]:focus")).to_have_count(1)
    third.refresh_from_db()
    assert third.causal_role == "caused"
    if held:
        page.locator("h1").click()
        with page.context.expect_page() as opened:
            page.keyboard.press("?")
        expect(opened.value.get_by_role("heading", name="The session")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("What did each do to the outcome?")


def test_wins_are_answered_one_after_the_other_by_key(open_browser, cast, review):
    (event,) = events_of(review, 1)
    for _number in range(3):
        testing.won(cast)
    page = open_browser(user=cast.rep)
    page.goto(f"/events/{event.pk}/wins/")
    expect(page.locator("[data-win]")).to_have_count(3)
    for key in ("2", "x", "1"):
        expect(page.locator("[data-win] button:focus")).to_have_count(1)
        page.keyboard.press(key)
        expect(page.locator("[data-win] button:focus")).to_have_count(0 if key == "1" else 1)
    expect(page.locator("[data-win] [aria-pressed=true]")).to_have_count(2)
    said = sorted(event.comparisons.values_list("present", flat=True))
    assert said == ["no", "unlike", "yes"]
    assert axe_findings(page) == []


def test_a_dispute_appears_within_three_seconds_and_nothing_typed_is_lost(open_browser, cast, review):
    one, two = events_of(review, 2)
    now = timezone.now()
    coding.submit(one, cast.rep, "budget", "one_off", now=now)
    coding.submit(one, cast.other_rep, "planning", "systemic", now=now)
    coding.submit(two, cast.rep, "budget", "one_off", now=now)
    leads, reads = open_browser(user=cast.facilitator), open_browser(user=cast.other_rep)
    leads.goto("/coding/disputes/")
    leads.get_by_label("Why is it decided this way?").fill("It came back")

    reads.goto(f"/coding/{two.pk}/")
    reads.keyboard.press("9")
    reads.keyboard.press("s")
    reads.keyboard.press("Control+Enter")
    expect(leads.locator("[data-live] li")).to_have_count(2, timeout=3_000)
    expect(leads.locator("#live-said")).to_have_text("One more to decide.")
    expect(leads.get_by_label("Why is it decided this way?")).to_be_focused()
    expect(leads.get_by_label("Why is it decided this way?")).to_have_value("It came back")

    leads.keyboard.type(".")
    leads.get_by_role("heading", level=1).click()
    leads.keyboard.press("9")
    leads.keyboard.press("s")
    leads.keyboard.press("Control+Enter")
    expect(leads.get_by_text("Decided. Every reading is kept.")).to_be_visible()
    expect(leads.locator("blockquote")).to_contain_text("Event 1")
    one.refresh_from_db()
    assert (one.category, one.adjudication.reason) == ("planning", "It came back.")


def test_the_first_that_comes_stands_open_by_itself(open_browser, cast, review):
    (event,) = events_of(review, 1)
    page = open_browser(user=cast.facilitator)
    page.goto("/coding/disputes/")
    expect(page.get_by_text("No readings differ.")).to_be_visible()
    for reader, category in ((cast.rep, "budget"), (cast.other_rep, "planning")):
        coding.submit(event, reader, category, "one_off", reason=f"Said {category}.", now=timezone.now())
    expect(page.get_by_text("Said budget.")).to_be_visible(timeout=3_000)
    expect(page.get_by_text("Said planning.")).to_be_visible()
    page.keyboard.press("9")
    page.keyboard.press("o")
    page.get_by_label("Why is it decided this way?").fill("It is.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No readings differ.")).to_be_visible()
    event.refresh_from_db()
    assert (event.category, event.verdict) == ("planning", "one_off")


def test_the_filled_pages_are_accessible(open_browser, cast, review):
    one, two, _three = events_of(review, 3)
    for reader, category in ((cast.rep, "budget"), (cast.other_rep, "planning")):
        coding.submit(one, reader, category, "one_off", now=timezone.now())
    HalfReading.objects.create(event=two, reader=cast.facilitator, category="budget")
    page = open_browser(user=cast.facilitator)
    for url in ("/coding/cards/", "/coding/cards/?in=budget", "/coding/verdicts/", "/coding/disputes/"):
        page.goto(url)
        assert overflow(page) == 0
        assert look_in_both_themes(page) == []
        assert overflow(page) == 0
        page.set_viewport_size(DESKTOP)
