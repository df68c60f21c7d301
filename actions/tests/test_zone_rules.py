"""The rules of a zone beside a calendar's times, read back by two libraries."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar, Event

from actions.zone_rules import add_zones, rules_of

WITH_RULES = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe"]
WITHOUT_CHANGE = ["Asia/Tokyo", "Asia/Kolkata", "UTC"]
BY_DATES = ["Africa/Casablanca", "Asia/Jerusalem", "America/Santiago"]


def weekly(name: str) -> str:
    made, event = Calendar(), Event()
    made.add("prodid", "-//test//")
    made.add("version", "2.0")
    event.add("uid", "1")
    event.add("dtstamp", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    event.add("dtstart", dt.datetime(2026, 11, 25, 15, tzinfo=ZoneInfo(name)))
    event.add("rrule", {"freq": "weekly", "byday": "WE"})
    made.add_component(event)
    add_zones(made, 2025)
    return made.to_ical().decode()


@pytest.mark.parametrize("name", [*WITH_RULES, *BY_DATES[1:], "Asia/Tokyo", "Asia/Kolkata"])
def test_a_weekly_meeting_is_at_the_right_instant_for_three_years(name):
    """Read with the rules in the text alone, against the zone database. Morocco's clocks, which go back for a month
    that moves, are too much for this library."""
    made = vobject.readOne(weekly(name))
    made.validate(raiseException=True)
    starts = list(made.vevent.getrruleset()[:156])
    expected = [
        dt.datetime(2026, 11, 25, 15, tzinfo=ZoneInfo(name)) + dt.timedelta(weeks=number) for number in range(156)
    ]
    assert [at.astimezone(dt.UTC) for at in starts] == [at.astimezone(dt.UTC) for at in expected]


@pytest.mark.parametrize("name", [*WITH_RULES, *WITHOUT_CHANGE, *BY_DATES])
def test_the_library_reads_the_same_offsets(name):
    read = rules_of(name, 2025).to_tz(lookup_tzid=False)
    for day in range(0, 3 * 365, 5):
        at = dt.datetime(2026, 1, 3, 12) + dt.timedelta(day)
        assert at.replace(tzinfo=read).utcoffset() == at.replace(tzinfo=ZoneInfo(name)).utcoffset(), (name, at)


@pytest.mark.parametrize("name", BY_DATES)
def test_a_zone_without_a_yearly_rule_is_written_date_by_date(name):
    assert "rrule" not in rules_of(name, 2025).subcomponents[0]
    assert len(rules_of(name, 2025).subcomponents) > 20


def test_a_zone_that_keeps_to_a_rule_is_short():
    assert len(rules_of("Europe/Berlin", 2025).to_ical()) < 400
