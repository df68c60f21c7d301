"""A whole review, held by four people in four browsers: two disagree, one tells without a name, one keeps their own
part private."""

import datetime as dt
import io
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from failforward import testing
from failforward.outbox.models import Mail
from failforward.tests.browser.conftest import DESKTOP, PHONE, axe_findings, overflow
from reviews.models import FailureEvent, OwnPart, Review, Session, ThanksToken

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A screen looks every two seconds. What was stored while one look was on its way is there with the next.
LOOKS = 2
NARROWEST = {"width": 360, "height": 740}
NAMED = "Eighteen days went by without a word from us."
NAMELESS = "We promised a bracket that we do not have."
PRIVATE = "I never rang him back."
TYPED = "I am in the middle of a sen"
WEAKNESS = "Nobody is down for the week after a quote"
LESSON = "Ring back within two days."


@dataclass
class Room:
    """Mara leads; Ines, Tom and Jonas come along."""

    cast: testing.Cast
    review: Review
    mara: Page
    ines: Page
    tom: Page
    jonas: Page

    @property
    def url(self) -> str:
        return f"/reviews/{self.review.pk}/session/"

    @property
    def all(self) -> list[Page]:
        return [self.mara, self.ines, self.tom, self.jonas]


@pytest.fixture
def room(open_browser):
    cache.clear()
    cast = testing.cast()
    review = testing.review(cast, state="pending", opened_on=None, readers_per_event=2, sponsor=cast.sponsor)
    windows = {
        "mara": open_browser(DESKTOP, user=cast.manager),
        "ines": open_browser(PHONE, "dark", user=cast.rep),
        "tom": open_browser(DESKTOP, user=cast.other_rep),
        "jonas": open_browser(DESKTOP, user=cast.list_owner),
    }
    yield Room(cast, review, **windows)
    cache.clear()


def test_a_review_from_opening_to_thanks_by_four_people(room):
    opened(room)
    gathered(room)
    judged(room)
    read_and_settled(room)
    found_and_closed(room)
    thanked(room)
    leads_to_nobody(room)
    stays_private(room)


def test_without_a_script_a_session_goes_by_whole_pages(open_browser):
    cache.clear()
    cast = testing.cast()
    review = testing.review(cast, (cast.rep, cast.facilitator), facilitator=cast.facilitator)
    farid = open_browser(NARROWEST, scripts=False, user=cast.facilitator)
    farid.goto(f"/reviews/{review.pk}/")
    farid.get_by_role("link", name="Hold it together").click()
    farid.get_by_role("button", name="Begin the session").click()
    farid.get_by_role("textbox", name="What happened").fill(NAMED)
    farid.get_by_role("button", name="Add the event").click()
    expect(farid.locator("#s-live .hand")).to_have_text(NAMED)
    ines = open_browser(DESKTOP, scripts=False, user=cast.rep)
    ines.goto(f"/reviews/{review.pk}/session/")
    farid.get_by_role("button", name="On to Causes").click()
    ines.get_by_role("link", name="Show what is new").click()
    heading(ines, "What did each do to the outcome?")
    expect(ines.locator("#s-here")).to_contain_text("Ines Duarte")
    ines.get_by_role("button", name="Caused it").click()
    ines.get_by_role("link", name="Without it?").click()
    ines.get_by_text("Perhaps", exact=True).click()
    ines.get_by_role("button", name="Save").click()
    expect(ines.locator("[data-role=caused]")).to_contain_text("without it: Perhaps")
    for step in ("Sort", "Findings", "Close"):
        farid.get_by_role("button", name=f"On to {step}").click()
    farid.get_by_text("Hand over, end").click()
    farid.get_by_role("button", name="End the session").click()
    expect(farid.get_by_text("The session is over.")).to_be_visible()
    cache.clear()


def opened(room: Room) -> None:
    """Mara chooses the loss and begins; whoever waits in the lobby comes along by themselves."""
    room.mara.goto(f"/reviews/{room.review.pk}/")
    room.mara.get_by_role("button", name="Full review").click()
    expect(room.mara.get_by_text("Hold it together")).to_be_visible()
    review = Review.objects.get(pk=room.review.pk)
    for user in (room.cast.rep, room.cast.other_rep, room.cast.list_owner):
        review.add_person(room.cast.manager, user)
    review.let_facilitate(room.cast.manager, room.cast.manager)
    for page in room.all[1:]:
        page.goto(room.url)
        expect(page.get_by_text("Nobody has begun yet.")).to_be_visible()
    room.mara.goto(room.url)
    room.mara.keyboard.press("n")
    for page in room.all:
        heading(page, "What happened?")
    expect(room.mara.locator("#s-here")).to_contain_text("Ines Duarte, Jonas Weil, Mara Lindqvist, Tom Okafor")


