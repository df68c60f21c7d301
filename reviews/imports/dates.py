"""Dates as files write them. The order of day and month is decided by a whole column, never by one cell. No Django."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from reviews.imports.problems import Problem, Unreadable, clipped

ISO, DAY_FIRST, MONTH_FIRST, MIXED, ASK = "iso", "day-first", "month-first", "mixed", "ask"
EXAMPLES = {ISO: "2017-03-31", DAY_FIRST: "31-03-2017", MONTH_FIRST: "03/31/2017", MIXED: "2017-03-31"}

AN_HOUR = r"(?:[T ]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + AN_HOUR)
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + AN_HOUR)
SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}" + AN_HOUR)
SERIAL = re.compile(r"[3-6]\d{4}([.,]\d+)?")
EARLIEST, LATEST = 1950, 2100


@dataclass
class DateEvidence:
    """What the cells of one column say about its order."""

    day_first: bool = False
    month_first: bool = False
    two_ways: str = ""
    unpadded: bool = False

    def add(self, text: str) -> None:
        found = YEAR_LAST.fullmatch(text)
        if not found:
            return
        first, mark, second = int(found.group(1)), found.group(2), int(found.group(3))
        self.unpadded |= mark == "/" and min(len(found.group(1)), len(found.group(3))) == 1
        if first > 12 >= second or (mark == "." and second <= 12):
            self.day_first = True
        elif second > 12 >= first:
            self.month_first = True
        elif first != second:
            self.two_ways = self.two_ways or text

    def order(self) -> str:
        if self.day_first and self.month_first:
            return MIXED
        if self.day_first or self.month_first:
            return DAY_FIRST if self.day_first else MONTH_FIRST
        return ASK if self.two_ways else ISO


def decide(evidence: dict[str, DateEvidence], said: str = "", month_first_if_unsure: bool = False) -> dict[str, str]:
    """The order of each column. `said` is the person's word and settles it; a column that proves nothing follows one
    that does; else it stays `ASK`."""
    if said:
        return dict.fromkeys(evidence, said)
    orders = {column: seen.order() for column, seen in evidence.items()}
    proved = {order for order in orders.values() if order in (DAY_FIRST, MONTH_FIRST)}
    fallback = proved.pop() if len(proved) == 1 else ASK
    if fallback == ASK and month_first_if_unsure and any(seen.unpadded for seen in evidence.values()):
        fallback = MONTH_FIRST
    return {column: fallback if order == ASK else order for column, order in orders.items()}


@lru_cache(maxsize=10_000)
def read_date(text: str, order: str, column: str = "") -> dt.date | None:
    text = text.strip()
    if not text:
        return None
    found = YEAR_FIRST.fullmatch(text)
    if found:
        year, month, day = int(found.group(1)), int(found.group(3)), int(found.group(4))
    else:
        year, month, day = _year_last(text, order, column)
    try:
        date = dt.date(year, month, day)
    except ValueError:
        raise _unreadable("bad_date", column, text, order) from None
    if not EARLIEST <= date.year <= LATEST:
        raise _unreadable("bad_date", column, text, order)
    return date


def _year_last(text: str, order: str, column: str) -> tuple[int, int, int]:
    found = YEAR_LAST.fullmatch(text)
    if not found:
        code = "serial_date" if SERIAL.fullmatch(text) else "short_year" if SHORT_YEAR.fullmatch(text) else "bad_date"
        raise _unreadable(code, column, text, order)
    first, second, year = int(found.group(1)), int(found.group(3)), int(found.group(4))
    if order == MIXED:
        order = _of_one_cell(found, first, second)
        if not order:
            raise _unreadable("two_ways_date", column, text, ISO)
    return (year, first, second) if order == MONTH_FIRST else (year, second, first)


def _of_one_cell(found: re.Match, first: int, second: int) -> str:
    """In a column with both orders only a cell that proves its own is read."""
    if second > 12:
        return MONTH_FIRST
    return DAY_FIRST if first > 12 or first == second or found.group(2) == "." else ""


def _unreadable(code: str, column: str, text: str, order: str) -> Unreadable:
    return Unreadable(Problem(code, column, {"value": clipped(text), "example": EXAMPLES.get(order, EXAMPLES[ISO])}))
