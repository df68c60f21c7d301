"""Local date and hour to an instant, and counting in a person's working days. Pure functions."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY = "12345"


def is_working_day(day: date, work_days: str = MONDAY_TO_FRIDAY) -> bool:
    """`work_days` holds the ISO weekdays worked: Monday is 1, Sunday is 7."""
    return str(day.isoweekday()) in work_days


def on_or_after(day: date, work_days: str = MONDAY_TO_FRIDAY) -> date:
    """The first working day on or after `day`; `day` itself where nobody works any day."""
    for offset in range(7):
        if is_working_day(day + timedelta(offset), work_days):
            return day + timedelta(offset)
    return day


def later(day: date, count: int, work_days: str = MONDAY_TO_FRIDAY) -> date:
    """`count` working days after `day`."""
    for _ in range(count):
        day = on_or_after(day + timedelta(1), work_days)
    return day


def local_date(now: datetime, zone: str) -> date:
    """The calendar day it is there at this instant."""
    return now.astimezone(ZoneInfo(zone)).date()


def instant(day: date, hour: int, zone: str) -> datetime:
    """The UTC instant of a local hour. Where a clock change skips the hour it is read an hour later (02:30 becomes
    03:30); where the hour happens twice it is the first. Both are what `fold=0` means (PEP 495)."""
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due_instant(day: date, hour: int, zone: str, work_days: str = MONDAY_TO_FRIDAY) -> datetime:
    return instant(on_or_after(day, work_days), hour, zone)
