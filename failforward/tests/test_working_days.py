import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from failforward import places, working_days
from failforward.working_days import Calendar, between, due_instant, instant, later, local_date, on_or_after

MONDAY, FRIDAY, SATURDAY, SUNDAY = (dt.date(2026, 11, day) for day in (23, 27, 28, 29))
SUNDAY_TO_THURSDAY = Calendar("71234")
DAY = dt.timedelta(1)


def utc(*parts) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "calendar", "first"),
    [
        (FRIDAY, Calendar(), FRIDAY),
        (SATURDAY, Calendar(), dt.date(2026, 11, 30)),
        (SUNDAY, Calendar(), dt.date(2026, 11, 30)),
        (FRIDAY, SUNDAY_TO_THURSDAY, SUNDAY),
        (SATURDAY, SUNDAY_TO_THURSDAY, SUNDAY),
        (SUNDAY, SUNDAY_TO_THURSDAY, SUNDAY),
        (MONDAY, Calendar("3"), dt.date(2026, 11, 25)),
        (dt.date(2028, 2, 29), Calendar(), dt.date(2028, 2, 29)),
        (SUNDAY, Calendar(""), SUNDAY),
        # Christmas Day is a Friday, the day after it a Saturday; in Scotland the Monday is off instead.
        (dt.date(2026, 12, 25), Calendar(country="DE"), dt.date(2026, 12, 28)),
        (dt.date(2026, 12, 25), Calendar(country="GB", region="SCT"), dt.date(2026, 12, 29)),
        # Epiphany is one in Bavaria, not in Hamburg.
        (dt.date(2027, 1, 6), Calendar(country="DE", region="BY"), dt.date(2027, 1, 7)),
        (dt.date(2027, 1, 6), Calendar(country="DE", region="HH"), dt.date(2027, 1, 6)),
        # New Year's Day 2028 is a Saturday: it is made up for in the year before.
        (dt.date(2027, 12, 31), Calendar(country="US"), dt.date(2028, 1, 3)),
        (FRIDAY, Calendar(away=((FRIDAY, dt.date(2026, 12, 4)),)), dt.date(2026, 12, 7)),
        (FRIDAY, Calendar(away=((FRIDAY, FRIDAY), (dt.date(2026, 11, 30), dt.date(2029, 1, 1)))), dt.date(2029, 1, 2)),
        (dt.date(2026, 12, 22), Calendar("3", "DE", "", ((SUNDAY, dt.date(2026, 12, 24)),)), dt.date(2026, 12, 30)),
        # What the package does not know is no holiday.
        (dt.date(2026, 12, 25), Calendar(country="XX"), dt.date(2026, 12, 25)),
        (dt.date(2026, 12, 25), Calendar(country="DE", region="Atlantis"), dt.date(2026, 12, 28)),
    ],
)
def test_the_first_working_day(day, calendar, first):
    assert on_or_after(day, calendar) == first


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (dt.date(2026, 11, 24), 16, "Europe/Berlin", utc(2026, 11, 24, 15)),
        (dt.date(2026, 7, 24), 16, "Europe/Berlin", utc(2026, 7, 24, 14)),
        # This hour does not exist: it is read an hour later, 03:30 by the clock on the wall.
        (dt.date(2027, 3, 28), dt.time(2, 30), "Europe/Berlin", utc(2027, 3, 28, 1, 30)),
        (dt.date(2027, 3, 28), 2, "Europe/Berlin", utc(2027, 3, 28, 1)),
        # This one happens twice: the first of them.
        (dt.date(2027, 10, 31), dt.time(2, 30), "Europe/Berlin", utc(2027, 10, 31, 0, 30)),
        (dt.date(2027, 10, 31), 2, "Europe/Berlin", utc(2027, 10, 31, 0)),
        # Half an hour is left out; in autumn 01:30 to 02:00 comes twice and 02:00 once, after it.
        (dt.date(2026, 10, 4), 2, "Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)),
        (dt.date(2027, 4, 4), 2, "Australia/Lord_Howe", utc(2027, 4, 3, 15, 30)),
        (dt.date(2026, 11, 24), 16, "Pacific/Chatham", utc(2026, 11, 24, 2, 15)),
        (dt.date(2028, 2, 29), 16, "Asia/Kathmandu", utc(2028, 2, 29, 10, 15)),
        # A day that was left out altogether.
        (dt.date(2011, 12, 30), 16, "Pacific/Apia", utc(2011, 12, 31, 2)),
        (dt.date(2026, 11, 24), 0, "Pacific/Kiritimati", utc(2026, 11, 23, 10)),
    ],
)
def test_a_local_hour_is_an_instant(day, at, zone, expected):
    assert instant(day, at, zone) == expected


def test_a_promise_for_a_saturday_is_asked_about_on_monday():
    assert due_instant(SATURDAY, 16, "Europe/Berlin") == utc(2026, 11, 30, 15)
    assert due_instant(SATURDAY, 16, "Asia/Riyadh", SUNDAY_TO_THURSDAY) == utc(2026, 11, 29, 13)


def test_nobody_works_on_a_day_that_the_calendar_left_out():
    # Samoa went from Thursday 29 to Saturday 31 December 2011; Monday was a holiday there.
    assert due_instant(dt.date(2011, 12, 30), 16, "Pacific/Apia") == utc(2012, 1, 2, 2)
    assert due_instant(dt.date(2011, 12, 30), 16, "Pacific/Apia", Calendar("6")) == utc(2011, 12, 31, 2)


