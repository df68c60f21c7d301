from datetime import date

import pytest

from actions.day_chips import day_chips
from failforward.working_days import USUAL, Calendar

AWAY = Calendar(away=((date(2026, 11, 26), date(2026, 12, 1)),))


@pytest.mark.parametrize(
    ("today", "calendar", "chips"),
    [
        (date(2026, 11, 24), USUAL, {"tomorrow": 25, "Fri 27 Nov": 27, "next week": 31}),
        (date(2026, 11, 26), USUAL, {"tomorrow": 27, "next week": 33}),
        (date(2026, 11, 27), USUAL, {"Mon 30 Nov": 30, "next week": 34}),
        (date(2026, 11, 22), USUAL, {"tomorrow": 23, "Fri 27 Nov": 27, "Mon 30 Nov": 30}),
        (date(2026, 11, 22), Calendar(week="7"), {"next week": 29}),
        (date(2026, 11, 25), AWAY, {"next week": 32}),
        (date(2026, 11, 24), AWAY, {"tomorrow": 25, "Wed 2 Dec": 32}),
    ],
)
def test_quick_days_are_days_the_person_works(today, calendar, chips):
    days = {label: date.fromordinal(date(2026, 10, 31).toordinal() + number) for label, number in chips.items()}
    assert {chip.label: chip.value for chip in day_chips(today, calendar)} == {
        label: day.isoformat() for label, day in days.items()
    }
