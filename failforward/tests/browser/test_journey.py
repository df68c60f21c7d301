"""From a lost deal to an answered promise, through the screen, as the people of the demo team would."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from failforward.demo import build
from failforward.demo.clock import at
from failforward.demo.people import PASSWORD, ZONE
from failforward.tests.browser.conftest import DESKTOP, PHONE, axe_findings, overflow
from failforward.working_days import instant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEAKNESS = "Nobody tries a dryer before it is quoted"
ACTION = "Try each dryer for a day before the quote"
MILESTONE = "Two dryers were tried before their quote"
OUTCOME = "Tried two. The second one lost a sensor, and we quoted the other."
NEXT_STEP = "Try the third dryer"
LESSON = "Try it before you quote it."


@pytest.fixture(params=["desk", "phone", "no script"])
def walk(request, open_browser, settings):
    size, theme, scripts = {
        "desk": (DESKTOP, "light", True),
        "phone": (PHONE, "dark", True),
        "no script": (DESKTOP, "light", False),
    }[request.param]
    settings.DEMO = settings.MAILBOX = True
    build.build(timezone.now())

    def open_one() -> Page:
        return open_browser(size, theme, scripts)

    open_one.looks = looks if scripts else lambda page: None
    return open_one


def looks(page: Page) -> None:
    assert axe_findings(page) == []
    assert overflow(page) <= 0, page.url


def friday() -> dt.date:
    """The next one that is not today: a working day of everybody, with time to accept before it."""
    today = timezone.localdate()
    return today + dt.timedelta(days=(4 - today.weekday()) % 7 or 7)


def test_from_a_loss_to_an_answered_promise_and_the_next_one(walk):
    rasmus = walk()
    log_in(rasmus, "rasmus")
    walk.looks(rasmus)
    choose_the_loss(rasmus, walk)
    review = look_back(rasmus, walk)
    make_an_action(rasmus, walk)
    action = rasmus.url
    ask_for_the_milestone(rasmus, "Elif Aydin")
    call_command("run_due", stdout=io.StringIO())
    accept(rasmus, walk)
    live_until(friday())
    with at(after_four(friday())) as then:
        call_command("run_due", now=then, stdout=io.StringIO())
        answer(rasmus, walk, then.date() + dt.timedelta(days=6))
        read_it_and_thank(rasmus, walk)
        elif_ = walk()
        log_in(elif_, "elif")
        see_the_reply_and_what_comes_next(elif_, action, walk)
    close(rasmus, review, walk)


def after_four(day: dt.date) -> dt.datetime:
    return instant(day, 16, ZONE) + dt.timedelta(minutes=5)


def live_until(day: dt.date) -> None:
    """Each day's mail on its day; what is left lying longer comes together in one."""
    for ahead in range((day - timezone.localdate()).days):
        with at(after_four(timezone.localdate() + dt.timedelta(days=ahead))) as then:
            call_command("run_due", now=then, stdout=io.StringIO())


def log_in(page: Page, key: str) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(f"{key}@tarnholm.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")


def choose_the_loss(page: Page, walk) -> None:
    page.get_by_role("link", name="Choose", exact=True).click()
    walk.looks(page)
    page.get_by_label("Select Petra Ceramics").check()
    page.get_by_role("button", name="Quick review").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Petra Ceramics")


def look_back(page: Page, walk) -> str:
    """The quick review on one page: two events, one systemic with a new finding, one that happens once."""
    review = page.url
    write_event(page, "We quoted a dryer that nobody had tried with their clay.")
    page.get_by_text("Add an event").click()
    write_event(page, "Their buyer was ill in the week of the decision.")
    expect(page.get_by_text("2 things are missing")).to_be_visible()
    sort_event(page, "We quoted", "Caused it", "Inadequate procedures", "Systemic")
    page.get_by_label("Or write a new one").fill(WEAKNESS)
    walk.looks(page)
    page.get_by_role("button", name="Save event").click()
    sort_event(page, "Their buyer", "Unrelated", "Poor planning and scheduling", "One-off")
    page.get_by_role("button", name="Save event").click()
    expect(page.get_by_role("link", name=WEAKNESS).first).to_be_visible()
    return review


def write_event(page: Page, what: str) -> None:
    page.get_by_role("textbox", name="What happened").fill(what)
    page.get_by_role("button", name="Add the event").click()
    expect(page.locator(".log").get_by_text(what)).to_be_visible()


