"""Calendars that people subscribe to: what stands in them, who reads them, and that they can be ended."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from actions.models import CalendarFeed, Commitment, Milestone
from failforward import testing
from failforward.history.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    return testing.action_list(cast, people=(cast.rep, cast.list_owner), time_zone="Europe/Berlin")


def read(raw: str) -> Calendar:
    response = Client().get(f"/calendar/{raw}.ics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    return Calendar.from_ical(response.content)


def entries(raw: str) -> dict[str, dict]:
    return {str(one["uid"]).split("@")[0]: one for one in read(raw).walk("VEVENT")}


def test_what_one_promised_stands_there_as_a_whole_day(cast):
    made = testing.commitment(cast, what="Call Brandt; ask, listen\nand answer", outcome_wanted="A date")
    entry = entries(CalendarFeed.make(cast.rep))[f"commitment-{made.uuid}"]
    assert str(entry["summary"]) == "Call Brandt; ask, listen and answer"
    assert entry.start == made.due_on
    assert entry.end == made.due_on + dt.timedelta(days=1)
    assert entry["transp"] == "TRANSPARENT"
    assert f"/commitments/{made.pk}/" in entry["url"]
    assert "A date" in entry["description"]


def test_only_ones_own_open_promises_and_milestones_stand_there(cast, owned):
    mine = testing.commitment(cast)
    testing.commitment(cast, person=cast.other_rep)
    testing.commitment(cast, state="dropped")
    testing.commitment(cast, state="requested", agreed_on=None)
    action = testing.action(cast, action_list=owned, responsible=cast.rep)
    ahead = milestone(action)
    milestone(action, reached_on=testing.TODAY, evidence="seen")
    milestone(action, called_off_because="not needed")
    milestone(testing.action(cast, action_list=owned, responsible=cast.list_owner))
    assert set(entries(CalendarFeed.make(cast.rep))) == {f"commitment-{mine.uuid}", f"milestone-{ahead.pk}"}


def test_a_moved_date_keeps_its_uid_and_counts_up(cast):
    made = Commitment.make(cast.rep, cast.rep, "Call", testing.TODAY, agreed_where="here", now=testing.NOW)
    raw = CalendarFeed.make(cast.rep)
    before = entries(raw)[f"commitment-{made.uuid}"]
    made.move(cast.rep, testing.TODAY + dt.timedelta(days=7), "They are away", now=testing.NOW)
    after = entries(raw)[f"commitment-{made.uuid}"]
    assert after.start == before.start + dt.timedelta(days=7)
    assert after["sequence"] > before["sequence"]


def test_private_and_sealed_promises_stand_there_without_their_words(cast):
    sealed = testing.review(cast, people=(cast.rep,), visibility="sealed")
    testing.commitment(cast, what="walrus", private=True, asked_by=None, team=None)
    testing.commitment(cast, what="walrus", review=sealed, team=None)
    text = Client().get(f"/calendar/{CalendarFeed.make(cast.rep)}.ics").content.decode()
    assert text.count("SUMMARY:Something you promised") == 2
    assert "walrus" not in text


def test_a_lists_calendar_has_its_meeting_its_milestones_and_what_was_promised_on_it(cast, owned):
    action = testing.action(cast, action_list=owned)
    ahead = milestone(action)
    promised = testing.commitment(cast, action_list=owned)
    found = entries(CalendarFeed.make(cast.list_owner, owned))
    assert set(found) == {f"meetings-{owned.uuid}", f"milestone-{ahead.pk}", f"commitment-{promised.uuid}"}
    assert str(found[f"commitment-{promised.uuid}"]["summary"]).startswith("Ines Duarte: ")


def test_the_meeting_keeps_its_wall_clock_time_through_the_change_of_the_clocks(cast, owned):
    made = read(CalendarFeed.make(cast.list_owner, owned))
    meeting = made.walk("VEVENT")[0]
    start = meeting.start
    assert (start.hour, start.minute, start.tzinfo) == (15, 0, ZoneInfo("Europe/Berlin"))
    assert start.isoweekday() == owned.meeting_weekday
    assert dict(meeting["rrule"]) == {"FREQ": ["WEEKLY"], "BYDAY": ["WE"]}
    zone = made.walk("VTIMEZONE")[0]
    assert str(zone["tzid"]) == "Europe/Berlin"
    # Programs that know no zone database read the offsets from here: both of them.
    assert {part["tzoffsetto"].td for part in zone.subcomponents} == {dt.timedelta(hours=1), dt.timedelta(hours=2)}


def test_lines_are_folded_and_end_as_the_standard_wants(cast):
    testing.commitment(cast, what="Grüße an Zoë, " * 30)
    body = Client().get(f"/calendar/{CalendarFeed.make(cast.rep)}.ics").content
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_a_new_address_ends_the_one_before(cast):
    old, new = CalendarFeed.make(cast.rep), CalendarFeed.make(cast.rep)
    assert Client().get(f"/calendar/{old}.ics").status_code == 410
    assert Client().get(f"/calendar/{new}.ics").status_code == 200


def test_an_ended_address_and_that_of_somebody_gone_give_nothing(cast):
    raw = CalendarFeed.make(cast.rep)
    CalendarFeed.end(cast.rep)
    assert Client().get(f"/calendar/{raw}.ics").status_code == 410
    raw = CalendarFeed.make(cast.rep)
    cast.rep.is_active = False
    cast.rep.save(update_fields=["is_active"])
    assert Client().get(f"/calendar/{raw}.ics").status_code == 410


def test_a_list_one_does_not_see_any_more_gives_nothing(cast, owned):
    raw = CalendarFeed.make(cast.rep, owned)
    assert Client().get(f"/calendar/{raw}.ics").status_code == 200
    owned.remove_person(cast.manager, cast.rep)
    assert Client().get(f"/calendar/{raw}.ics").status_code == 404


def test_an_unknown_address_is_not_found(cast):
    assert Client().get("/calendar/aaaaaaaaaaaaaaaaaaaaaaaaaa.ics").status_code == 404


def test_the_page_shows_an_address_once_and_ends_it(cast, client):
    client.force_login(cast.rep)
    shown = client.post("/me/calendars/make/", {"list": ""}).content.decode()
    raw = re.search(r"/calendar/([a-z2-7]{26})\.ics", shown)[1]
    assert entries(raw) == {}
    assert raw not in client.get("/me/calendars/").content.decode()
    client.post("/me/calendars/end/", {"list": ""})
    assert Client().get(f"/calendar/{raw}.ics").status_code == 410
    assert list(Change.objects.about(cast.rep).values_list("verb", flat=True)) == ["calendar_ended", "calendar_made"]


def test_nobody_makes_a_calendar_of_a_list_they_do_not_see(cast, owned, client):
    client.force_login(cast.outsider)
    assert client.post("/me/calendars/make/", {"list": owned.pk}).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_a_calendar_costs_the_same_number_of_queries_whatever_stands_in_it(cast, owned, django_assert_max_num_queries):
    raw = CalendarFeed.make(cast.list_owner, owned)
    for _number in range(30):
        testing.commitment(cast, action_list=owned)
        milestone(testing.action(cast, action_list=owned))
    with django_assert_max_num_queries(10):
        assert len(entries(raw)) == 61


def milestone(action, **fields) -> Milestone:
    due_on = timezone.localdate() + dt.timedelta(days=3)
    return Milestone.objects.create(action=action, what="A page", due_on=due_on, first_due_on=due_on, **fields)
