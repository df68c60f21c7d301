"""One letter a month to a sponsor: when it comes, what is in it, and what never is."""

import datetime as dt
from email import message_from_bytes, policy

import pytest

from actions.models import EffectivenessCheck, LetterToken, Recurrence, SponsorRequest
from actions.sponsors import letters
from actions.tests.arriving import told
from failforward import testing
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail

pytestmark = pytest.mark.django_db
# Sunday the 1st of November 2026 in Berlin; the sponsor's first working day is the 2nd.
FIRST = dt.datetime(2026, 11, 1, 0, 5, tzinfo=dt.UTC)
LAST_MONTH = dt.datetime(2026, 10, 14, 10, tzinfo=dt.UTC)


@pytest.fixture
def cast(settings):
    settings.EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"
    return testing.cast()


@pytest.fixture
def owned(cast):
    return testing.action_list(cast, name="Quotes")


def asked(cast, owned, what: str = "A spare unit", **fields) -> SponsorRequest:
    fields = {"asked_on": LAST_MONTH.date(), "asked_at": LAST_MONTH, "needed_by": dt.date(2026, 11, 20)} | fields
    return SponsorRequest.objects.create(
        action_list=owned, sponsor=owned.sponsor, what=what, asked_by=owned.owner, **fields
    )


def checked(cast, owned, what: str, outcome: str, at: dt.datetime = LAST_MONTH) -> EffectivenessCheck:
    done = {"done_criterion": "Not seen", "claimed_done_at": at - dt.timedelta(40), "state": outcome}
    action = testing.action(cast, action_list=owned, what=what, **done)
    return EffectivenessCheck.objects.create(
        action=action,
        checker=cast.manager,
        state="decided",
        said="met",
        outcome=outcome,
        evidence="Seen",
        decided_by=cast.manager,
        decided_at=at,
    )


def came_back(cast, owned, what: str, **review) -> None:
    finding = testing.finding(cast, state="reopened")
    done = {"done_criterion": "x", "claimed_done_at": LAST_MONTH - dt.timedelta(90)}
    action = testing.action(cast, action_list=owned, what=what, state="recurred", recurred_on=LAST_MONTH.date(), **done)
    action.findings.add(finding)
    event = testing.event(testing.review(cast, **review))
    Recurrence.objects.create(
        event=event,
        finding=finding,
        proposed_at=LAST_MONTH,
        state="accepted",
        decided_by=cast.manager,
        decided_at=LAST_MONTH,
    )


def text_of(mail: Mail) -> str:
    letter = message_from_bytes(bytes(CapturedMail.objects.get(mail=mail).body), policy=policy.default)
    return letter.get_body(("plain",)).get_content()


def written() -> str:
    run_due(dt.datetime(2026, 11, 2, 20, tzinfo=dt.UTC))
    return text_of(Mail.objects.get(kind=letters.KIND))


def test_it_comes_once_a_month_on_their_first_working_day_at_their_hour(cast, owned):
    asked(cast, owned)
    for hours in (0, 1, 2, 24, 24 * 20):
        letters.plan_month(FIRST + dt.timedelta(hours=hours))

    mail = Mail.objects.get(kind=letters.KIND)
    assert mail.recipient == cast.sponsor
    assert mail.due_at == dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC), "Monday, four in the afternoon in Berlin"

    letters.plan_month(FIRST + dt.timedelta(32))
    assert told(letters.KIND) == [cast.sponsor.email] * 2, "what waits is said again in December"


def test_planned_late_it_comes_at_their_next_working_hour(cast, owned):
    asked(cast, owned)
    saturday = dt.datetime(2026, 11, 7, 12, tzinfo=dt.UTC)
    letters.plan_month(saturday)
    assert Mail.objects.get(kind=letters.KIND).due_at == dt.datetime(2026, 11, 9, 15, tzinfo=dt.UTC)


def test_a_month_with_nothing_to_say_has_no_letter(cast, owned):
    checked(cast, owned, "Sizing", "effective", at=dt.datetime(2026, 9, 30, 21, 59, tzinfo=dt.UTC))
    checked(cast, owned, "Calling", "effective", at=dt.datetime(2026, 10, 31, 23, 0, tzinfo=dt.UTC))
    assert letters.plan_month(FIRST) == 0
    assert told(letters.KIND) == []


