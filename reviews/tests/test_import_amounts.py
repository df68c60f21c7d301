from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.imports.amounts import COMMA, MIXED, POINT, AmountEvidence, read_amount
from reviews.imports.problems import Unreadable


def mark_of(*cells: str) -> str:
    evidence = AmountEvidence()
    for cell in cells:
        evidence.add(cell)
    return evidence.mark()


@pytest.mark.parametrize(
    "cells, mark",
    [
        (["3.822,00", "55,00"], COMMA),
        (["USD 3,822.00", "USD 55.00"], POINT),
        (["$4,821", "550"], ""),
        (["1.234", "12,5"], COMMA),
        (["1.5", "1,5"], MIXED),
        (["1.234.567", "1054"], ""),
        (["rubbish", ""], ""),
    ],
)
def test_the_whole_column_decides_the_decimal_mark(cells, mark):
    assert mark_of(*cells) == mark


@pytest.mark.parametrize(
    "cell, mark, minor, currency",
    [
        ("3.822,00", COMMA, 382200, "EUR"),
        ("USD 3,822.00", POINT, 382200, "USD"),
        ("$4,821", "", 482100, "USD"),
        ("1 234,50 €", COMMA, 123450, "EUR"),
        ("1\u00a0234,50", COMMA, 123450, "EUR"),
        ("1'234.50", POINT, 123450, "EUR"),
        ("1054", "", 105400, "EUR"),
        ("1,234,567.8", POINT, 123456780, "EUR"),
        ("1054.3333", POINT, 105433, "EUR"),
        ("JPY 1,054", "", 1054, "JPY"),
        ("0", "", 0, "EUR"),
        ("", "", None, "EUR"),
        ("-", "", None, "EUR"),
    ],
)
def test_amounts_become_minor_units_of_their_currency(cell, mark, minor, currency):
    assert read_amount(cell, mark, "EUR") == (minor, currency)


@pytest.mark.parametrize(
    "cell, mark, code",
    [
        ("(1.200)", "", "negative_amount"),
        ("-5", "", "negative_amount"),
        ("EUR -5", "", "negative_amount"),
        ("1,2 Mio", COMMA, "bad_amount"),
        ("4.5E+05", POINT, "bad_amount"),
        ("1.234", POINT, "two_ways_amount"),
        ("1,234", MIXED, "two_ways_amount"),
        ("12,34,567", "", "bad_amount"),
        ("1..2", POINT, "bad_amount"),
        ("99999999999999999", "", "big_amount"),
        ("٣", "", None),
    ],
)
def test_what_is_no_amount_is_named(cell, mark, code):
    if code is None:
        assert read_amount(cell, mark, "EUR") == (300, "EUR")
        return
    with pytest.raises(Unreadable) as refused:
        read_amount(cell, mark, "EUR", "Betrag")
    assert refused.value.problem.code == code
    assert cell in str(refused.value)


AMOUNTS = st.integers(0, 10**12)


@given(AMOUNTS)
def test_german_and_american_writing_give_the_same(minor):
    american = f"{Decimal(minor) / 100:,.2f}"
    german = american.translate(str.maketrans(",.", ".,"))
    assert read_amount(american, mark_of(american), "EUR") == (minor, "EUR")
    assert read_amount(german, mark_of(german), "EUR") == (minor, "EUR")


@given(st.text(), st.sampled_from(["", COMMA, POINT, MIXED]))
def test_any_text_is_an_amount_or_is_named(text, mark):
    try:
        minor, currency = read_amount(text, mark, "EUR")
    except Unreadable:
        return
    assert minor is None or minor >= 0
    assert len(currency) == 3
