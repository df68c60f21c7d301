"""Local date and hour to an instant, and counting in a person's working days. Pure functions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from failforward import places
from failforward.places import MONDAY_TO_FRIDAY

DAY = timedelta(1)
# Nobody is off for longer than this but by an absence, which is stepped over at once.
LONGEST_SEARCH = 400


@dataclass(frozen=True)
class Calendar:
    """The days a person works: those of their week, but for the holidays of their place and their absences.

    `week` holds the ISO weekdays worked: Monday is 1, Sunday is 7. `away` are first and last days of absences.
    """

    week: str = MONDAY_TO_FRIDAY
    country: str = ""
    region: str = ""
    away: tuple[tuple[date, date], ...] = ()

    def works_on(self, day: date) -> bool:
        in_week = str(day.isoweekday()) in self.week
        return in_week and not self.away_until(day) and not places.holiday(day, self.country, self.region)

    def away_until(self, day: date) -> date | None:
        """The last day of the absence that `day` falls into."""
        return next((until for since, until in self.away if since <= day <= until), None)


USUAL = Calendar()


def on_or_after(day: date, calendar: Calendar = USUAL) -> date:
    """The first working day on or after `day`; `day` itself where nobody works any day."""
    found = day
    for _ in range(LONGEST_SEARCH):
        if until := calendar.away_until(found):
            found = until
        elif calendar.works_on(found):
            return found
        found += DAY
    return day


def later(day: date, count: int, calendar: Calendar = USUAL) -> date:
    """`count` working days after `day`."""
    for _ in range(count):
        day = on_or_after(day + DAY, calendar)
    return day


def between(after: date, until: date, calendar: Calendar = USUAL) -> int:
    """How many working days lie after `after`, up to and with `until`."""
    return sum(calendar.works_on(after + n * DAY) for n in range(1, (until - after).days + 1))


def local_date(now: datetime, zone: str) -> date:
    """The calendar day it is there at this instant."""
    return now.astimezone(ZoneInfo(zone)).date()


def instant(day: date, at: int | time, zone: str) -> datetime:
    """The UTC instant of a local hour. Where a clock change skips the hour it is read as much later as was skipped
    (02:30 becomes 03:30); where the hour happens twice it is the first. Both are what `fold=0` means (PEP 495)."""
    at = time(at) if isinstance(at, int) else at
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due_instant(day: date, at: int | time, zone: str, calendar: Calendar = USUAL) -> datetime:
    """The first working day on or after `day`, at this hour."""
    day = on_or_after(day, calendar)
    when = instant(day, at, zone)
    # Samoa had no 30 December 2011: who crosses the date line leaves out a whole day, and nobody works on it.
    return when if local_date(when, zone) == day else due_instant(day + DAY, at, zone, calendar)


def after(when: datetime, count: int, at: int | time, zone: str, calendar: Calendar = USUAL) -> datetime:
    """`count` working days after the day of `when`, at this hour."""
    return due_instant(later(local_date(when, zone), count, calendar), at, zone, calendar)
