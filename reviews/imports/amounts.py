"""Amounts as files write them. Which mark is the decimal one is decided by a whole column. No Django."""

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from failforward.money import exponent
from reviews.imports.headers import CURRENCY_SIGNS
from reviews.imports.problems import Problem, Unreadable, clipped

COMMA, POINT, MIXED = ",", ".", "mixed"
MOST = 10**15
SIGN = r"[A-Z]{3}|US\$|[€$£¥₹]"
AMOUNT = re.compile(
    rf"(?P<minus>[-−(]?)\s*(?P<before>{SIGN})?\s*(?P<minus2>[-−]?)\s*(?P<number>\d[\d.,]*)\)?\s*(?P<after>{SIGN})?\)?"
)
SPACES = re.compile(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?:\D|$))")


@dataclass
class AmountEvidence:
    """What the cells of one column say about its decimal mark and its currency."""

    marks: set[str] = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)

    def add(self, text: str) -> None:
        found = _match(text)
        if not found:
            return
        mark = _proved_mark(found["number"])
        if mark:
            self.marks.add(mark)
        code = _currency(found)
        if code:
            self.currencies.add(code)

    def mark(self) -> str:
        """The decimal mark; empty when no cell has decimals, so that a single mark can only group thousands."""
        return MIXED if len(self.marks) > 1 else next(iter(self.marks), "")


def read_amount(text: str, mark: str, currency: str, column: str = "") -> tuple[int | None, str]:
    """Minor units and the currency: the cell's own, else `currency`. An empty cell is (None, currency)."""
    text = text.strip()
    if not text or text in ("-", "–"):
        return None, currency
    found = _match(text)
    if not found:
        raise _unreadable("bad_amount", column, text)
    if found["minus"] or found["minus2"]:
        raise _unreadable("negative_amount", column, text)
    currency = _currency(found) or currency
    return _minor(_decimal(found["number"], mark, column, text), currency, column, text), currency


def _match(text: str) -> re.Match | None:
    return AMOUNT.fullmatch(SPACES.sub("", text.strip()))


def _currency(found: re.Match) -> str:
    sign = found["before"] or found["after"] or ""
    return CURRENCY_SIGNS.get(sign, sign)


def _proved_mark(number: str) -> str:
    """ "1.234,00" proves the comma, "1,5" too; "1.234" and "1.234.567" prove nothing by themselves."""
    last = max(number.rfind(COMMA), number.rfind(POINT))
    if last < 0:
        return ""
    mark, other = number[last], COMMA if number[last] == POINT else POINT
    if other in number:
        return mark if number.count(mark) == 1 else ""
    return mark if number.count(mark) == 1 and len(number) - last - 1 != 3 else ""


def _decimal(number: str, mark: str, column: str, text: str) -> Decimal:
    if mark == MIXED:
        mark = _proved_mark(number)
        if not mark and re.search(r"[.,]", number) and len(re.findall(r"[.,]", number)) == 1:
            raise _unreadable("two_ways_amount", column, text)
    whole, _, rest = number.partition(mark) if mark else (number, "", "")
    if (mark and len(rest) == 3) or not re.fullmatch(r"\d*", rest):
        raise _unreadable("two_ways_amount" if rest.isdigit() else "bad_amount", column, text)
    if not re.fullmatch(r"\d+|\d{1,3}([.,])\d{3}(?:\1\d{3})*", whole):
        raise _unreadable("bad_amount", column, text)
    return Decimal(re.sub(r"[.,]", "", whole) + (f".{rest}" if rest else ""))


def _minor(amount: Decimal, currency: str, column: str, text: str) -> int:
    minor = int((amount * 10 ** exponent(currency)).to_integral_value(ROUND_HALF_EVEN))
    if minor > MOST:
        raise _unreadable("big_amount", column, text)
    return minor


def _unreadable(code: str, column: str, text: str) -> Unreadable:
    return Unreadable(Problem(code, column, {"value": clipped(text)}))
