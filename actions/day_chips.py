"""The days most often named, one tap each."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from failforward.working_days import USUAL, Calendar, on_or_after

FRIDAY = 5


@dataclass(frozen=True)
class DayChip:
    label: str
    value: str


def day_chips(today: date, calendar: Calendar = USUAL) -> list[DayChip]:
    """tomorrow · Fri 27 Nov · next week: working days, each once. What is moved to one is called by its date."""
    tomorrow, friday, in_a_week = today + timedelta(1), friday_from(today), today + timedelta(7)
    days = {on_or_after(day, calendar) for day in (tomorrow, in_a_week)}
    if friday > today and calendar.works_on(friday):
        days.add(friday)
    names = {tomorrow: _("tomorrow"), in_a_week: _("next week")}
    return [DayChip(names.get(day) or date_format(day, "D j M"), day.isoformat()) for day in sorted(days)]


def friday_from(today: date) -> date:
    return today + timedelta((FRIDAY - today.isoweekday()) % 7)
