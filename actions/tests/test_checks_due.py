"""When the day of a check has come its checker hears of it: once, at their hour, on a working day of theirs."""

import datetime as dt

import pytest
from django.utils import timezone

from actions import checks_due
from actions.models import EffectivenessCheck
from actions.tasks import mend_follow_ups
from actions.tests import test_rhythm
from actions.tests.test_rhythm import MONDAY, at, letters, sent, texts
from failforward import testing
from failforward.outbox.models import Mail
from failforward.outbox.run import run_due

pytestmark = pytest.mark.django_db
cast = test_rhythm.cast
KIND = "checks_due"


@pytest.fixture
def action(cast):
    action = testing.action(
        cast, what="Try the sheet", state="claimed_done", done_criterion="Not seen", claimed_done_at=at(-30)
    )
    action.findings.add(testing.finding(cast, state="being_fixed"))
    return action


def planned(cast, action, due_in: int = 0, **answers) -> EffectivenessCheck:
    return action.plan_check(
        cast.list_owner, today=MONDAY, **({"checker": cast.facilitator, "after_days": 30 + due_in} | answers)
    )


def go(days: int = 0, hour: int = 1) -> None:
    """The clock's work of that hour, and the mail that is due until the evening."""
    mend_follow_ups(at(days, hour=hour).isoformat())
    run_due(at(days, hour=20))


def test_the_checker_hears_of_it_once_at_their_hour(cast, action):
    check = planned(cast, action)
    for days, hour in ((-1, 23), (0, 1), (0, 2), (0, 17), (1, 1), (9, 1)):
        go(days, hour)
    (mail,), (text,), (letter,) = sent(KIND), texts(KIND), letters(KIND)
    assert (mail.recipient, mail.due_at) == (cast.facilitator, at(hour=16))
    assert letter["Subject"] == "Did it help? Try the sheet"
    assert "Not seen" in text
    assert f"/checks/{check.pk}/" in text


def test_a_day_off_puts_it_off_to_the_next_working_day(cast, action):
    planned(cast, action, due_in=-2)
    go(-2)
    assert [mail.due_at for mail in Mail.objects.filter(kind=KIND)] == [at(hour=16)]
    assert not sent(KIND)


def test_the_day_is_the_checkers(cast, action):
    """Where it is Monday already although it is Sunday in Greenwich."""
    planned(cast, action)
    cast.facilitator.time_zone = "Pacific/Auckland"
    cast.facilitator.save(update_fields=["time_zone"])
    assert (checks_due.tell(at(-1, hour=8)), checks_due.tell(at(-1, hour=13))) == (0, 1)


def test_enough_reviewed_losses_make_it_due_sooner(cast, action):
    planned(cast, action, due_in=60, after_losses=1)
    go()
    assert not sent(KIND)
    testing.review(cast, state="closed", closed_at=timezone.now(), deal=testing.deal(cast, lost_on=MONDAY))
    go(1)
    go(60)
    assert [mail.due_at for mail in sent(KIND)] == [at(1)]


def test_what_was_missed_while_everything_was_down_is_told_later(cast, action):
    planned(cast, action)
    go(9)
    assert [mail.due_at for mail in sent(KIND)] == [at(9)]


def test_who_began_it_before_the_mail_went_is_not_told(cast, action):
    check = planned(cast, action)
    mend_follow_ups(at(hour=1).isoformat())
    check.begin(cast.facilitator, today=MONDAY)
    go()
    go(1)
    assert not sent(KIND)


def test_a_check_that_was_extended_is_told_again_on_its_new_day(cast, action):
    check = planned(cast, action)
    go()
    check.begin(cast.facilitator, today=MONDAY)
    check.extend(cast.facilitator, MONDAY + dt.timedelta(days=14), "Two losses only", today=MONDAY)
    go(13)
    assert len(sent(KIND)) == 1
    go(14)
    assert [mail.due_at for mail in sent(KIND)] == [at(), at(14)]


@pytest.mark.parametrize("change", ["retired", "taken back", "put off"])
def test_what_is_not_to_be_checked_now_is_not_told(cast, action, change):
    check = planned(cast, action)
    mend_follow_ups(at(hour=1).isoformat())
    if change == "retired":
        check.retire(cast.list_owner, "Sold no more")
    elif change == "taken back":
        action.take_back(cast.rep)
    else:
        check.change(cast.list_owner, after_days=90)
    go()
    assert not sent(KIND)


def test_another_checker_is_told_instead(cast, action):
    check = planned(cast, action)
    mend_follow_ups(at(hour=1).isoformat())
    check.change(cast.list_owner, checker=cast.manager)
    go(hour=2)
    assert [mail.recipient for mail in sent(KIND)] == [cast.manager]


@pytest.mark.parametrize("before_the_mail", [True, False])
def test_who_checks_it_after_all_is_told_once(cast, action, before_the_mail):
    check = planned(cast, action)
    mend_follow_ups(at(hour=1).isoformat()) if before_the_mail else go()
    for checker in (cast.manager, cast.facilitator):
        check.change(cast.list_owner, checker=checker)
        mend_follow_ups(at(hour=2).isoformat())
    go(hour=3)
    assert [mail.recipient for mail in sent(KIND)] == [cast.facilitator]


def another(cast, what: str, **answers) -> EffectivenessCheck:
    fix = testing.action(
        cast, what=what, state="claimed_done", done_criterion=f"{what} worked", claimed_done_at=at(-30)
    )
    return planned(cast, fix, **answers)


def test_all_of_one_person_and_day_come_as_one_mail_with_a_link_each(cast, action):
    checks = [planned(cast, action), another(cast, "Ring first"), another(cast, "Ask for a demo")]
    other = another(cast, "Price list", checker=cast.manager)
    go()
    go(1)
    assert {mail.recipient for mail in sent(KIND)} == {cast.facilitator, cast.manager}
    assert len(sent(KIND)) == 2
    letter = next(one for one in letters(KIND) if "Price list" not in str(one["Subject"]))
    assert letter["Subject"] == "Did they help? 3 fixes"
    for text in (letter.get_body(("plain",)).get_content(), letter.get_body(("html",)).get_content()):
        assert [text.count(f"/checks/{one.pk}/") for one in (*checks, other)] == [1, 1, 1, 0]
        assert [f"{one} worked" in text for one in ("Ring first", "Ask for a demo", "Price list")] == [
            True,
            True,
            False,
        ]


def test_what_is_settled_before_the_mail_goes_is_not_in_it(cast, action):
    gone, left = planned(cast, action), another(cast, "Ring first")
    mend_follow_ups(at(hour=1).isoformat())
    run_due(at(hour=15, minute=59))
    gone.begin(cast.facilitator, today=MONDAY)
    go()
    (text,), (letter,) = texts(KIND), letters(KIND)
    assert (f"/checks/{gone.pk}/" in text, f"/checks/{left.pk}/" in text) == (False, True)
    assert letter["Subject"] == "Did it help? Ring first"


def test_put_off_and_back_again_is_told_on_its_day(cast, action):
    check = planned(cast, action)
    mend_follow_ups(at(hour=1).isoformat())
    for days in (90, 30):
        check.change(cast.list_owner, after_days=days)
    go(hour=2)
    assert [mail.due_at for mail in sent(KIND)] == [at()]
