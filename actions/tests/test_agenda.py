"""What a meeting talks about: asked of the list, each thing once, under its first heading."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.agenda import MOST, agenda_of
from actions.models import (
    Answer,
    EffectivenessCheck,
    FollowUp,
    Meeting,
    MeetingItem,
    Milestone,
    SilenceStep,
    SponsorRequest,
)
from actions.templatetags.agenda_lines import agenda_lines
from failforward import testing
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
LAST = NOW - 7 * DAY


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def weekly(cast):
    return testing.action_list(cast, people=(cast.rep, cast.other_rep), time_zone="Europe/Berlin")


@pytest.fixture
def meeting(cast, weekly):
    held = {"state": "closed", "held_on": LAST.date(), "started_at": LAST, "resumed_at": LAST, "closed_at": LAST}
    Meeting.objects.create(action_list=weekly, chair=cast.list_owner, starts_at=LAST, **held)
    return Meeting.objects.create(action_list=weekly, chair=cast.list_owner, starts_at=NOW)


def promise(cast, weekly, what, days=5, **fields):
    made = testing.commitment(cast, action_list=weekly, what=what, due_on=TODAY + days * DAY, **fields)
    type(made).objects.filter(pk=made.pk).update(created_at=NOW - 6 * DAY)
    return made


def answer(cast, made, status="partly", at=NOW - DAY):
    question = FollowUp.objects.create(
        commitment=made, due_on=TODAY, hour=16, zone="UTC", due_at=NOW, state="answered", occurrence=1
    )
    return Answer.objects.create(follow_up=question, status=status, by=cast.rep, answered_at=at)


def in_vain(made):
    question = FollowUp.objects.create(
        commitment=made, due_on=TODAY, hour=16, zone="UTC", due_at=NOW, state="planned", occurrence=1
    )
    SilenceStep.take(question, "meeting", None, None, NOW)


def work(cast, weekly, what, state="in_progress", due=None, **fields):
    made = testing.action(cast, action_list=weekly, what=what, state=state, done_criterion="Seen", **fields)
    if due is not None:
        on = TODAY + due * DAY
        Milestone.objects.create(action=made, what="First", due_on=on, first_due_on=on)
        made.refresh_next_due()
    return made


def headings(meeting, **how):
    return {group.heading: [line.title for line in group.lines] for group in agenda_of(meeting, NOW, **how).groups}


def test_each_thing_stands_under_its_heading(cast, weekly, meeting):
    answer(cast, promise(cast, weekly, "Answered", days=-1))
    answer(cast, promise(cast, weekly, "Kept since", state="kept", kept_on=TODAY), "done")
    answer(cast, promise(cast, weekly, "Kept long ago", state="kept", kept_on=TODAY), "done", LAST - DAY)
    promise(cast, weekly, "Due today", days=0)
    promise(cast, weekly, "Still open", days=-9)
    promise(cast, weekly, "Due yesterday", days=-1)
    in_vain(promise(cast, weekly, "Asked in vain", days=-4))
    promise(cast, weekly, "Stuck", state="stuck")
    promise(cast, weekly, "Never answered", state="requested")
    promise(cast, weekly, "Ahead")
    promise(cast, weekly, "Declined", state="declined")
    work(cast, weekly, "Milestone due", due=0)
    work(cast, weekly, "Milestone overdue", due=-20)
    work(cast, weekly, "Waits", "blocked", blocked_by="the lab", due=8)
    work(cast, weekly, "A proposal", "proposed")
    work(cast, weekly, "Just claimed", "claimed_done", claimed_done_at=NOW - DAY)
    work(cast, weekly, "Claimed long ago", "claimed_done", claimed_done_at=LAST - DAY)
    work(cast, weekly, "Dropped", "dropped", dropped_because="No use")
    checked = work(cast, weekly, "To be checked", "under_check", claimed_done_at=LAST - DAY)
    EffectivenessCheck.objects.create(action=checked, checker=cast.support, fixed_on=TODAY, due_on=TODAY)
    testing.finding(cast, title="New weakness")
    work(cast, weekly, "On its way", due=9)
    assert headings(meeting) == {
        "answers": ["Answered", "Kept since", "Just claimed"],
        "due": ["Milestone due", "Due today"],
        "overdue": ["Milestone overdue", "Still open", "Due yesterday"],
        "blocked": ["Stuck", "Waits"],
        "silent": ["Asked in vain", "Never answered"],
        "checks": ["To be checked"],
        "findings": ["New weakness", "A proposal"],
    }
    assert {line.title for line in agenda_of(meeting, NOW).on_track} == {"Ahead", "Claimed long ago", "On its way"}


def test_before_a_first_meeting_far_ahead_nothing_that_is_ahead_is_overdue(cast, weekly):
    first = Meeting.objects.create(action_list=weekly, chair=cast.list_owner, starts_at=NOW + 28 * DAY)
    promise(cast, weekly, "In ten days", days=10)
    promise(cast, weekly, "Late", days=-20)
    answer(cast, promise(cast, weekly, "Answered just now", days=9), at=NOW - DAY / 24)
    assert headings(first) == {"answers": ["Answered just now"], "overdue": ["Late"]}
    assert [line.title for line in agenda_of(first, NOW).on_track] == ["In ten days"]


def test_what_the_sponsor_is_asked_and_what_stalls_stands_there(cast, weekly, meeting):
    asked = {"action_list": weekly, "sponsor": cast.sponsor, "asked_by": cast.list_owner, "asked_on": TODAY}
    asked |= {"asked_at": NOW, "needed_by": TODAY + 9 * DAY}
    said = {"answered_on": TODAY, "answered_at": NOW - DAY}
    SponsorRequest.objects.create(what="Two days of a developer", **asked)
    SponsorRequest.objects.create(what="A rig", state="agreed", **asked, **said)
    SponsorRequest.objects.create(what="No more", state="withdrawn", **asked)
    still = work(cast, weekly, "Nothing happens", committed_at=NOW - 40 * DAY)
    type(still).objects.filter(pk=still.pk).update(created_at=NOW - 40 * DAY)
    assert headings(meeting) == {
        "answers": ["A rig"],
        "stalled": ["Nothing happens"],
        "sponsor": ["Two days of a developer"],
    }


def test_an_action_is_talked_about_with_its_promise(cast, weekly, meeting):
    late = work(cast, weekly, "Late and promised", due=-2)
    promise(cast, weekly, "Do it", days=-2, milestone=late.milestones.get())
    quiet = work(cast, weekly, "Promised for later", due=9)
    promise(cast, weekly, "Do that", action=quiet)
    agenda = agenda_of(meeting, NOW)
    assert [line.title for line in agenda.lines] == ["Do it"]
    assert [line.title for line in agenda.on_track] == ["Do that"]


def test_a_blocked_action_is_said_with_its_promise(cast, weekly, meeting):
    waiting = work(cast, weekly, "Waits", "blocked", blocked_by="a signature", due=-2)
    promise(cast, weekly, "Get it signed", days=-2, action=waiting)
    promise(cast, weekly, "Nothing in the way", days=-2, action=work(cast, weekly, "Goes on"))
    agenda = agenda_of(meeting, NOW)
    assert headings(meeting) == {"overdue": ["Get it signed", "Nothing in the way"]}
    signed, free = agenda_lines(agenda.lines, TODAY, agenda.blocked).split("</li>")[:2]
    assert "Its action is blocked" in signed and "blocked" not in free


def test_what_is_left_is_done_with(cast, weekly, meeting):
    one, two = promise(cast, weekly, "One", days=0), promise(cast, weekly, "Two", days=0)
    left = {"left_as": "parked", "left_by": cast.list_owner, "left_at": NOW, "heading": "due"}
    MeetingItem.objects.create(meeting=meeting, commitment=one, title="One", **left)
    agenda = agenda_of(meeting, NOW)
    assert ([line.key for line in agenda.left], [line.key for line in agenda.lines]) == (
        [f"commitment:{one.pk}"],
        [f"commitment:{two.pk}"],
    )
    assert (agenda.total, agenda.current.key, agenda.place(agenda.current)) == (2, f"commitment:{two.pk}", 2)
    meeting.current = f"commitment:{one.pk}"
    assert agenda_of(meeting, NOW).current.code == "parked"


def test_a_finding_that_had_to_wait_comes_again(cast, weekly, meeting):
    old = testing.finding(cast, title="Waited")
    type(old).objects.filter(pk=old.pk).update(opened_at=LAST - DAY)
    assert headings(meeting) == {}
    MeetingItem.objects.create(meeting=meeting.before(), finding=old, heading="findings", title="Waited")
    assert headings(meeting) == {"findings": ["Waited"]}
    assert headings(meeting, findings=False) == {}


def test_nothing_of_another_list_or_team_or_person_stands_here(cast, weekly, meeting):
    other = testing.action_list(cast)
    promise(cast, other, "Elsewhere", days=0)
    work(cast, other, "Elsewhere too", due=-2)
    testing.finding(cast, team=cast.south)
    testing.commitment(cast, what="My own", private=True, asked_by=None)
    assert headings(meeting) == {}


@pytest.mark.parametrize(("looked_first", "seconds"), [("Pacific/Auckland", 1), ("America/Los_Angeles", 2)])
def test_its_days_are_those_of_the_list_whoever_looks_first(cast, weekly, meeting, looked_first, seconds):
    """Just before midnight in Berlin, which is tomorrow in Auckland and still the afternoon in Los Angeles. Another
    end of the last meeting each time, so that the query was not written before."""
    Meeting.objects.closed().update(closed_at=LAST + dt.timedelta(seconds=seconds))
    late = dt.datetime(2026, 11, 24, 22, 30, tzinfo=dt.UTC)
    found = testing.finding(cast, title="New weakness")
    type(found).objects.filter(pk=found.pk).update(opened_at=late)
    asked = promise(cast, weekly, "Not silent for four days", state="requested")
    type(asked).objects.filter(pk=asked.pk).update(created_at=late - 3 * DAY)
    still = work(cast, weekly, "Still for two weeks", committed_at=late - 14 * DAY)
    type(still).objects.filter(pk=still.pk).update(created_at=late - 14 * DAY)
    for zone in (looked_first, "Pacific/Auckland", "America/Los_Angeles"):
        with timezone.override(zone):
            agenda = agenda_of(meeting, NOW)
        assert {group.heading: [(line.title, line.on) for line in group.lines] for group in agenda.groups} == {
            "silent": [("Not silent for four days", TODAY + 5 * DAY)],
            "stalled": [("Still for two weeks", None)],
            "findings": [("New weakness", TODAY - DAY)],
        }


def test_three_hundred_items_cost_two_queries(cast, weekly, meeting):
    for number in range(150):
        promise(cast, weekly, f"Promise {number}", days=-1)
        testing.action(cast, action_list=weekly, state="blocked", blocked_by="rain", done_criterion="x")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        agenda = agenda_of(meeting, NOW)
    assert (len(agenda.lines), len(seen)) == (300, 2)
    assert len(agenda.lines) < MOST
