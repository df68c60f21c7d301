"""Days and numbers out of pasted lines or a small file: comma, semicolon or tab between them, a heading allowed."""

import csv
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from failforward.guards import Refused

MOST_BYTES, MOST_LINES, SHOWN = 200_000, 1_000, 3
DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class Wrong(NamedTuple):
    line: int
    why: str


def read(text: str) -> list[tuple[date, Decimal]]:
    """Raises `Refused` with the first lines that cannot be read. Of a day that comes twice the last number counts."""
    if len(text) > MOST_BYTES:
        raise Refused(_("This is longer than a series of numbers should be. Leave other columns out."), "values")
    lines = [line for line in enumerate(text.lstrip("\ufeff").splitlines(), 1) if line[1].strip(" \t,;")]
    if len(lines) > MOST_LINES + 1:
        raise Refused(_("Give %(n)s lines at most.") % {"n": MOST_LINES}, "values")
    mark = mark_of(lines[0][1]) if lines else ","
    values, wrong = [], []
    for place, (number, line) in enumerate(lines):
        try:
            values.append(pair(cells_of(line, mark)))
        except csv.Error:
            wrong.append(Wrong(number, _("This is too long for a day and a number.")))
        except ValueError as error:
            # A first line without any digit is a heading.
            if place or re.search(r"\d", line):
                wrong.append(Wrong(number, str(error)))
    if wrong:
        raise Refused(in_words(wrong), "values")
    return values


def decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Refused(_("This file is larger than a series of numbers should be."), "file")
    if b"\x00" in data or data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise Refused(_("This is not a text file. Save the sheet as CSV and give that file."), "file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def mark_of(line: str) -> str:
    return next((mark for mark in "\t;," if mark in line), " ")


def cells_of(line: str, mark: str) -> list[str]:
    if mark == " ":
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])]


def pair(cells: list[str]) -> tuple[date, Decimal]:
    filled = [cell for cell in cells if cell]
    if len(filled) == 3 and len(cells) == 3 and filled[2].isdigit():
        raise ValueError(_("There are three columns. Write a decimal number with a point, or a semicolon between."))
    if len(filled) != 2:
        raise ValueError(_("Write a day and a number, for instance 2026-11-27, 12.5."))
    return day_of(filled[0]), number_of(filled[1])


def day_of(text: str) -> date:
    found = DAY_FIRST.fullmatch(text)
    try:
        return date(*map(int, reversed(found.groups()))) if found else date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("“%(text)s” is no day. Write it as 2026-11-27.") % {"text": text[:40]}) from None


def number_of(text: str) -> Decimal:
    plain = text.replace("\u00a0", "").replace(" ", "").removesuffix("%")
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "_" in plain or abs(number) >= 10**15:
        raise ValueError(_("“%(text)s” is no number. Write it as 12.5.") % {"text": text[:40]})
    return number.quantize(Decimal("0.001")).normalize() + 0


def in_words(wrong: list[Wrong]) -> str:
    said = [_("Line %(line)s: %(why)s") % one._asdict() for one in wrong[:SHOWN]]
    if more := len(wrong) - SHOWN if len(wrong) > SHOWN else 0:
        said.append(ngettext("%(n)s more line is wrong.", "%(n)s more lines are wrong.", more) % {"n": more})
    return " ".join(said)
