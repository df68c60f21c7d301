import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.imports.dates import ASK, DAY_FIRST, ISO, MIXED, MONTH_FIRST, DateEvidence, decide, read_date
from reviews.imports.problems import Unreadable

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31))


def order_of(*cells: str) -> str:
    evidence = DateEvidence()
    for cell in cells:
        evidence.add(cell)
    return evidence.order()


@pytest.mark.parametrize(
    "cells, order",
    [
        (["01-03-2017", "20-10-2016"], DAY_FIRST),
        (["1/3/2017", "6/17/2017"], MONTH_FIRST),
        (["01/02/2017", "03/04/2017"], ASK),
        (["6/17/2017", "21/04/2017"], MIXED),
        (["01.02.2017"], DAY_FIRST),
        (["2017-06-17 17:00", "2017-02-01T09:30:00Z"], ISO),
        (["05/05/2017"], ISO),
        ([], ISO),
    ],
)
def test_the_whole_column_decides_the_order(cells, order):
    assert order_of(*cells) == order


def test_a_column_that_proves_nothing_follows_the_one_that_does():
    sure, unsure = DateEvidence(), DateEvidence()
    sure.add("20-10-2016")
    unsure.add("01-03-2017")
    assert decide({"opened_on": sure, "closed_on": unsure}) == {"opened_on": DAY_FIRST, "closed_on": DAY_FIRST}


def test_what_the_person_says_settles_it():
    unsure = DateEvidence()
    unsure.add("01/03/2017")
    assert decide({"closed_on": unsure}) == {"closed_on": ASK}
    assert decide({"closed_on": unsure}, said=MONTH_FIRST) == {"closed_on": MONTH_FIRST}


def test_only_unpadded_american_dates_settle_a_salesforce_report():
    padded, unpadded = DateEvidence(), DateEvidence()
    padded.add("01/03/2017")
    unpadded.add("1/3/2017")
    assert decide({"closed_on": padded}, month_first_if_unsure=True) == {"closed_on": ASK}
    assert decide({"closed_on": unpadded}, month_first_if_unsure=True) == {"closed_on": MONTH_FIRST}


@given(DAYS, st.sampled_from("-/."), st.sampled_from(["", " 09:30", " 9:30:05 PM"]))
def test_every_day_is_read_back(day, mark, hour):
    assert read_date(f"{day.day:02}{mark}{day.month:02}{mark}{day.year}{hour}", DAY_FIRST) == day
    assert read_date(f"{day.month}{mark}{day.day}{mark}{day.year}{hour}", MONTH_FIRST) == day
    assert read_date(f"{day.isoformat()}{hour}", MIXED) == day


@given(DAYS)
def test_a_mixed_column_never_guesses(day):
    cell = f"{day.month}/{day.day}/{day.year}"
    if day.day > 12 or day.day == day.month:
        assert read_date(cell, MIXED) == day
    else:
        with pytest.raises(Unreadable) as refused:
            read_date(cell, MIXED)
        assert refused.value.problem.code == "two_ways_date"


@pytest.mark.parametrize(
    "cell, code",
    [
        ("31-02-2017", "bad_date"),
        ("17-06-0017", "bad_date"),
        ("01-03-17", "short_year"),
        ("42795", "serial_date"),
        ("soon", "bad_date"),
        ("20-13-2017", "bad_date"),
        ("2017-01-01x", "bad_date"),
        ("٢٠١٧-٠١-٠١x", "bad_date"),
    ],
)
def test_what_is_no_date_is_named(cell, code):
    with pytest.raises(Unreadable) as refused:
        read_date(cell, DAY_FIRST, "Close date")
    assert refused.value.problem.code == code
    assert str(refused.value).startswith(f"“Close date” is {cell}")


@given(st.text())
def test_any_text_is_a_day_or_is_named(text):
    for order in (DAY_FIRST, MONTH_FIRST, MIXED, ISO):
        try:
            day = read_date(text, order)
        except Unreadable:
            continue
        assert day is None or isinstance(day, dt.date)
