import itertools
import math
import time

import pytest
from scipy import stats

from actions.effect import exposure_needed, quiet_needed, rate_ratio

TABLES = [
    (before, exposure_before, after, exposure_after)
    for (before, exposure_before), (after, exposure_after) in itertools.product(
        [(0, 10), (1, 10), (9, 16_660), (40, 80), (400, 1_000)], [(0, 5), (2, 17_877), (3, 20), (55, 80.5), (900, 700)]
    )
    if before + after
]


def test_the_published_example_is_not_conclusive():
    """Two events in 17,877 person-years against nine in 16,660."""
    found = rate_ratio(9, 16_660, 2, 17_877)
    assert (round(found.p, 3), round(found.high, 4), found.verdict) == (0.050, 1.0005, "inconclusive")
    assert (round(found.ratio, 4), round(found.low, 4)) == (0.2071, 0.0218)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("table", TABLES)
def test_p_and_interval_are_those_of_scipy(table, confidence):
    before, exposure_before, after, exposure_after = table
    found = rate_ratio(*table, confidence)
    even = exposure_after / (exposure_after + exposure_before)
    tails = [stats.binomtest(after, before + after, even, side).pvalue for side in ("less", "greater")]
    assert found.p == pytest.approx(min(1, 2 * min(tails)), rel=1e-8)
    share = stats.binomtest(after, before + after).proportion_ci(confidence, "exact")
    odds = [end / (1 - end) * exposure_before / exposure_after if end < 1 else math.inf for end in share]
    assert [found.low, found.high] == pytest.approx(odds, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("table", TABLES)
def test_p_is_small_exactly_where_the_interval_leaves_out_1(table):
    found = rate_ratio(*table)
    assert (found.p < 0.05) is (not found.low <= 1 <= found.high)


@pytest.mark.parametrize("table", [(0, 10, 0, 20), (0, 1, 0, 1)])
def test_without_any_event_nothing_is_said(table):
    assert rate_ratio(*table) == (None, 0, math.inf, 1, "inconclusive", math.inf)


def test_a_weakness_first_seen_after_the_fix_has_no_finite_ratio():
    found = rate_ratio(0, 10, 3, 10)
    assert (found.ratio, found.high, found.verdict) == (math.inf, math.inf, "inconclusive")


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        ((40, 80, 5, 80), "effective"),
        ((6, 12, 0, 20), "effective"),
        ((40, 80, 41, 82), "ineffective"),
        ((40, 80, 60, 82), "ineffective"),
        # Long enough, and yet rather better than worse.
        ((40, 80, 38, 82), "inconclusive"),
        # As bad as before, in half of the time that it takes to know.
        ((40, 80, 20, 40), "inconclusive"),
        # Five events before: no time is long enough to miss a halving of so little.
        ((5, 20, 5_000, 20_000), "inconclusive"),
    ],
)
def test_the_verdicts(table, verdict):
    assert rate_ratio(*table).verdict == verdict


@pytest.mark.parametrize(("events", "exposure"), [(15, 50), (20, 100), (40, 80), (100, 100), (1_000, 500)])
def test_the_exposure_needed_has_the_power_that_scipy_finds_for_it(events, exposure):
    def power(after: float) -> float:
        rate = events / exposure / 2
        even = after / (after + exposure)
        reach = int(rate * after * 2) + 2
        effective = [n for n in range(reach) if stats.binom.cdf(n, events + n, even) < 0.025]
        return stats.poisson.cdf(max(effective), rate * after) if effective else 0

    needed = exposure_needed(events, exposure)
    # One event more or less is a step of a few hundredths.
    assert 0.8 <= power(needed * 1.0001) < 0.87
    assert power(needed * 0.7) < 0.8 < power(needed * 1.6)


def test_no_exposure_is_enough_after_too_few_events():
    """Half of eleven is five and a half, of which eleven come by chance too often to tell."""
    assert exposure_needed(11, 40) == math.inf
    assert stats.poisson.sf(10, 5.5) > 0.025 > stats.poisson.sf(11, 6)
    assert exposure_needed(12, 40) < math.inf


@pytest.mark.parametrize(("events", "exposure"), [(1, 10), (5, 20), (40, 80)])
def test_a_weakness_that_never_returns_is_proved_gone_after_the_quiet_exposure(events, exposure):
    quiet = quiet_needed(events, exposure)
    assert rate_ratio(events, exposure, 0, quiet * 1.001).verdict == "effective"
    assert rate_ratio(events, exposure, 0, quiet * 0.999).verdict == "inconclusive"
    assert quiet_needed(0, exposure) == math.inf


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ((-1, 10, 2, 10), "Count them"),
        ((1.5, 10, 2, 10), "Count them"),
        ((1, 10, None, 10), "Count them"),
        ((1, 0, 2, 10), "reviewed loss"),
        ((1, 10, 2, -3), "reviewed loss"),
        ((1, 10, 2, math.nan), "reviewed loss"),
        ((1, math.inf, 2, 10), "reviewed loss"),
        ((1, 10, 2, 10, 95), "between 0 and 1"),
        ((1, 10, 2, 10, 0), "between 0 and 1"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(table, words):
    with pytest.raises(ValueError, match=words):
        rate_ratio(*table)


def test_many_events_take_no_longer_than_a_page_may():
    begun = time.process_time()
    rate_ratio(20_000, 100_000, 18_000, 100_000)
    assert time.process_time() - begun < 1
