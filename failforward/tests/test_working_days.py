import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failforward.working_days import due_instant, instant, is_working_day, later, local_date, on_or_after

MONDAY, FRIDAY, SATURDAY, SUNDAY = (dt.date(2026, 11, day) for day in (23, 27, 28, 29))
SUNDAY_TO_THURSDAY = "71234"


def utc(*parts) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "work_days", "first"),
    [
        (FRIDAY, "12345", FRIDAY),
        (SATURDAY, "12345", dt.date(2026, 11, 30)),
        (SUNDAY, "12345", dt.date(2026, 11, 30)),
        (FRIDAY, SUNDAY_TO_THURSDAY, SUNDAY),
        (SATURDAY, SUNDAY_TO_THURSDAY, SUNDAY),
        (SUNDAY, SUNDAY_TO_THURSDAY, SUNDAY),
        (MONDAY, "3", dt.date(2026, 11, 25)),
        (dt.date(2028, 2, 29), "12345", dt.date(2028, 2, 29)),
        (SUNDAY, "", SUNDAY),
    ],
)
def test_the_first_working_day(day, work_days, first):
    assert on_or_after(day, work_days) == first


@pytest.mark.parametrize(
    ("day", "hour", "zone", "expected"),
    [
        (dt.date(2026, 11, 24), 16, "Europe/Berlin", utc(2026, 11, 24, 15)),
        (dt.date(2026, 7, 24), 16, "Europe/Berlin", utc(2026, 7, 24, 14)),
        # This hour does not exist: it is read an hour later, 03:00 by the clock on the wall.
        (dt.date(2027, 3, 28), 2, "Europe/Berlin", utc(2027, 3, 28, 1)),
        # This one happens twice: the first of them.
        (dt.date(2027, 10, 31), 2, "Europe/Berlin", utc(2027, 10, 31, 0)),
        # Half an hour is left out; in autumn 01:30 to 02:00 comes twice and 02:00 once, after it.
        (dt.date(2026, 10, 4), 2, "Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)),
        (dt.date(2027, 4, 4), 2, "Australia/Lord_Howe", utc(2027, 4, 3, 15, 30)),
        (dt.date(2026, 11, 24), 16, "Pacific/Chatham", utc(2026, 11, 24, 2, 15)),
        # A day that was left out altogether.
        (dt.date(2011, 12, 30), 16, "Pacific/Apia", utc(2011, 12, 31, 2)),
        (dt.date(2026, 11, 24), 0, "Pacific/Kiritimati", utc(2026, 11, 23, 10)),
    ],
)
def test_a_local_hour_is_an_instant(day, hour, zone, expected):
    assert instant(day, hour, zone) == expected


def test_a_promise_for_a_saturday_is_asked_about_on_monday():
    assert due_instant(SATURDAY, 16, "Europe/Berlin") == utc(2026, 11, 30, 15)
    assert due_instant(SATURDAY, 16, "Asia/Riyadh", SUNDAY_TO_THURSDAY) == utc(2026, 11, 29, 13)


def test_two_working_days_after_a_friday():
    assert later(FRIDAY, 2) == dt.date(2026, 12, 1)
    assert later(FRIDAY, 2, SUNDAY_TO_THURSDAY) == dt.date(2026, 11, 30)
    assert later(FRIDAY, 0) == FRIDAY


def test_the_day_it_is_elsewhere():
    assert local_date(utc(2026, 11, 24, 23), "Asia/Tokyo") == dt.date(2026, 11, 25)
    assert local_date(utc(2026, 11, 24, 3), "America/New_York") == dt.date(2026, 11, 23)


days = st.dates(dt.date(2012, 1, 1), dt.date(2060, 1, 1))
hours = st.integers(0, 23)
weeks = st.sets(st.sampled_from("1234567"), min_size=1).map(lambda found: "".join(sorted(found)))
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


@given(days, hours, zones, weeks)
def test_one_is_asked_on_a_working_day_within_a_week_and_not_before_the_hour(day, hour, zone, work_days):
    asked = due_instant(day, hour, zone, work_days).astimezone(ZoneInfo(zone))
    assert is_working_day(asked.date(), work_days)
    assert 0 <= (asked.date() - day).days <= 6
    assert asked.hour in (hour, hour + 1)


@given(days, hours, zones, weeks, st.integers(0, 40))
def test_a_later_promise_is_never_asked_about_sooner(day, hour, zone, work_days, more):
    assert due_instant(day + dt.timedelta(more), hour, zone, work_days) >= due_instant(day, hour, zone, work_days)


@given(days, st.integers(1, 30), weeks)
def test_counting_working_days_counts_each_once(day, count, work_days):
    end = later(day, count, work_days)
    between = [day + dt.timedelta(n) for n in range(1, (end - day).days + 1)]
    assert len([one for one in between if is_working_day(one, work_days)]) == count
    assert is_working_day(end, work_days)