def test_two_working_days_after_a_friday():
    assert later(FRIDAY, 2) == dt.date(2026, 12, 1)
    assert later(FRIDAY, 2, SUNDAY_TO_THURSDAY) == dt.date(2026, 11, 30)
    assert later(FRIDAY, 0) == FRIDAY


def test_a_nudge_waits_for_working_days_not_for_hours():
    asked = utc(2026, 11, 27, 15)
    away = Calendar(away=((dt.date(2026, 11, 30), dt.date(2026, 12, 4)),))
    assert working_days.after(asked, 1, 16, "Europe/Berlin") == utc(2026, 11, 30, 15)
    assert working_days.after(asked, 1, 16, "Europe/Berlin", away) == utc(2026, 12, 7, 15)
    assert working_days.after(asked, 3, 16, "Europe/Berlin") == utc(2026, 12, 2, 15)
    # Asked late in the evening of a Friday, which is Saturday there already.
    assert working_days.after(utc(2026, 11, 27, 23), 1, 9, "Asia/Tokyo") == utc(2026, 11, 30, 0)


def test_the_day_it_is_elsewhere():
    assert local_date(utc(2026, 11, 24, 23), "Asia/Tokyo") == dt.date(2026, 11, 25)
    assert local_date(utc(2026, 11, 24, 3), "America/New_York") == dt.date(2026, 11, 23)


days = st.dates(dt.date(2012, 1, 1), dt.date(2034, 1, 1))
hours = st.integers(0, 23)
weeks = st.sets(st.sampled_from("1234567"), min_size=1).map(lambda found: "".join(sorted(found)))
homes = st.sampled_from(
    [("", ""), ("DE", "BY"), ("US", "CA"), ("SA", ""), ("IL", ""), ("IN", "KL"), ("GB", "SCT"), ("JP", ""), ("XX", "")]
)
absences = st.lists(st.tuples(days, st.integers(0, 400)), max_size=4).map(
    lambda found: tuple((since, since + dt.timedelta(length)) for since, length in found)
)
calendars = st.builds(lambda week, home, away: Calendar(week, *home, away), weeks, homes, absences)
zones = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "America/Santiago",
        "Pacific/Kiritimati",
        "Etc/GMT+12",
    ]
)


@given(days, hours, zones, calendars)
def test_one_is_asked_on_the_first_working_day_and_not_before_it(day, hour, zone, calendar):
    asked = due_instant(day, hour, zone, calendar).astimezone(ZoneInfo(zone))
    waited = [day + n * DAY for n in range((asked.date() - day).days)]
    assert calendar.works_on(asked.date())
    assert asked.date() >= day
    assert not any(calendar.works_on(one) for one in waited)


@given(days, hours, zones, calendars)
def test_one_is_asked_at_ones_hour_or_where_there_is_none_right_after_the_gap(day, hour, zone, calendar):
    asked = due_instant(day, hour, zone, calendar).astimezone(ZoneInfo(zone))
    by_the_wall = dt.datetime.combine(asked.date(), dt.time(hour), tzinfo=ZoneInfo(zone))
    exists = by_the_wall.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == dt.datetime.combine(
        asked.date(), dt.time(hour)
    )
    if exists:
        assert (asked.hour, asked.minute, asked.fold) == (hour, 0, 0)
    else:
        before = (by_the_wall - dt.timedelta(hours=3)).utcoffset()
        assert before < asked.utcoffset()
        assert asked.replace(tzinfo=None) - dt.datetime.combine(asked.date(), dt.time(hour)) == (
            asked.utcoffset() - before
        )


@given(days, hours, zones, calendars, st.integers(0, 40))
def test_a_later_promise_is_never_asked_about_sooner(day, hour, zone, calendar, more):
    assert due_instant(day + dt.timedelta(more), hour, zone, calendar) >= due_instant(day, hour, zone, calendar)


@given(days, hours, zones, calendars, absences)
def test_an_absence_only_ever_puts_off(day, hour, zone, calendar, more):
    away = Calendar(calendar.week, calendar.country, calendar.region, calendar.away + more)
    assert due_instant(day, hour, zone, away) >= due_instant(day, hour, zone, calendar)


@given(days, st.integers(1, 30), calendars)
def test_counting_working_days_counts_each_once(day, count, calendar):
    end = later(day, count, calendar)
    assert between(day, end, calendar) == count
    assert calendar.works_on(end)
    assert between(end, day, calendar) == 0


@given(days, hours, zones, calendars, st.integers(1, 5))
def test_after_some_working_days_is_their_hour_on_such_a_day(day, hour, zone, calendar, count):
    asked = due_instant(day, hour, zone, calendar)
    nudged = working_days.after(asked, count, hour, zone, calendar)
    assert nudged > asked
    assert between(local_date(asked, zone), local_date(nudged, zone), calendar) == count


@given(st.sampled_from(sorted(places.countries())), st.integers(2020, 2035))
def test_every_country_has_a_calendar(country, year):
    week = places.usual_week(country)
    assert week and set(week) <= set("1234567")
    off = places.holidays_in(year, country)
    assert {day.year for day in off} <= {year}
    assume(off)
    working = [day for day in off if str(day.isoweekday()) in week]
    assert not any(Calendar(week, country).works_on(day) for day in working)
