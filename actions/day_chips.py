"""The days most often named, one tap each."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

FRIDAY = 5


@dataclass(frozen=True)
class DayChip:
    label: str
    value: str


def day_chips(today: date) -> list[DayChip]:
    """tomorrow · Fri 27 Nov · next week, each day once."""
    friday = today + timedelta((FRIDAY - today.isoweekday()) % 7)
    days = {today + timedelta(1): _("tomorrow"), today + timedelta(7): _("next week")}
    if friday > today:
        days.setdefault(friday, date_format(friday, "D j M"))
    return [DayChip(days[day], day.isoformat()) for day in sorted(days)]
