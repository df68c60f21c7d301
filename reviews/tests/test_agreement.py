import itertools
import math
import random
import time

import krippendorff
import numpy
import pytest

from reviews.agreement import Reading, agreed, alpha, alpha_interval, percent_agreement, read_twice

PLANNING, TECHNOLOGY = "planning", "technology"


@pytest.mark.parametrize(
    "readings, settled",
    [
        ([], None),
        ([(PLANNING, "systemic")], (PLANNING, "systemic")),
        ([(PLANNING, "one_off")], (PLANNING, "one_off")),
        ([(PLANNING, "unsure")], None),
        ([(PLANNING, "systemic"), (PLANNING, "systemic")], (PLANNING, "systemic")),
        ([(PLANNING, "one_off"), (PLANNING, "one_off")], (PLANNING, "one_off")),
        ([(PLANNING, "systemic"), (PLANNING, "one_off")], None),
        ([(PLANNING, "systemic"), (TECHNOLOGY, "systemic")], None),
        ([(PLANNING, "unsure"), (PLANNING, "unsure")], None),
        ([(PLANNING, "systemic"), (PLANNING, "unsure")], None),
        ([(PLANNING, "systemic"), (PLANNING, "systemic"), (TECHNOLOGY, "systemic")], None),
    ],
)
def test_readings_agree_on_category_and_verdict_and_unsure_never_agrees(readings, settled):
    assert agreed(Reading(*reading) for reading in readings) == settled


# K. Krippendorff's own example: four observers, twelve units, with gaps.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
VALUES = "abcdefghijk"


def by_event(rows: list[list]) -> list[dict]:
    return [dict(enumerate(column)) for column in zip(*rows, strict=True)]


def made_up(number: int) -> list[dict]:
    """One of ten tables: two to five readers, two to eleven values, gaps, from hardly any agreement to nearly full."""
    chance = random.Random(number)
    readers, values, sure = 2 + number % 4, 2 + number, 0.3 + 0.06 * number
    table = []
    for _event in range(60 + 10 * number):
        meant = chance.choice(VALUES[:values])
        row = {}
        for reader in range(readers):
            row[reader] = meant if chance.random() < sure else chance.choice(VALUES[:values])
            if chance.random() < 0.1:
                row[reader] = None
        table.append(row)
    return table


def test_the_published_example():
    assert round(alpha(by_event(PUBLISHED)), 3) == 0.743
    assert read_twice(by_event(PUBLISHED)) == 11


def test_an_absent_reader_and_an_empty_value_are_the_same():
    table = by_event(PUBLISHED)
    absent = [{reader: value for reader, value in row.items() if value is not None} for row in table]
    assert alpha(absent) == alpha(table)
    assert alpha_interval(absent) == alpha_interval(table)


@pytest.mark.parametrize("number", range(10))
def test_alpha_is_that_of_the_krippendorff_package(number):
    table = made_up(number)
    readers = sorted({reader for row in table for reader in row})
    matrix = [[VALUES.index(row[reader]) if row[reader] else numpy.nan for row in table] for reader in readers]
    expected = krippendorff.alpha(reliability_data=matrix, level_of_measurement="nominal")
    assert alpha(table) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("number", range(10))
def test_percent_agreement_is_the_share_of_pairs_that_agree(number):
    table = [row for row in made_up(number) if sum(value is not None for value in row.values()) >= 2]
    weighed = of = 0.0
    for row in table:
        values = [value for value in row.values() if value is not None]
        pairs = list(itertools.combinations(values, 2))
        weighed += len(values) * sum(one == other for one, other in pairs) / len(pairs)
        of += len(values)
    assert percent_agreement(table) == pytest.approx(100 * weighed / of)


@pytest.mark.parametrize("number", range(10))
def test_the_interval_is_that_of_a_bootstrap_over_events(number):
    table, chance = made_up(number), random.Random(7)
    again = sorted(alpha(chance.choices(table, k=len(table))) for _ in range(400))
    low, high = alpha_interval(table)
    assert low == pytest.approx(again[10], abs=0.06)
    assert high == pytest.approx(again[389], abs=0.06)


def test_more_confidence_is_a_wider_interval_around_alpha():
    table = made_up(4)
    (low, high), (lower, higher) = alpha_interval(table, 0.8), alpha_interval(table, 0.99)
    assert lower < low < alpha(table) < high < higher <= 1


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_a_confidence_that_is_no_share_is_refused(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        alpha_interval(by_event(PUBLISHED), confidence)


@pytest.mark.parametrize("table", [[], [{}], [{"a": 1}], [{"a": 1, "b": None}], [{"a": 1, "b": 1}, {"a": 1, "b": 1}]])
def test_where_nothing_is_told_apart_alpha_is_undefined(table):
    assert math.isnan(alpha(table))
    assert all(math.isnan(end) for end in alpha_interval(table))


def test_full_agreement_on_few_events_is_not_taken_for_certain():
    few = [{"a": value, "b": value} for value in "xyxyxyxyxy"]
    low, high = alpha_interval(few)
    assert (alpha(few), high) == (1, 1)
    assert low < 0.5 < alpha_interval(few * 10)[0] < 1


def test_readers_who_never_agree_are_worse_than_chance_and_the_interval_stays_in_range():
    table = [{"a": "x", "b": "y"}, {"a": "y", "b": "x"}] * 5
    assert alpha(table) < 0
    assert all(-1 <= end <= 1 for end in alpha_interval(table))
    assert percent_agreement(table) == 0


def test_ten_thousand_events_take_no_longer_than_a_page_may():
    table = [row for number in range(10) for row in made_up(number)] * 10
    assert len(table) > 10_000
    begun = time.process_time()
    alpha_interval(table)
    assert time.process_time() - begun < 1