def gathered(room: Room) -> None:
    writing = room.mara.get_by_role("textbox", name="What happened")
    writing.fill(TYPED)
    room.jonas.get_by_label("What did I do or leave undone?").fill(PRIVATE)
    room.jonas.get_by_role("button", name="Keep it to myself").click()
    expect(room.jonas.get_by_text(PRIVATE)).to_be_visible()

    tell(room.tom, NAMED)
    appears(room.mara, NAMED, looks_of(room.mara))
    before = testing.every_row()
    tell(room.ines, NAMELESS, nameless=True)
    appears(room.mara, NAMELESS, looks_of(room.mara))
    only_the_day_is_kept(room, before)

    # What one was doing is as it was.
    expect(writing).to_be_focused()
    expect(writing).to_have_value(TYPED)
    expect(room.mara.locator("#s-said")).to_have_text("1 new event.")
    assert NAMELESS not in room.tom.content() and NAMED not in room.ines.content()
    for page in room.all[1:]:
        page.locator("#tell-first button").click()
        for what in (NAMED, NAMELESS):
            expect(page.locator("#s-live").get_by_text(what)).to_be_visible()
    looks_well(room.ines)
    writing.fill("")


def judged(room: Room) -> None:
    """Jonas writes while the others go on: he is told, and goes when he likes. Ines and Tom judge one event at once."""
    typed = room.jonas.get_by_role("textbox", name="What happened")
    typed.fill(TYPED)
    go_on(room.mara, "What did each do to the outcome?")
    for page in (room.tom, room.ines):
        heading(page, "What did each do to the outcome?")
    expect(room.jonas.get_by_text("Mara has gone on to Causes.")).to_be_visible()
    expect(typed).to_have_value(TYPED)
    typed.fill("")
    heading(room.jonas, "What did each do to the outcome?")

    room.tom.route("**/session/live/**", lambda route: route.fulfill(status=204))
    card(room.ines, NAMED).get_by_role("button", name="Caused it").click()
    card(room.ines, NAMED).get_by_role("link", name="Without it?").click()
    room.ines.get_by_text("Perhaps", exact=True).click()
    room.ines.get_by_role("button", name="Save").click()
    expect(card(room.ines, NAMED)).to_contain_text("without it: Perhaps")
    card(room.tom, NAMED).get_by_role("button", name="Unrelated").click()
    expect(room.tom.get_by_role("alert")).to_contain_text("There it says “Caused it, Perhaps”, here “Unrelated”.")
    room.tom.unroute("**/session/live/**")
    room.tom.locator("#s-judge").get_by_text("Contributed", exact=True).click()
    room.tom.get_by_role("button", name="Save").click()
    expect(room.mara.locator("[data-role=contributed]").get_by_text(NAMED)).to_be_visible()
    # By key, on the event one is at.
    card(room.mara, NAMELESS).get_by_role("button").first.focus()
    room.mara.keyboard.press("3")
    expect(room.mara.locator("[data-role=unrelated]").get_by_text(NAMELESS)).to_be_visible()
    looks_well(room.mara)


def read_and_settled(room: Room) -> None:
    """Tom and Jonas read both, by keys; they disagree about the first. Mara settles it, and the dissent is kept."""
    go_on(room.mara, "Which of the eleven, and could it happen again?")
    for page, verdict in ((room.tom, "s"), (room.jonas, "o")):
        heading(page, "Which of the eleven, and could it happen again?")
        for left in (2, 1):
            form = page.locator("form").filter(has=page.get_by_role("button", name="Send and next"))
            expect(form).to_contain_text({2: "2 wait for you.", 1: "One waits for you."}[left])
            named = form.get_by_text(NAMED).count()
            page.keyboard.press("9")
            page.keyboard.press(verdict if named else "o")
            in_one_screen(page)
            page.keyboard.press("w")
            page.keyboard.type(f"Said by {page.title()} {verdict}.")
            page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Nothing waits for you. Thank you.")).to_be_visible()
    expect(room.mara.locator("#s-live")).to_contain_text("1 of 2 settled")
    looks_well(room.tom)

    room.mara.get_by_role("link", name="Settle the readings").click()
    expect(room.mara.locator(".readings")).to_contain_text("Tom Okafor")
    room.mara.keyboard.press("9")
    room.mara.keyboard.press("s")
    room.mara.get_by_label("Why is it decided this way?").fill("It was so in spring too.")
    room.mara.get_by_label("Who sees it otherwise, and why?").fill("Jonas calls it a one-off.")
    room.mara.get_by_role("button", name="Settle it").click()
    expect(room.mara.locator("#s-live")).to_contain_text("2 of 2 settled")
    settled = FailureEvent.objects.get(what=NAMED)
    assert (settled.verdict, settled.adjudication.dissent) == ("systemic", "Jonas calls it a one-off.")
    assert sorted(settled.codings.values_list("verdict", flat=True)) == ["one_off", "systemic"]


