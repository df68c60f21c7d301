"""Meetings of a list: planned, called, begun, handed over, skipped, and planned again by themselves."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from actions import meetings
from actions.models import ActionItem, ActionList, Invitee, Meeting, MeetingPerson, MeetingSeries, Parked
from actions.tasks import mend_follow_ups
from failforward import testing
from failforward.guards import Refused
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
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


def close(meeting, by):
    meeting.begin(by, [], now=NOW)
    meetings.close(meeting, by, now=NOW)


@pytest.fixture
def last_one(cast, weekly, meeting):
    """The only action is said to be done, and the meeting before is held."""
    [work] = weekly.actions.all()
    weekly.actions.update(state="claimed_done", done_criterion="Seen", claimed_done_at=NOW)
    close(meeting, cast.list_owner)
    work.refresh_from_db()
    return work


def invited(weekly):
    return set(Invitee.objects.filter(series__action_list=weekly, invited=True).values_list("person__name", flat=True))


def ahead():
    return [(one.starts_at, one.state) for one in Meeting.objects.filter(state="planned")]


def test_closing_with_nothing_left_plans_no_more_and_takes_the_series_out_of_calendars(cast, weekly, meeting):
    weekly.actions.update(state="under_check", done_criterion="Seen", claimed_done_at=NOW)
    close(meeting, cast.list_owner)
    assert (ahead(), invited(weekly)) == ([], set())
    told = Mail.objects.filter(kind="meeting_cancellation").values_list("recipient__name", flat=True)
    assert sorted(told) == ["Ines Duarte", "Jonas Weil", "Tom Okafor"]


def test_skipping_with_nothing_left_plans_no_more(cast, weekly, meeting):
    weekly.actions.update(state="effective", done_criterion="Seen", claimed_done_at=NOW)
    meeting.skip(cast.list_owner, "All is done", now=NOW)
    assert (ahead(), invited(weekly)) == ([], set())


def test_the_first_meeting_is_there_to_find_what_to_do(cast, weekly):
    series = MeetingSeries.plan(cast.list_owner, weekly, now=NOW)
    assert (series.has_ended, len(ahead()), len(invited(weekly))) == (False, 1, 3)


def test_a_check_that_begins_on_the_last_one_calls_off_what_is_planned(
    cast, weekly, last_one, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(NOW)
    [planned] = Meeting.objects.filter(state="planned")
    with django_capture_on_commit_callbacks(execute=True):
        last_one.enter("under_check", cast.manager, "check_begun")
    planned.refresh_from_db()
    assert (planned.state, planned.skipped_because) == ("skipped", "The weekly meetings ended before.")
    assert (ahead(), invited(weekly)) == ([], set())
    # Taken back it goes on, on the same day as before.
    with django_capture_on_commit_callbacks(execute=True):
        last_one.enter("claimed_done", cast.manager, "check_ended")
    assert ahead() == [(planned.starts_at, "planned")]
    assert invited(weekly) == {"Ines Duarte", "Jonas Weil", "Tom Okafor"}


def test_a_new_proposal_takes_the_meetings_up_again(
    cast, weekly, last_one, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(NOW)
    with django_capture_on_commit_callbacks(execute=True):
        last_one.enter("under_check", cast.manager, "check_begun")
    assert ahead() == []
    with django_capture_on_commit_callbacks(execute=True):
        ActionItem.propose(cast.list_owner, weekly, "Call first", [testing.finding(cast)])
    assert (len(ahead()), len(invited(weekly))) == (1, 3)


def test_what_was_missed_after_a_commit_is_mended_each_hour(cast, weekly, last_one):
    weekly.actions.update(state="under_check")
    mend_follow_ups(NOW.isoformat())
    assert (ahead(), invited(weekly)) == ([], set())
    weekly.actions.update(state="in_progress")
    mend_follow_ups(NOW.isoformat())
    assert (len(ahead()), len(invited(weekly))) == (1, 3)
    assert not MeetingSeries.objects.out_of_step(TODAY).exists()


def test_a_meeting_that_runs_is_closed_before_the_series_ends(
    cast, weekly, meeting, django_capture_on_commit_callbacks
):
    meeting.begin(cast.list_owner, [], now=NOW)
    [work] = weekly.actions.all()
    with django_capture_on_commit_callbacks(execute=True):
        work.enter("dropped", cast.manager, "dropped", dropped_because="Not worth it")
    assert len(invited(weekly)) == 3
    meetings.close(meeting, cast.list_owner, now=NOW)
    assert (ahead(), invited(weekly)) == ([], set())


def end_yesterday(series, by):
    series.change(by, now=NOW, starts_on=TODAY - WEEK, ends_on=TODAY - dt.timedelta(1))


def test_a_series_that_ends_before_the_meeting_ahead_calls_it_off(cast, weekly, meeting):
    end_yesterday(meeting.series, cast.list_owner)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.skipped_because) == ("skipped", "The weekly meetings ended before.")
    series = MeetingSeries.objects.get()
    series.change(cast.list_owner, now=NOW, ends_on=None)
    assert ahead() == [(TODAYS, "planned")]


def test_a_meeting_called_by_hand_is_held_whenever_the_series_ends(cast, weekly, meeting):
    meeting.skip(cast.list_owner, "Trade fair", now=NOW)
    Meeting.objects.filter(state="planned").delete()
    called = Meeting.call(cast.list_owner, weekly, now=NOW)
    meeting.series.refresh_from_db()
    end_yesterday(meeting.series, cast.list_owner)
    called.refresh_from_db()
    assert (called.state, called.series) == ("planned", None)


def test_the_hour_stays_over_a_change_of_the_clocks(cast, weekly):
    testing.action(cast, action_list=weekly)
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
    assert attendance(meeting) == {"Ines Duarte": "present"}
    assert not MeetingPerson.say(meeting, cast.rep, cast.rep, comes=True, now=NOW)


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


def test_who_reads_a_list_is_the_same_from_both_sides(cast, weekly):
    seeing = {one.name for one in cast.people.values() if ActionList.objects.visible_to(one).filter(pk=weekly.pk)}
    assert {one.name for one in weekly.readers()} == seeing
    assert cast.facilitator.name not in seeing


def test_only_whoever_reads_the_meeting_gets_the_chair_or_the_notes(cast, weekly, meeting):
    weekly.remove_person(cast.list_owner, cast.other_rep)
    assert meeting.circle().filter(pk=cast.other_rep.pk).exists()
    for give in (meeting.hand_over, meeting.name_note_keeper):
        with pytest.raises(Refused, match="Tom Okafor cannot read this list"):
            give(cast.list_owner, cast.other_rep)
    assert cast.other_rep not in meeting.hands()


def test_whoever_leaves_the_list_leaves_chair_and_notes(cast, weekly, meeting):
    meeting.hand_over(cast.list_owner, cast.other_rep)
    meeting.name_note_keeper(cast.list_owner, cast.other_rep)
    weekly.remove_person(cast.list_owner, cast.other_rep)
    meeting.refresh_from_db()
    assert (meeting.chair, meeting.note_keeper) == (cast.list_owner, None)
