"""One meeting of a series on another day: who may, when, and what follows it."""

import datetime as dt

import pytest
from django.db.models import F
from django.utils import timezone

from actions import meetings
from actions.models import Meeting, MeetingPerson, MeetingSeries
from actions.tests.test_attending import answered, arrive
from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.history.words import phrase
from failforward.outbox.models import Mail
from failforward.testing import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
# The list meets on Wednesdays at 15:00 in Berlin; today is one.
WEDNESDAY = dt.datetime(2026, 11, 25, 14, 0, tzinfo=dt.UTC)
FRIDAY = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(7)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def weekly(cast):
    made = testing.action_list(cast, people=(cast.rep, cast.other_rep), time_zone="Europe/Berlin")
    testing.action(cast, action_list=made)
    return made


@pytest.fixture
def series(cast, weekly):
    return MeetingSeries.plan(cast.list_owner, weekly, now=NOW)


@pytest.fixture
def meeting(series):
    return Meeting.objects.for_detail().get()


def move(cast, meeting, to=FRIDAY, because="The fair.", **more):
    return meeting.move(cast.list_owner, to, because, now=NOW, **more)


def test_moved_twice_to_the_same_time_it_is_moved_and_told_once(cast, meeting):
    assert (move(cast, meeting), move(cast, meeting, because="Again.")) == (True, False)
    assert (meeting.starts_at, meeting.planned_at, meeting.moved_because) == (FRIDAY, WEDNESDAY, "The fair.")
    [change] = Change.objects.about(meeting).filter(verb="moved")
    assert phrase(change) == "moved the meeting to Fri 27 Nov, 10:00: The fair."
    assert Mail.objects.filter(kind="meeting_moved").count() == 3


@pytest.mark.parametrize(
    ("to", "because", "says"),
    [
        (FRIDAY, "  ", "why it moves"),
        (WEDNESDAY + WEEK, "The fair.", "The next one is on Wed 2 Dec, 15:00"),
        (WEDNESDAY + 60 * WEEK, "The fair.", "The next one"),
        (NOW - dt.timedelta(minutes=1), "The fair.", "still ahead"),
        (NOW - WEEK, "The fair.", "from today on"),
        (NOW.replace(year=2999), "The fair.", "five years"),
    ],
)
def test_a_move_that_makes_no_sense_says_so_and_changes_nothing(cast, meeting, to, because, says):
    with pytest.raises(Refused, match=says):
        move(cast, meeting, to, because)
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.is_moved, Mail.objects.filter(kind="meeting_moved").count()) == (
        WEDNESDAY,
        False,
        0,
    )


@pytest.mark.parametrize(
    ("state", "says"), [("running", "has begun"), ("skipped", "is over"), ("called", "called for now")]
)
def test_only_what_is_planned_by_a_series_moves(cast, meeting, state, says):
    if state == "running":
        meeting.begin(cast.list_owner, [], now=NOW)
    elif state == "skipped":
        meeting.skip(cast.list_owner, "A holiday.", now=NOW)
    else:
        meeting = Meeting.call(cast.list_owner, testing.action_list(cast), now=NOW)
    with pytest.raises(Refused, match=says):
        move(cast, meeting)


def test_the_one_after_a_moved_one_stands_where_the_series_has_it(cast, meeting):
    move(cast, meeting)
    meeting.begin(cast.list_owner, [], now=FRIDAY)
    meetings.close(meeting, cast.list_owner, now=FRIDAY + dt.timedelta(minutes=30))
    following = Meeting.objects.get(state="planned")
    assert (following.starts_at, following.is_moved) == (WEDNESDAY + WEEK, False)


def test_held_before_its_day_it_is_not_planned_once_more(cast, weekly, series, meeting):
    """Moved to earlier today, and closed before the time that the series has for it."""
    move(cast, meeting, WEDNESDAY - dt.timedelta(hours=2))
    meeting.begin(cast.list_owner, [], now=WEDNESDAY - dt.timedelta(hours=2))
    meetings.close(meeting, cast.list_owner, now=WEDNESDAY - dt.timedelta(hours=1))
    assert Meeting.objects.get(state="planned").starts_at == WEDNESDAY + WEEK