def found_and_closed(room: Room) -> None:
    go_on(room.mara, "What weakness does it show?")
    room.mara.get_by_label("Or write a new one").fill(WEAKNESS)
    room.mara.get_by_role("button", name="It shows this").click()
    heading(room.tom, "What weakness does it show?")
    expect(room.tom.get_by_role("link", name=WEAKNESS).first).to_be_visible()
    room.mara.get_by_role("link", name=WEAKNESS).first.click()
    room.mara.locator("form").filter(has_text="Accept it as it is").get_by_label("Why?").fill("The team is moving.")
    room.mara.get_by_role("button", name="Accept it as it is").click()
    room.mara.goto(room.url)
    go_on(room.mara, "What do we take along?")
    heading(room.tom, "What do we take along?")
    expect(room.tom.locator("#s-live")).to_contain_text("5 things are missing")
    room.mara.get_by_label("One lesson").fill(LESSON)
    for end in (
        "Files are archived",
        "Workspaces are closed",
        "The customer is thanked",
        "Open questions are answered",
    ):
        room.mara.get_by_label(end).check()
    room.mara.get_by_text("Thank people by name").click()
    room.mara.get_by_label("Tom Okafor").fill("For reading it twice.")
    looks_well(room.mara)
    room.mara.get_by_role("button", name="Close the review").click()
    for page in room.all:
        expect(page.get_by_text("The review is closed. Thank you for looking back.").first).to_be_visible()
        expect(page.get_by_text(LESSON).first).to_be_visible()
    assert Session.objects.get().ended_at


def thanked(room: Room) -> None:
    """The sponsor is asked by mail, presses once, and Tom is thanked in her name."""
    call_command("run_due", stdout=io.StringIO())
    asked = Mail.objects.get(kind="thanks_asked")
    assert asked.recipient == room.cast.sponsor
    until = timezone.now() + dt.timedelta(days=30)
    token = ThanksToken.issue(review=room.review, person=room.cast.sponsor, expires_at=until)
    room.tom.goto(f"/g/{token}/")
    room.tom.get_by_role("button", name="Send the thanks").click()
    expect(room.tom.get_by_role("button", name="Send the thanks")).to_have_count(0)
    assert Mail.objects.get(kind="thanks").recipient == room.cast.other_rep


def leads_to_nobody(room: Room) -> None:
    """Whatever row is about the nameless event: none names Ines."""
    event, ines = FailureEvent.objects.get(what=NAMELESS), room.cast.rep
    about = []
    for (table, _pk), row in testing.every_row().items():
        text = str(row)
        if str(event.pk) in text or str(event.uuid) in text or NAMELESS in text:
            about.append(table)
            people = [row[name] for name in row if name in ("by_id", "author_id", "coder_id", "user_id", "led_by_id")]
            assert ines.pk not in people and ines.name not in text and ines.email not in text, (table, row)
    assert {"reviews_failureevent", "history_change", "reviews_coding"} <= set(about)


def only_the_day_is_kept(room: Room, before: dict) -> None:
    new = {key: row for key, row in testing.every_row().items() if before.get(key) != row}
    log_ins = {"django_session", "usersessions_usersession"}
    assert {table for table, _ in new} <= {"reviews_failureevent", "history_change"} | log_ins
    for (table, _pk), row in new.items():
        assert NAMELESS not in str(row) or table == "reviews_failureevent"
        if table not in log_ins:
            assert all(value.time() == dt.time() for value in row.values() if isinstance(value, dt.datetime))


def stays_private(room: Room) -> None:
    """Jonas still reads his own part; it is on nobody else's page of the review or of its session."""
    assert OwnPart.objects.get().text == PRIVATE
    for page in room.all:
        for url in (f"/reviews/{room.review.pk}/", f"{room.url}?step=gather", f"{room.url}?step=gather&projector=1"):
            page.goto(url)
            theirs = page is room.jonas and "projector" not in url
            assert (PRIVATE in page.content()) == theirs, (url, page.title())


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def in_one_screen(page: Page) -> None:
    """The event, the eleven, the verdict and Send, without scrolling."""
    expect(page.locator("blockquote")).to_be_in_viewport(ratio=1)
    for label in page.locator(".pick label, .send-bar label, .send-bar button").all():
        expect(label).to_be_in_viewport(ratio=1)


def go_on(page: Page, words: str) -> None:
    """By key, as whoever leads does it."""
    page.locator("main").focus()
    page.keyboard.press("n")
    heading(page, words)


def card(page: Page, what: str):
    return page.locator("[data-card]").filter(has_text=what)


def tell(page: Page, what: str, nameless: bool = False) -> None:
    if nameless:
        page.get_by_text("Without a name", exact=True).click()
    page.get_by_role("textbox", name="What happened").fill(what)
    page.get_by_role("button", name="Add the event").click()
    expect(page.get_by_role("textbox", name="What happened")).to_have_value("")


def looks_of(page: Page) -> int:
    """How often the screen has looked for something new."""
    return page.evaluate("performance.getEntriesByType('resource').filter((one) => one.name.includes('/live/')).length")


def appears(page: Page, what: str, looks: int) -> None:
    """By itself, on the page that was open. `looks` were taken when it was stored."""
    expect(page.locator("#s-live").get_by_text(what)).to_be_visible()
    assert looks_of(page) - looks <= LOOKS


def looks_well(page: Page) -> None:
    assert axe_findings(page) == []
    assert overflow(page) <= 0, page.url