def test_it_says_what_is_proved_and_what_came_back_before_what_was_asked(cast, owned):
    checked(cast, owned, "A second person sizes kilns", "effective")
    checked(cast, owned, "A longer form", "ineffective")
    came_back(cast, owned, "Who signs is asked first")
    asked(cast, owned, "A second price reader")
    on = LAST_MONTH.date()
    asked(
        cast, owned, "A spare unit", state="declined", answer="Not this year.", answered_on=on, answered_at=LAST_MONTH
    )
    asked(cast, owned, "A trip", state="withdrawn")
    letters.plan_month(FIRST)

    text = written()

    order = [
        "this was October 2026",
        "Proved to have helped",
        "A second person sizes kilns",
        "Came back",
        "Who signs is asked first",
        "Did not help",
        "A longer form",
        "Asked of you",
        "A second price reader",
        "You answered",
        "A spare unit",
        "Not this year.",
        "Waits for your answer",
        "A second price reader",
        "/s/",
        "/stop-letters/",
    ]
    places, start = [], 0
    for words in order:
        start = text.index(words, start)
        places.append(start)
    assert places == sorted(places)
    assert "A trip" not in text
    assert max(len(line) for line in text.splitlines() if "http" not in line) < 78


def test_it_is_one_page_however_much_there_was(cast, owned):
    for number in range(60):
        asked(cast, owned, f"Thing number {number}")
        checked(cast, owned, f"Fix number {number}", "effective")
    letters.plan_month(FIRST)

    text = written()

    assert "and 54 more" in text
    assert len(text.splitlines()) < 70


def test_nothing_of_closed_circles_and_private_promises_is_in_it(cast, owned):
    asked(cast, owned)
    came_back(cast, owned, "Known from a sealed review", visibility="sealed")
    testing.commitment(cast, private=True, asked_by=None, team=None, what="A private promise")
    letters.plan_month(FIRST)

    text = written()

    assert "sealed review" not in text
    assert "private promise" not in text


def test_what_another_sponsors_lists_did_is_not_theirs(cast, owned):
    other = testing.action_list(cast, sponsor=cast.manager)
    checked(cast, other, "Somebody else's", "effective")
    asked(cast, owned)
    letters.plan_month(FIRST)

    assert sorted(told(letters.KIND)) == sorted([cast.sponsor.email, cast.manager.email])
    letter = letters.letter_for(cast.sponsor, letters.before(letters.month_of(FIRST.date(), "Europe/Berlin")))
    assert [one.what for one in letter.asked] == ["A spare unit"]
    assert not letter.proved


def test_unsubscribing_is_honoured_even_for_a_letter_that_is_planned(cast, owned, client):
    asked(cast, owned)
    letters.plan_month(FIRST)
    raw = LetterToken.issue(person=cast.sponsor)
    assert client.get(f"/stop-letters/{raw}/").status_code == 200
    cast.sponsor.refresh_from_db()
    assert cast.sponsor.letters

    assert client.post(f"/stop-letters/{raw}/", {"List-Unsubscribe": "One-Click"}).status_code == 200

    cast.sponsor.refresh_from_db()
    assert not cast.sponsor.letters
    run_due(dt.datetime(2026, 11, 2, 20, tzinfo=dt.UTC))
    assert Mail.objects.get(kind=letters.KIND).state == "withheld"
    letters.plan_month(FIRST + dt.timedelta(32))
    assert len(told(letters.KIND)) == 1


def test_the_page_of_the_link_stops_them_and_the_mail_says_how(cast, owned, client):
    asked(cast, owned)
    letters.plan_month(FIRST)
    written()
    raw = CapturedMail.objects.get(mail__kind=letters.KIND).body
    letter = message_from_bytes(bytes(raw), policy=policy.default)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(letter["List-Unsubscribe"]).strip("<>")

    page = client.post(address[address.index("/stop-letters/") :])

    assert "No such letters any more" in page.content.decode()
    cast.sponsor.refresh_from_db()
    assert not cast.sponsor.letters


def test_a_letter_written_twice_is_one_mail(cast, owned):
    asked(cast, owned)
    key = letters.key_of(cast.sponsor, dt.date(2026, 11, 1))
    when = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)
    assert letters.plan(cast.sponsor, key, when)
    assert not letters.plan(cast.sponsor, key, when)
    run_due(when)
    run_due(when + dt.timedelta(hours=1))
    assert CapturedMail.objects.filter(mail__kind=letters.KIND).count() == 1
