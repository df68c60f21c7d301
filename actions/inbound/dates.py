"""Dates as people type them in English, German, French and Spanish, seen from `today`. Nothing is guessed silently."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from actions.inbound.date_patterns import AHEAD, MONTH_OF, NUMBER_OF, PATTERNS, WEEKDAY_OF


@dataclass(frozen=True)
class Typed:
    """A date found at `start:end` of the text in lower case. `on` is None for a day that does not exist (31.02.).

    `sure` is False where people mean different days by it: "next Friday", "next week", 3/4 without a known order.
    `relative` is a day ahead by its own words: nobody says "tomorrow" of the past.
    """

    start: int
    end: int
    on: date | None
    sure: bool = True
    relative: bool = False


def dates_in(text: str, today: date, day_first: bool | None = None) -> list[Typed]:
    """All dates of the text (at most 500 characters are read), from left to right, none inside another.

    `day_first` is the person's order of 3/4; None when it is not known.
    """
    text = text[:500].casefold()
    taken: list[Typed] = []
    for name, pattern in PATTERNS.items():
        for found in pattern.finditer(text):
            if not any(found.start() < each.end and each.start < found.end() for each in taken):
                taken.append(read(name, found, today, day_first))
    return without_weekdays(sorted(taken, key=lambda each: each.start), text)


def read(name: str, found: re.Match[str], today: date, day_first: bool | None) -> Typed:
    on, sure = READERS[name](found, today, day_first)
    return Typed(found.start(), found.end(), on, sure, name in ("relative", "in", "next week", "month end"))


def without_weekdays(dates: list[Typed], text: str) -> list[Typed]:
    """ "Friday, 8 May" is one date: the exact one."""
    kept: list[Typed] = []
    for each in dates:
        if (
            kept
            and is_weekday(text, kept[-1])
            and text[kept[-1].end : each.start].strip(" ,.") in ("", "the", "den", "le", "el", "der")
        ):
            kept.pop()
        kept.append(each)
    return kept


def is_weekday(text: str, typed: Typed) -> bool:
    return PATTERNS["weekday"].fullmatch(text[typed.start : typed.end]) is not None


def numbered(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    month = found["month"]
    return dated(found["year"], int(month) if month.isdigit() else MONTH_OF[month], int(found["day"]), today), True


def slashed(found: re.Match[str], today: date, day_first: bool | None) -> tuple[date | None, bool]:
    first, second = int(found["first"]), int(found["second"])
    if first > 12 or second > 12:
        day, month = (first, second) if first > 12 else (second, first)
        return dated(found["year"], month, day, today), True
    day, month = (second, first) if day_first is False else (first, second)
    return dated(found["year"], month, day, today), day_first is not None or first == second


def relative(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    return today + timedelta(AHEAD[found["relative"].replace("’", "'")] if found["relative"] in AHEAD else 0), True


def ahead(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    count = int(found["count"]) if found["count"].isdigit() else NUMBER_OF[found["count"]]
    unit = found["unit"]
    if unit.startswith(("mo", "mes")):
        month = today.month - 1 + count
        year, month = today.year + month // 12, month % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1])), True
    return today + timedelta(count * (7 if unit.startswith(("w", "sem")) else 1)), True


def month_end(_found, today: date, _day_first) -> tuple[date | None, bool]:
    return today.replace(day=calendar.monthrange(today.year, today.month)[1]), True


def next_week(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    if "mo" in found[0] and "semana" not in found[0] or "mes" in found[0].split():
        return (today.replace(day=28) + timedelta(4)).replace(day=1), False
    return today + timedelta(7 - today.weekday()), False


def weekday(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    """The next one after today: on a Friday, "Friday" is in a week. "Next Friday" is not said for the same by all."""
    days = (WEEKDAY_OF[found["weekday"]] - today.weekday() - 1) % 7 + 1
    vague = found["next"] or found["after"]
    return today + timedelta(days), days == 7 or not vague


def day_alone(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    day = int(found["day"])
    for month in range(today.month, today.month + 13):
        year, month = today.year + (month - 1) // 12, (month - 1) % 12 + 1
        if 1 <= day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day), found["mark"] is not None
    return None, False


READERS = {
    "iso": numbered,
    "dotted": numbered,
    "slashed": slashed,
    "day month": numbered,
    "month day": numbered,
    "relative": relative,
    "in": ahead,
    "month end": month_end,
    "next week": next_week,
    "weekday": weekday,
    "day": day_alone,
}


def dated(year: str | None, month: int, day: int, today: date) -> date | None:
    """Without a year, the next such day; 29 February waits for its year. None when there is no such day."""
    years: Iterator[int] | list[int]
    if year:
        years = [int(year) + (2000 if len(year) == 2 else 0)]
    else:
        years = range(today.year, today.year + (9 if (month, day) == (2, 29) else 2))
    for each in years:
        try:
            on = date(each, month, day)
        except ValueError:
            continue
        if year or on >= today:
            return on
    return None