def test_what_the_list_does_meanwhile_does_not_bring_it_back(cast, weekly, series, meeting):
    move(cast, meeting)
    series.plan_next(WEDNESDAY + dt.timedelta(hours=1))
    series.refresh_from_db()
    series.change(cast.list_owner, now=NOW, ends_on=dt.date(2026, 11, 25), minutes=45)
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.planned_at, meeting.state) == (FRIDAY, WEDNESDAY, "planned")
    assert (meeting.minutes, meeting.is_off) == (45, False)
    assert weekly.meets_next_at(NOW) == FRIDAY


@pytest.mark.parametrize(
    ("values", "hours", "starts_at", "place"),
    [
        ({"meeting_time": dt.time(17)}, 0, WEDNESDAY + dt.timedelta(hours=2), "Room 4"),
        ({"meeting_weekday": 4}, 0, WEDNESDAY + dt.timedelta(1), "Room 4"),
        # By then this week's has been, and the place was for this week's.
        ({"meeting_weekday": 1}, 1, WEDNESDAY + dt.timedelta(5), ""),
    ],
)
def test_what_is_only_in_another_place_follows_the_list(cast, weekly, series, meeting, values, hours, starts_at, place):
    move(cast, meeting, WEDNESDAY, place="Room 4")
    assert (meeting.is_moved, meeting.has_other_start) == (True, False)
    assert phrase(Change.objects.about(meeting).last()) == "changed where the meeting is: The fair."
    weekly.refresh_from_db()
    for name, value in values.items():
        setattr(weekly, name, value)
    weekly.save()
    series.action_list = weekly
    series.move_along(WEDNESDAY - dt.timedelta(hours=hours or 100))
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.place, meeting.is_moved) == (starts_at, place, bool(place))


def test_where_the_list_comes_to_the_same_time_it_is_one_of_the_series_again(cast, weekly, meeting, time_machine):
    """Moved to Tuesday before the list goes to Tuesdays."""
    tuesday = WEDNESDAY + dt.timedelta(6)
    move(cast, meeting, tuesday, place="Room 4")
    weekly.refresh_from_db()
    time_machine.move_to(NOW)
    weekly.change(cast.list_owner, meeting_weekday=2)
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.planned_at, meeting.place, meeting.moved_because) == (tuesday, None, "", "")


def test_who_does_not_come_is_asked_anew(cast, meeting):
    MeetingPerson.say(meeting, cast.rep, cast.rep, comes=False, now=NOW)
    move(cast, meeting, WEDNESDAY, place="Room 4")
    assert meeting.persons.count() == 1
    move(cast, meeting, place="Room 4")
    assert meeting.persons.count() == 0


def test_a_calendar_answers_by_the_start_in_the_series(cast, series, meeting):
    move(cast, meeting)
    arrive(answered(series, cast.rep.email, "DECLINED", at="20261127T090000Z"))
    assert meeting.persons.count() == 0
    arrive(answered(series, cast.rep.email, "DECLINED", at="20261125T140000Z"))
    assert [one.user for one in meeting.persons.all()] == [cast.rep]


def test_the_lobby_moves_it_and_keeps_what_was_typed(client, cast, weekly, series, meeting):
    client.force_login(cast.list_owner)
    now = timezone.now()
    Meeting.objects.update(starts_at=now + dt.timedelta(1))
    Meeting.objects.update(starts_at=series.next_start(now))
    meeting.refresh_from_db()
    to = {"move-day": meeting.on.isoformat(), "move-time": "23:10", "move-place": "https://meet.example/a"}
    refused = client.post(f"/meetings/{meeting.pk}/move/", to)
    assert refused.status_code == 400
    assert "Say why it moves." in refused.content.decode() and 'value="23:10"' in refused.content.decode()
    to["move-because"] = "<b>The fair</b>"
    assert client.post(f"/meetings/{meeting.pk}/move/", to).status_code == 302
    page = client.get(f"/meetings/{meeting.pk}/").content.decode()
    assert "&lt;b&gt;The fair" in page and 'href="https://meet.example/a"' in page and "It would have been on" in page
    Meeting.objects.update(starts_at=F("planned_at"))
    page = client.get(f"/meetings/{meeting.pk}/").content.decode()
    assert "&lt;b&gt;The fair" in page and "It would have been on" not in page
    meeting.refresh_from_db()
    shown = client.get("/lists/").context["page"].rows
    assert [row.meeting_ahead_at for row in shown if row.pk == weekly.pk] == [meeting.starts_at]
