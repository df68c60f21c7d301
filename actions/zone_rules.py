"""The rules of a time zone beside the times of a calendar (VTIMEZONE of RFC 5545), as yearly rules.

The library writes the changes of the clocks since 1970 as RDATEs. That is allowed, and yet many programs read an RRULE
there and nothing else: with them the meeting would stay in winter time.
"""

import calendar as months
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard

# Rules are read off these many years; a zone that keeps to no month and weekday in them is written date by date.
YEARS, YEARS_BY_DATE = 6, 12
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class Change(NamedTuple):
    """One change of the clocks: the instant, in the wall-clock time before it, and the offsets around it."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def weeks(self) -> set[int]:
        """Which of its weekday in the month: counted from the beginning, and -1 where it is the last."""
        last = self.at.day + 7 > months.monthrange(self.at.year, self.at.month)[1]
        return {(self.at.day - 1) // 7 + 1} | ({-1} if last else set())


def add_zones(made: Calendar, year: int) -> None:
    """Writes the rules of all zones that are named, from `year` on."""
    for name in sorted(made.get_missing_tzids()):
        made.subcomponents.insert(0, rules_of(name, year))


def rules_of(name: str, year: int) -> Timezone:
    zone = ZoneInfo(name)
    changes = changes_of(zone, year, YEARS)
    kinds = sorted({(change.before, change.after) for change in changes})
    parts = [yearly(zone, [one for one in changes if (one.before, one.after) == kind]) for kind in kinds]
    if None in parts:
        parts = [part_of(zone, change) for change in changes_of(zone, year, YEARS_BY_DATE)]
    found = Timezone()
    found.add("tzid", name)
    for part in parts or [always(zone, year)]:
        found.add_component(part)
    return found


def changes_of(zone: ZoneInfo, year: int, years: int) -> list[Change]:
    found, day = [], datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + years, 1, 1, tzinfo=UTC)
    while day < end:
        before, after = offset(zone, day), offset(zone, day + timedelta(1))
        if before != after:
            at = instant(zone, day, before)
            found.append(Change((at + before).replace(tzinfo=None), before, after))
        day += timedelta(1)
    return found


def instant(zone: ZoneInfo, day: datetime, before: timedelta) -> datetime:
    """To the minute."""
    low, high = 0, 24 * 60
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(zone, day + timedelta(minutes=middle)) == before else (low, middle)
    return day + timedelta(minutes=high)


def offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset()


def yearly(zone: ZoneInfo, changes: list[Change]) -> TimezoneStandard | TimezoneDaylight | None:
    """One rule for the changes of one kind, once in each of the years."""
    first = changes[0]
    weeks = set.intersection(*(change.weeks for change in changes))
    same = {(change.at.month, change.at.weekday(), change.at.time()) for change in changes}
    if len(changes) != YEARS or len(same) != 1 or not weeks:
        return None
    part = part_of(zone, first)
    nth = -1 if -1 in weeks else min(weeks)
    part.add("rrule", {"freq": "yearly", "bymonth": first.at.month, "byday": f"{nth}{WEEKDAYS[first.at.weekday()]}"})
    return part


def part_of(zone: ZoneInfo, change: Change) -> TimezoneStandard | TimezoneDaylight:
    later = (change.at - change.before + timedelta(hours=1)).replace(tzinfo=UTC).astimezone(zone)
    part = TimezoneDaylight() if change.after > change.before else TimezoneStandard()
    part.add("dtstart", change.at)
    part.add("tzoffsetfrom", change.before)
    part.add("tzoffsetto", change.after)
    part.add("tzname", later.tzname())
    return part


def always(zone: ZoneInfo, year: int) -> TimezoneStandard:
    at = datetime(year, 1, 1)
    stands = offset(zone, at.replace(tzinfo=UTC))
    part = part_of(zone, Change(at, stands, stands))
    return part
