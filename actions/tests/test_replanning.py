import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from actions import replanning
from actions.models import Commitment, FollowUp
from failforward import places, testing
from failforward.accounts import times
from failforward.accounts.models import Absence
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
FRIDAY = dt.date(2026, 11, 27)


@pytest.fixture
def cast():
    return testing.cast()


def promise(person, due_on=FRIDAY):
    return Commitment.make(person, person, "Try the gateways", due_on, now=NOW)


def utc(*parts) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def due() -> dt.datetime:
    asked, mail = FollowUp.objects.get(), Mail.objects.get()
    assert asked.due_at == mail.due_at
    return asked.due_at


def test_an_absence_holds_what_was_planned_and_gives_it_back(cast, clock):
    promise(cast.rep)
    away = Absence.plan(cast.rep, cast.rep, TODAY, dt.date(2026, 12, 4), today=TODAY)
    assert due() == utc(2026, 12, 7, 15)
    away.change(cast.rep, TODAY, dt.date(2026, 12, 8), today=TODAY)
    assert due() == utc(2026, 12, 9, 15)
    away.end(cast.rep, today=TODAY)
    assert due() == utc(2026, 11, 27, 15)
    assert (FollowUp.objects.count(), Mail.objects.count()) == (1, 1)


def test_what_is_promised_for_an_absence_is_asked_after_it(cast, clock):
    Absence.plan(cast.rep, cast.rep, TODAY, dt.date(2026, 12, 4), today=TODAY)
    promise(cast.rep)
    assert due() == utc(2026, 12, 7, 15)


def test_an_absence_that_begins_while_the_question_waits_to_go_out_holds_it(cast, clock):
    promise(cast.rep, TODAY - DAY)
    assert due() == NOW
    Absence.plan(cast.manager, cast.rep, TODAY, FRIDAY, today=TODAY)
    assert due() == utc(2026, 11, 30, 15)


def test_what_is_late_on_a_day_off_is_asked_on_the_next_working_day(cast):
    cast.rep.work_days = "12"
    cast.rep.save()
    promise(cast.rep, TODAY - 8 * DAY)
    assert due() == utc(2026, 11, 30, 15)


def test_an_absence_moves_nothing_that_was_asked(cast, clock):
    promise(cast.rep)
    Mail.objects.update(state="sent")
    Absence.plan(cast.rep, cast.rep, TODAY, dt.date(2026, 12, 4), today=TODAY)
    assert due() == utc(2026, 11, 27, 15)


def test_an_offered_absence_moves_nothing_until_it_is_accepted(cast, clock):
    promise(cast.rep)
    offered = Absence.offer(cast.rep, dt.date(2026, 12, 4), today=TODAY)
    assert due() == utc(2026, 11, 27, 15)
    offered.accept(cast.rep, today=TODAY)
    assert due() == utc(2026, 12, 7, 15)


def test_a_holiday_is_no_day_to_be_asked_on(cast):
    cast.rep.country, cast.rep.region = "DE", "BY"
    cast.rep.save()
    promise(cast.rep, dt.date(2027, 1, 6))
    assert due() == utc(2027, 1, 7, 15)


@pytest.fixture
def other_holidays(monkeypatch):
    """As if an update of the package made a day a holiday."""

    def set_to(*days: dt.date) -> None:
        monkeypatch.setattr(places, "holidays_in", lambda year, country, region="": dict.fromkeys(days, "New"))

    return set_to


def test_new_holidays_are_seen_in_time(cast, other_holidays):
    cast.rep.country = "DE"
    cast.rep.save()
    promise(cast.rep)
    other_holidays(FRIDAY)
    assert replanning.look_again(NOW) == 1
    assert due() == utc(2026, 11, 30, 15)
    assert replanning.look_again(NOW) == 0
    # And taken back, although it lies farther ahead by now.
    other_holidays()
    assert replanning.look_again(NOW) == 1
    assert due() == utc(2026, 11, 27, 15)


def test_new_rules_of_a_zone_are_seen_in_time(cast):
    promise(cast.rep)
    FollowUp.objects.update(due_at=utc(2026, 11, 27, 14))
    Mail.objects.update(due_at=utc(2026, 11, 27, 14))
    assert replanning.look_again(NOW) == 1
    assert due() == utc(2026, 11, 27, 15)


