"""Two meetings a week apart, held by three people in three browsers, one of whom is absent the first time: nothing is
copied, nothing is lost, and the minutes are complete."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.models import (
    ActionFinding,
    ActionItem,
    ActionList,
    Answer,
    Commitment,
    Meeting,
    MeetingSeries,
)
from failforward import testing
from failforward.tests.browser.conftest import DESKTOP, PHONE, axe_findings, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY, WEEK = dt.timedelta(1), dt.timedelta(7)
NARROWEST = {"width": 360, "height": 740}
RIG, SHEET, CALL = "Try the rig with the three gateways", "Agree on one site-visit sheet", "Ring the nine addresses"
NEXT, LATER = "Ask Lena for a firmware unit", "Who tells marketing?"


@dataclass
class Room:
    """Jonas has the chair; Ines is there both times, Tom the second time only."""

    cast: testing.Cast
    weekly: ActionList
    jonas: Page
    ines: Page
    tom: Page

    @property
    def meeting(self) -> Meeting:
        return Meeting.objects.still_open().get()

    @property
    def url(self) -> str:
        return f"/meetings/{self.meeting.pk}/"


@pytest.fixture
def room(open_browser):
    cache.clear()
    cast = testing.cast()
    weekday = timezone.localdate().isoweekday()
    weekly = testing.action_list(cast, people=(cast.rep, cast.other_rep), meeting_weekday=weekday, meeting_time="00:00")
    for what, person in ((RIG, cast.rep), (SHEET, cast.rep), (CALL, cast.other_rep)):
        promise(cast, weekly, what, person)
    before = timezone.now() - DAY
    MeetingSeries.plan(cast.list_owner, weekly, now=before, starts_on=before.date())
    windows = {
        "jonas": open_browser(DESKTOP, user=cast.list_owner),
        "ines": open_browser(PHONE, "dark", user=cast.rep),
        "tom": open_browser(DESKTOP, user=cast.other_rep),
    }
    yield Room(cast, weekly, **windows)
    cache.clear()


def promise(cast, weekly, what, person) -> None:
    work = testing.action(cast, action_list=weekly, state="in_progress", done_criterion="Seen", responsible=person)
    ActionFinding.objects.create(action=work, finding=testing.finding(cast))
    on = timezone.localdate() - DAY
    given = {"action": work, "action_list": weekly, "due_on": on, "asked_by": cast.list_owner, "person": person}
    made = testing.commitment(cast, what=what, **given)
    Commitment.objects.filter(pk=made.pk).update(created_at=timezone.now() - WEEK)


def test_two_meetings_a_week_apart(room):
    copied = (ActionItem.objects.count(), Commitment.objects.count())
    first = room.meeting
    met(room)
    talked(room)
    assert (ActionItem.objects.count(), Commitment.objects.count()) == (copied[0], copied[1] + 1)
    minutes(room, first)
    a_week_passes(first)
    met_again(room)
    nothing_is_lost(room, first)


def met(room: Room) -> None:
    """Tom does not come. Whoever waits in the lobby comes along by themselves."""
    room.ines.goto(room.url)
    expect(room.ines.get_by_text("Jonas Weil begins.")).to_be_visible()
    room.jonas.goto("/")
    room.jonas.get_by_role("link", name="Look at the agenda").click()
    for what in (RIG, SHEET, CALL):
        expect(room.jonas.locator("#s-live").get_by_text(what)).to_be_visible()
    looks_well(room.jonas)
    looks_well(room.ines)
    room.jonas.get_by_label("Ines Duarte").check()
    room.jonas.get_by_label("Tom Okafor").uncheck()
    room.jonas.locator("main").focus()
    room.jonas.keyboard.press("n")
    for page in (room.jonas, room.ines):
        heading(page, RIG)


def talked(room: Room) -> None:
    """One key leaves an item, and the others go along; nobody speaks for the absent."""
    room.jonas.get_by_label("What happened?").fill("Two of three pair.")
    room.jonas.get_by_label("What did we learn?").fill("Nobody knew the firmware.")
    room.jonas.get_by_label("What is done next").fill(NEXT)
    room.jonas.get_by_label("By", exact=True).fill((timezone.localdate() + 2 * DAY).isoformat())
    looks_well(room.jonas)
    room.jonas.keyboard.press("Control+Enter")
    for page in (room.jonas, room.ines):
        heading(page, SHEET)
    looks_well(room.ines)
    # Ines keeps something for later on her own screen and is left in peace.
    room.ines.get_by_text("Keep something for later").click()
    room.ines.get_by_label("For later", exact=True).fill(LATER)
    room.jonas.get_by_label("What happened?").fill("It hangs in the office.")
    press(room.jonas, "d")
    heading(room.jonas, CALL)
    expect(room.ines.get_by_text("The meeting has gone on.")).to_be_visible()
    expect(room.ines.get_by_label("For later", exact=True)).to_have_value(LATER)
    room.ines.get_by_role("button", name="Keep it").click()
    heading(room.ines, CALL)
    press(room.jonas, "d")
    expect(room.jonas.get_by_role("alert")).to_contain_text("Tom Okafor is not here")
    looks_well(room.jonas)
    room.jonas.get_by_label("What happened?").fill("")
    press(room.jonas, "p")
    for page in (room.jonas, room.ines):
        heading(page, "What did we promise each other?")
    expect(room.jonas.locator("#w-new + .rows")).to_contain_text(NEXT)
    expect(room.jonas.get_by_text(LATER, exact=True)).to_be_visible()
    looks_well(room.jonas)
    press(room.jonas, "c")
    heading(room.jonas, f"Minutes of “{room.weekly.name}”")
    heading(room.ines, f"Minutes of “{room.weekly.name}”")


def minutes(room: Room, first: Meeting) -> None:
    """What was done, moved and new, and the item of who was not there."""
    page = room.tom
    page.goto(f"/meetings/{first.pk}/")
    for words in (RIG, "Two of three pair.", "Nobody knew the firmware.", NEXT, SHEET, "It hangs in the office.", CALL):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Tom Okafor not there")
    expect(page.locator("main")).to_contain_text("1 promise kept")
    expect(page.get_by_text(LATER, exact=True)).to_be_visible()
    looks_well(page)
    page.emulate_media(media="print")
    expect(page.get_by_text(CALL)).to_be_visible()
    page.emulate_media(media="screen")


def a_week_passes(first: Meeting) -> None:
    """All that happened is a week older."""
    times = ("starts_at", "started_at", "resumed_at", "closed_at", "held_on")
    was = Meeting.objects.get(pk=first.pk)
    Meeting.objects.filter(pk=first.pk).update(**{name: getattr(was, name) - WEEK for name in times})
    for answer in Answer.objects.all():
        Answer.objects.filter(pk=answer.pk).update(answered_at=answer.answered_at - WEEK)
    for one in Commitment.objects.all():
        older = {"due_on": one.due_on - WEEK, "created_at": one.created_at - WEEK}
        Commitment.objects.filter(pk=one.pk).update(**older)
    Meeting.objects.still_open().update(starts_at=timezone.now())


def met_again(room: Room) -> None:
    """All three; the chair goes to Ines, and Tom's promise is answered by Tom."""
    room.jonas.goto(room.url)
    for what in (NEXT, CALL):
        expect(room.jonas.locator("#s-live").get_by_text(what)).to_be_visible()
    for what in (RIG, SHEET):
        expect(room.jonas.locator("#s-live").get_by_text(what)).to_have_count(0)
    expect(room.jonas.get_by_text(LATER, exact=True)).to_be_visible()
    room.tom.goto(room.url)
    room.ines.goto(room.url)
    room.jonas.get_by_text("Hand over", exact=True).click()
    room.jonas.get_by_label("Who has the chair from here on?").select_option("Ines Duarte")
    room.jonas.get_by_role("button", name="Hand over the chair").click()
    expect(room.ines.locator("#s-here")).to_contain_text("Ines Duarte has the chair.")
    room.ines.reload()
    room.ines.get_by_label("Tom Okafor").check()
    room.ines.get_by_role("button", name="Start the meeting").click()
    expect(room.tom.locator("#s-here")).to_contain_text("Ines Duarte has the chair.")
    for _ in range(2):
        current = room.ines.locator("h1").text_content()
        heading(room.tom, current)
        room.ines.get_by_label("What happened?").fill(f"Done: {current}")
        room.ines.get_by_role("button", name="Done", exact=True).click()
        expect(room.ines.locator("h1")).not_to_have_text(current)
    for page in (room.ines, room.tom):
        heading(page, "What did we promise each other?")
    room.ines.get_by_role("button", name="Close the meeting").click()
    heading(room.tom, f"Minutes of “{room.weekly.name}”")


