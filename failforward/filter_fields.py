"""What a person types into a filter, read as they mean it; each field also says in words what it understood."""

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as say

from failforward.money import SYMBOLS, grouped
from failforward.templatetags.ui import day_words

SIGN = rf"(?:[A-Za-z]{{3}}|[{''.join(SYMBOLS.values())}])"
AMOUNT = re.compile(rf"(?:{SIGN}\s*)?(?P<number>-?\d[\d.,]*)\s*(?P<times>[kKmM]?)(?:\s*{SIGN})?", re.ASCII)
# What stands between thousands: spaces of all widths, and the Swiss apostrophe.
SPACES = re.compile(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?!\d))")
TIMES = {"": 1, "k": 1_000, "m": 1_000_000}
LONGEST_SAID = 40


class AmountField(forms.DecimalField):
    """1200, 1,200.50, 1.200,50, €50 000 and 50k. A mark before exactly three digits groups thousands."""

    def to_python(self, value) -> Decimal | None:
        if value in self.empty_values:
            return None
        found = AMOUNT.fullmatch(SPACES.sub("", str(value).strip()))
        if not found:
            raise ValidationError(say("Write a number, for instance 50000, 50,000 or 50k."), "invalid")
        number = plain(found["number"], times=bool(found["times"]))
        if number is None:
            words = say("This can be read in two ways. Write it without marks, for instance 50000.")
            raise ValidationError(words, "two_ways")
        return Decimal(number) * TIMES[found["times"].lower()]

    def in_words(self, value: Decimal) -> str:
        return grouped(value)


def plain(number: str, *, times: bool) -> str | None:
    """The number with a decimal point at most; None where nobody can tell which mark is which."""
    marks = re.findall(r"[.,]", number)
    if not marks:
        return number
    last, rest = marks[-1], re.split(r"[.,]", number)[-1]
    can_group = bool(re.fullmatch(r"-?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*", number))
    if can_group and not (times and len(marks) == 1):
        return re.sub(r"[.,]", "", number)
    whole = number[: -len(rest) - 1]
    is_whole = re.fullmatch(r"-?(\d+|[1-9]\d{0,2}([.,])\d{3}(\2\d{3})*)", whole)
    if can_group or last in whole or not is_whole or len(rest) not in (1, 2):
        return None
    return f"{re.sub(r'[.,]', '', whole)}.{rest}"


class DayField(forms.DateField):
    def to_python(self, value) -> date | None:
        try:
            return super().to_python(value)
        except ValidationError:
            # A browser's own date field shows nothing of what is no day.
            words = say("“%(typed)s” is no day. Choose one in the calendar, or write it as 2026-11-27.")
            raise ValidationError(words % {"typed": str(value).strip()[:LONGEST_SAID]}, "invalid") from None

    def in_words(self, value: date) -> str:
        return day_words(value)
