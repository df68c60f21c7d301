"""Meetings of a list: planned, called, begun, handed over, skipped, and planned again by themselves."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from actions.models import Meeting, MeetingPerson, MeetingSeries, Parked
from failforward import testing
from failforward.guards import Refused
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db
# The list meets on Wednesdays at 15:00 in Berlin; today is one.
TODAYS = dt.datetime(2026, 11, 25, 14, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(7)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def weekly(cast):
    return testing.action_list(cast, people=(cast.rep, cast.other_rep), time_zone="Europe/Berlin")


@pytest.fixture
def meeting(cast, weekly):
    testing.action(cast, action_list=weekly, responsible=cast.support)
    MeetingSeries.plan(cast.list_owner, weekly, now=NOW)
    return Meeting.objects.for_detail().get()


def attendance(meeting):
    return {person.user.name: person.attendance for person in meeting.persons.select_related("user")}


def test_a_series_plans_its_first_meeting(cast, weekly):
    MeetingSeries.plan(cast.list_owner, weekly, now=NOW)
    meeting = Meeting.objects.get()
    assert (meeting.starts_at, meeting.minutes, meeting.state) == (TODAYS, 30, "planned")
    assert meeting.chair == cast.list_owner


def test_planned_again_it_is_the_same_series(cast, weekly):
    first = MeetingSeries.plan(cast.list_owner, weekly, now=NOW)
    again = MeetingSeries.plan(cast.list_owner, weekly, now=NOW, starts_on=dt.date(2026, 12, 1), minutes=45)
    assert (again.pk, again.uuid) == (first.pk, first.uuid)
    meeting = Meeting.objects.get()
    assert (meeting.starts_at, meeting.minutes) == (TODAYS + WEEK, 45)


def test_a_series_ends_after_it_starts_and_takes_its_time(cast, weekly):
    with pytest.raises(Refused, match="cannot end before"):
        MeetingSeries.plan(cast.list_owner, weekly, now=NOW, ends_on=TODAY - WEEK)
    with pytest.raises(Refused, match="between 5 and 240 minutes"):
        MeetingSeries.plan(cast.list_owner, weekly, now=NOW, minutes=1)
    assert not MeetingSeries.objects.exists()


@pytest.mark.parametrize(
    ("state", "goes_on"),
    [("proposed", True), ("claimed_done", True), ("under_check", False), ("effective", False), ("dropped", False)],
)
def test_a_series_goes_on_while_something_is_proposed_to_claimed_done(cast, weekly, state, goes_on):
    series = MeetingSeries.plan(cast.list_owner, weekly, now=NOW)
    testing.action(
        cast,
        action_list=weekly,
        state=state,
        done_criterion="Seen",
        claimed_done_at=NOW,
        dropped_because="x" if state == "dropped" else "",
    )
    assert series.is_carried_on is goes_on
    assert MeetingSeries.objects.running(TODAY).exists() is goes_on


def test_a_list_that_meets_another_day_moves_its_meeting(cast, meeting, weekly):
    before = meeting.series.version
    weekly.change(cast.list_owner, meeting_weekday=5)
    meeting.refresh_from_db()
    assert meeting.starts_at.date().isoweekday() == 5
    meeting.series.refresh_from_db()
    assert meeting.series.version > before


def test_the_hour_stays_over_a_change_of_the_clocks(cast, weekly):
    MeetingSeries.plan(cast.list_owner, weekly, now=NOW, starts_on=dt.date(2027, 3, 24))
    meeting = Meeting.objects.for_detail().get()
    assert meeting.starts_at == dt.datetime(2027, 3, 24, 14, 0, tzinfo=dt.UTC)
    meeting.skip(cast.list_owner, "Holidays", now=meeting.starts_at)
    assert Meeting.objects.get(state="planned").starts_at == dt.datetime(2027, 3, 31, 13, 0, tzinfo=dt.UTC)


def test_a_list_has_one_meeting_ahead(cast, meeting, weekly):
    assert Meeting.call(cast.list_owner, weekly, now=NOW).pk == meeting.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.create(action_list=weekly, starts_at=NOW, chair=cast.list_owner)


def test_a_meeting_can_be_called_without_a_series(cast, weekly):
    meeting = Meeting.call(cast.list_owner, weekly, now=NOW)
    assert (meeting.starts_at, meeting.series) == (NOW, None)


def test_a_meeting_begins_once_and_knows_who_is_there(cast, meeting):
    assert meeting.begin(cast.list_owner, [cast.rep.pk, cast.sponsor.pk, cast.outsider.pk], now=NOW)
    assert not meeting.begin(cast.list_owner, [], now=NOW)
    assert (meeting.state, meeting.held_on) == ("running", TODAY)
    assert attendance(meeting) == {
        "Jonas Weil": "present",
        "Ines Duarte": "present",
        "Tom Okafor": "absent",
        "Priya Nair": "absent",
        "Sofia Berg": "present",
    }


def test_a_chair_who_does_not_come_is_absent(cast, meeting):
    MeetingPerson.say(meeting, cast.list_owner, cast.list_owner, comes=False, now=NOW)
    meeting.begin(cast.manager, [cast.rep.pk], now=NOW)
    assert (attendance(meeting)["Jonas Weil"], attendance(meeting)["Ines Duarte"]) == ("absent", "present")


def test_a_chair_is_there_who_is_ticked_or_begins_it(cast, meeting):
    meeting.begin(cast.manager, [cast.list_owner.pk], now=NOW)
    assert attendance(meeting)["Jonas Weil"] == "present"
    other = Meeting.call(cast.list_owner, testing.action_list(cast), now=NOW)
    other.begin(cast.list_owner, [], now=NOW)
    assert attendance(other)["Jonas Weil"] == "present"


def test_only_who_runs_it_begins_it(cast, meeting):
    with pytest.raises(Refused, match="Jonas Weil has the chair"):
        meeting.begin(cast.rep, [], now=NOW)
    assert meeting.begin(cast.manager, [], now=NOW)


def test_who_comes_later_is_there_from_then_on(cast, meeting):
    meeting.begin(cast.list_owner, [], now=NOW)
    assert MeetingPerson.say(meeting, cast.rep, cast.rep, comes=True, now=NOW)
    assert not MeetingPerson.say(meeting, cast.list_owner, cast.rep, comes=True, now=NOW)
    assert attendance(meeting)["Ines Duarte"] == "late"
    with pytest.raises(Refused, match="has the chair"):
        MeetingPerson.say(meeting, cast.rep, cast.other_rep, comes=True, now=NOW)
    with pytest.raises(Refused, match="neither on the list"):
        MeetingPerson.say(meeting, cast.list_owner, cast.outsider, comes=True, now=NOW)


def test_who_will_not_come_says_so_before(cast, meeting):
    assert MeetingPerson.say(meeting, cast.rep, cast.rep, comes=False, now=NOW)
    assert not MeetingPerson.say(meeting, cast.rep, cast.rep, comes=False, now=NOW)
    assert attendance(meeting) == {"Ines Duarte": "absent"}
    assert MeetingPerson.say(meeting, cast.rep, cast.rep, comes=True, now=NOW)
    assert attendance(meeting) == {}


def test_a_skipped_meeting_says_why_and_the_next_is_planned(cast, meeting):
    with pytest.raises(Refused, match="why it is skipped"):
        meeting.skip(cast.list_owner, " ", now=NOW)
    assert meeting.skip(cast.list_owner, "Trade fair", now=NOW)
    assert not meeting.skip(cast.list_owner, "Other words", now=NOW)
    assert (meeting.state, meeting.skipped_because) == ("skipped", "Trade fair")
    assert [one.starts_at for one in Meeting.objects.still_open()] == [TODAYS + WEEK]


def test_a_meeting_that_has_begun_is_not_skipped(cast, meeting):
    meeting.begin(cast.list_owner, [], now=NOW)
    with pytest.raises(Refused, match="has begun"):
        meeting.skip(cast.list_owner, "Too late", now=NOW)


def test_the_chair_is_handed_over_and_taken(cast, meeting):
    meeting.begin(cast.list_owner, [cast.rep.pk], now=NOW)
    assert meeting.hand_over(cast.list_owner, cast.rep)
    assert not meeting.hand_over(cast.rep, cast.rep)
    assert meeting.look_at(cast.rep, "commitment:1")
    with pytest.raises(Refused, match="Ines Duarte has the chair"):
        meeting.look_at(cast.other_rep, "")
    with pytest.raises(Refused, match="neither on the list"):
        meeting.hand_over(cast.rep, cast.outsider)
    assert meeting.hand_over(cast.manager, cast.manager)


def test_what_was_never_closed_is_taken_up_again(cast, meeting):
    meeting.begin(cast.list_owner, [], now=NOW)
    assert not meeting.resume(cast.list_owner, now=NOW)
    later = NOW + WEEK
    assert meeting.was_left_open(later)
    assert meeting.clock(later).over > 9000
    assert meeting.resume(cast.list_owner, now=later)
    assert meeting.clock(later).used == 0
    assert (meeting.started_at, meeting.held_on) == (NOW, TODAY + WEEK)


def test_the_new_owner_chairs_what_is_ahead(cast, meeting, weekly):
    weekly.change(cast.manager, owner=cast.rep)
    meeting.refresh_from_db()
    assert meeting.chair == cast.rep


def test_a_thought_is_parked_once_by_anybody_and_settled(cast, meeting):
    with pytest.raises(Refused, match="not begun"):
        Parked.park(meeting, cast.rep, "Ask legal", now=NOW)
    meeting.begin(cast.list_owner, [], now=NOW)
    one = Parked.park(meeting, cast.rep, "Ask legal ", now=NOW)
    assert Parked.park(meeting, cast.other_rep, "Ask legal", now=NOW) == one
    with pytest.raises(Refused, match="kept for later"):
        Parked.park(meeting, cast.rep, " ", now=NOW)
    assert [parked.what for parked in Parked.objects.waiting()] == ["Ask legal"]
    assert one.settle(cast.rep, now=NOW)
    assert not one.settle(cast.rep, now=NOW)
    assert not Parked.objects.waiting().exists()


def test_meetings_are_seen_by_who_sees_the_list(cast, meeting):
    seeing = [name for name, person in cast.people.items() if Meeting.objects.visible_to(person).exists()]
    assert set(seeing) == {"admin", "manager", "rep", "other_rep", "list_owner", "sponsor"}