def nothing_is_lost(room: Room, first: Meeting) -> None:
    second = Meeting.objects.closed().exclude(pk=first.pk).get()
    left = {item.title: item.left_as for item in second.items.left()}
    assert left == {NEXT: "done", CALL: "done"}
    assert {item.title: item.left_as for item in first.items.left()} == {RIG: "next", SHEET: "done", CALL: "parked"}
    states = dict(Commitment.objects.values_list("what", "state"))
    assert states == {RIG: "dropped", SHEET: "kept", NEXT: "kept", CALL: "kept"}
    answers = dict(Answer.objects.filter(via="meeting").values_list("follow_up__commitment__what", "by__name"))
    assert answers == {RIG: "Ines Duarte", SHEET: "Ines Duarte", NEXT: "Ines Duarte", CALL: "Tom Okafor"}
    assert Meeting.objects.filter(state="planned").count() == 1


def test_without_a_script_a_meeting_goes_by_whole_pages(open_browser):
    cache.clear()
    cast = testing.cast()
    weekly = testing.action_list(cast, people=(cast.rep,))
    promise(cast, weekly, RIG, cast.rep)
    jonas = open_browser(NARROWEST, scripts=False, user=cast.list_owner)
    jonas.goto(f"/lists/{weekly.pk}/")
    jonas.get_by_role("button", name="Meet now").click()
    assert overflow(jonas) <= 0
    jonas.get_by_label("Ines Duarte").check()
    jonas.get_by_role("button", name="Start the meeting").click()
    heading(jonas, RIG)
    assert overflow(jonas) <= 0
    ines = open_browser(DESKTOP, scripts=False, user=cast.rep)
    ines.goto(jonas.url)
    jonas.get_by_label("What happened?").fill("It pairs.")
    jonas.get_by_role("button", name="Done", exact=True).click()
    heading(jonas, "What did we promise each other?")
    ines.get_by_role("link", name="Show what is new").click()
    heading(ines, "What did we promise each other?")
    jonas.get_by_role("button", name="Close the meeting").click()
    expect(jonas.get_by_text("It pairs.")).to_be_visible()
    assert overflow(jonas) <= 0
    cache.clear()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def press(page: Page, key: str) -> None:
    page.locator("main").focus()
    page.keyboard.press(key)


def looks_well(page: Page) -> None:
    assert axe_findings(page) == []
    assert overflow(page) <= 0, page.url