def sort_event(page: Page, begins: str, role: str, category: str, verdict: str) -> None:
    row = page.locator(".log > li").filter(has_text=begins)
    if not row.get_by_role("button", name="Save event").count():
        row.get_by_role("link", name="Edit").click()
    row.get_by_text(role, exact=True).click()
    row.get_by_label("Category").select_option(label=category)
    row.get_by_text(verdict, exact=True).click()


def make_an_action(page: Page, walk) -> None:
    """The page says in words what is missing until the five answers are given."""
    page.get_by_role("link", name="Turn it into an action").first.click()
    page.get_by_label("On which list?").select_option(label="South, first steps")
    page.get_by_label("What is to be done?").fill(ACTION)
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ACTION)
    expect(page.get_by_text("answers are missing before the team can commit")).to_be_visible()
    expect(page.get_by_role("button", name="Commit to it")).to_have_count(0)
    walk.looks(page)
    page.get_by_role("button", name="No interim steps needed").click()
    page.get_by_role("link", name="Add a milestone").click()
    page.get_by_label("What will have been reached?").fill(MILESTONE)
    page.get_by_label("By when?").fill(friday().isoformat())
    page.get_by_role("button", name="Add the milestone").click()
    if page.get_by_role("link", name="Choose somebody").count():
        page.get_by_role("link", name="Choose somebody").click()
        page.get_by_label("Who is responsible?").select_option(label="Rasmus Holm")
        page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Commit to it").click()
    expect(page.get_by_role("main").get_by_text("Committed", exact=True)).to_be_visible()
    walk.looks(page)


def ask_for_the_milestone(page: Page, name: str) -> None:
    page.get_by_role("link", name="Ask somebody").click()
    page.get_by_label("Who is asked to reach it?").select_option(label=name)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Asked for").first).to_be_visible()


def open_mail(page: Page, subject: str) -> None:
    page.goto("/mailbox/")
    page.get_by_role("link", name=subject).first.click()
    expect(page.get_by_role("heading", name=subject)).to_be_visible()


def link_of(page: Page, label: str) -> str:
    """Where a button of the open mail leads, for somebody who is not logged in here."""
    return page.get_by_role("main").get_by_role("link", name=label, exact=True).get_attribute("href")


def accept(page: Page, walk) -> None:
    open_mail(page, "Can you take this on?")
    walk.looks(page)
    phone = walk()
    phone.goto(link_of(page, "Yes"))
    expect(phone.get_by_text("Rasmus Holm asks you")).to_be_visible()
    walk.looks(phone)
    send(phone)
    expect(phone.get_by_text("It is agreed")).to_be_visible()


def answer(page: Page, walk, next_on: dt.date) -> None:
    open_mail(page, f"How did it go? {MILESTONE}")
    walk.looks(page)
    phone = walk()
    phone.goto(link_of(page, "Done"))
    expect(phone.get_by_label("Done")).to_be_checked()
    walk.looks(phone)
    phone.get_by_label("What was the outcome?").fill(OUTCOME)
    phone.get_by_label("What shows that the milestone is reached?").fill("Both test sheets")
    phone.get_by_label("Next step").fill(NEXT_STEP)
    phone.get_by_label("By", exact=True).fill(next_on.isoformat())
    send(phone)
    expect(phone.get_by_role("heading", name="Thank you, Elif")).to_be_visible()
    walk.looks(phone)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).last.click()


def read_it_and_thank(page: Page, walk) -> None:
    page.goto("/")
    said = page.get_by_role("main").get_by_role("listitem").filter(has_text=OUTCOME)
    expect(said).to_be_visible()
    walk.looks(page)
    said.get_by_role("button", name="Thanks").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")


def see_the_reply_and_what_comes_next(page: Page, action: str, walk) -> None:
    page.goto(action)
    page.get_by_role("link", name=MILESTONE).first.click()
    expect(page.get_by_text("read by Rasmus")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("Thanks", exact=True)).to_be_visible()
    walk.looks(page)
    page.get_by_role("link", name=NEXT_STEP).first.click()
    expect(page.get_by_role("main").get_by_text("Agreed", exact=True)).to_be_visible()


def close(page: Page, review: str, walk) -> None:
    page.goto(review)
    page.get_by_label("One lesson").fill(LESSON)
    page.get_by_role("button", name="Close the review").click()
    expect(page.get_by_role("main").get_by_text("Closed", exact=True)).to_be_visible()
    expect(page.get_by_text(LESSON).first).to_be_visible()
    walk.looks(page)
