import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failforward.csv_export import STARTS_A_FORMULA, lines, safe


@pytest.mark.parametrize(
    "cell, written",
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (-5, -5),
        (Decimal("-5.50"), Decimal("-5.50")),
        (dt.date(2026, 3, 1), "2026-03-01"),
        ("Aldersund Paper", "Aldersund Paper"),
    ],
)
def test_text_never_begins_as_a_formula_and_numbers_stay_numbers(cell, written):
    assert safe(cell) == written


@given(st.text())
def test_whatever_the_text_no_cell_of_the_file_begins_as_a_formula(text):
    file = "".join(lines(["Deal"], [[text]])).removeprefix("\ufeff")
    cells = list(csv.reader(io.StringIO(file, newline="")))[1:]
    assert not any(cell.lstrip(' \u00a0\u3000"').startswith(STARTS_A_FORMULA) for row in cells for cell in row)