def test_what_lies_far_ahead_or_is_late_already_is_left_alone(cast):
    promise(cast.rep, TODAY + 30 * DAY)
    FollowUp.objects.update(due_at=NOW + 30 * DAY)
    assert replanning.look_again(NOW) == 0
    FollowUp.objects.update(due_on=TODAY - DAY, due_at=NOW - DAY)
    assert replanning.look_again(NOW) == 0
    # How late it is stays to be seen, whatever else happens to the person.
    assert replanning.replan_for(cast.rep, NOW) == 0
    assert FollowUp.objects.get().due_at == NOW - DAY


def test_looking_again_costs_the_same_for_any_number(cast, django_assert_num_queries):
    for number in range(3):
        promise(cast.rep, TODAY + (number % 2) * DAY)
        promise(cast.other_rep, TODAY + DAY)
    with django_assert_num_queries(3):
        assert replanning.look_again(NOW) == 0


def test_the_clock_looks_again(cast, other_holidays):
    cast.rep.country = "DE"
    cast.rep.save()
    soon = dt.datetime.now(dt.UTC) + DAY
    made = Commitment.make(cast.rep, cast.rep, "Try the gateways", soon.date())
    before = made.follow_ups.get().due_at
    local = before.astimezone(ZoneInfo(cast.rep.time_zone)).date()
    other_holidays(local)
    call_command("run_due")
    assert made.follow_ups.get().due_at > before


def test_a_nudge_counts_the_person_s_working_days_and_an_absence_holds_it(cast):
    cast.rep.country = "DE"
    asked = utc(2026, 12, 23, 15)
    assert times.after(cast.rep, asked, 1) == utc(2026, 12, 24, 15)
    assert times.after(cast.rep, asked, 2) == utc(2026, 12, 28, 15)
    assert times.working_days_since(cast.rep, asked, utc(2026, 12, 28, 9)) == 2
    Absence.objects.create(person=cast.rep, from_on=dt.date(2026, 12, 24), until_on=dt.date(2027, 1, 3))
    assert times.after(cast.rep, asked, 1) == utc(2027, 1, 4, 15)
    assert times.after(cast.rep, asked, 3) == utc(2027, 1, 6, 15)
    assert times.working_days_since(cast.rep, asked, utc(2027, 1, 3, 9)) == 0


ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati"]
lives = st.fixed_dictionaries(
    {
        "time_zone": st.sampled_from(ZONES),
        "ask_hour": st.integers(0, 23),
        "work_days": st.sampled_from(["12345", "12347", "3", "67"]),
        "country": st.sampled_from(["", "DE", "SA", "US"]),
    }
)


def live(person, life: dict) -> None:
    for name, value in life.items():
        setattr(person, name, value)
    person.save()
    replanning.replan_for(person, NOW)


def test_whatever_changes_the_question_is_due_once_and_where_the_person_is(cast):
    @settings(max_examples=40)
    @given(
        st.lists(lives, min_size=1, max_size=4),
        st.integers(0, 60),
        st.one_of(st.none(), st.tuples(st.integers(0, 40), st.integers(0, 30))),
    )
    def check(changes, ahead, absence):
        outside = transaction.atomic()
        with pytest.raises(Undone), outside:
            made = promise(cast.rep, TODAY + ahead * DAY)
            if absence:
                since = TODAY + absence[0] * DAY
                Absence.objects.create(person=cast.rep, from_on=since, until_on=since + absence[1] * DAY)
            for life in changes:
                live(cast.rep, life)
            asked, person = made.follow_ups.get(), cast.rep
            local = asked.due_at.astimezone(ZoneInfo(person.time_zone))
            calendar = times.calendar_of(person)
            # Where that day is over, at once or on their next working day.
            due = times.due(person, made.due_on)
            assert calendar.works_on(local.date()) and local.date() >= made.due_on
            assert asked.due_at == due if due > NOW else asked.due_at >= NOW
            assert (asked.hour, asked.zone, Mail.objects.get().due_at) == (
                person.ask_hour,
                person.time_zone,
                asked.due_at,
            )
            assert replanning.replan_for(person, NOW) == 0
            # There and back again is where it was.
            before, home = asked.due_at, {name: getattr(person, name) for name in changes[-1]}
            live(person, changes[0])
            live(person, home)
            assert made.follow_ups.get().due_at == before
            # Once it went out, no change asks again.
            Mail.objects.update(state="sent")
            live(person, changes[0])
            assert (made.follow_ups.get().due_at, Mail.objects.count()) == (before, 1)
            raise Undone

    check()


class Undone(Exception):
    """Ends an example's savepoint."""
