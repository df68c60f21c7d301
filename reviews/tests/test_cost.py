import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.cost import Chance, Direct, LossCost, chance_at, shares, value_of
from reviews.priorities import Priority

TABLE = [["Qualified", 10], ["Proposal", 40]]


@given(st.integers(0, 10**18), st.lists(st.integers(0, 100), min_size=1, max_size=60).filter(any))
def test_shares_add_up_to_the_last_unit_and_are_fair_within_one(total, weights):
    dealt = shares(total, weights)
    whole = sum(weights)
    assert sum(dealt) == total
    assert all(
        0 <= share * whole - total * weight + whole <= 2 * whole for share, weight in zip(dealt, weights, strict=True)
    )
    assert all(share == 0 for share, weight in zip(dealt, weights, strict=True) if weight == 0)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 5), max_size=9))
def test_like_weights_bear_alike_within_one_unit(total, weights):
    dealt = shares(total, weights)
    for weight in set(weights):
        same = [share for share, own in zip(dealt, weights, strict=True) if own == weight]
        assert max(same) - min(same) <= 1


@pytest.mark.parametrize(
    ("total", "weights", "dealt"),
    [
        (100, [3, 1], [75, 25]),
        (100, [1, 1, 1], [34, 33, 33]),
        (101, [3, 1, 0], [76, 25, 0]),
        (2, [1, 1, 1], [1, 1, 0]),
        (100, [0, 0], [0, 0]),
        (100, [], []),
        (0, [3, 1], [0, 0]),
    ],
)
def test_what_is_left_of_rounding_goes_to_the_largest_remainder(total, weights, dealt):
    assert shares(total, weights) == dealt


@pytest.mark.parametrize(
    ("amount", "list_price", "value"),
    [(100, 200, (100, "amount")), (0, 200, (0, "amount")), (None, 200, (200, "list_price")), (None, None, (None, ""))],
)
def test_the_value_is_the_amount_else_the_list_price(amount, list_price, value):
    assert value_of(amount, list_price) == value


@pytest.mark.parametrize(
    ("stage", "table", "lost", "won", "chance"),
    [
        ("Proposal", TABLE, {}, 0, Chance(40, 100, "stage_table")),
        (" proposal ", TABLE, {"Proposal": 50}, 50, Chance(40, 100, "stage_table")),
        ("Demo", TABLE, {"Demo": 4, "demo ": 2, "Proposal": 9}, 14, Chance(14, 20, "win_rate")),
        ("Demo", [], {"Demo": 10}, 0, Chance(0, 10, "win_rate")),
        ("Demo", [], {"Demo": 4}, 5, None),
        ("", TABLE, {"": 20}, 20, None),
    ],
)
def test_the_chance_is_the_teams_table_else_its_own_win_rate_else_not_stated(stage, table, lost, won, chance):
    assert chance_at(stage, table, lost, won) == chance


def loss(value, chance, direct=None):
    return LossCost("EUR", value, "amount", chance, direct or Direct())


@pytest.mark.parametrize(
    ("cost", "lost", "total"),
    [
        (loss(184_000_00, Chance(40, 100, "stage_table")), 73_600_00, 73_600_00),
        (loss(100, Chance(1, 3, "win_rate")), 33, 33),
        (loss(100, Chance(2, 3, "win_rate")), 67, 67),
        (
            loss(100, Chance(40, 100, "stage_table"), Direct(minutes=90, hour_rate_minor=8_000, bid_minor=500)),
            40,
            12_540,
        ),
        (loss(None, Chance(40, 100, "stage_table")), None, None),
        (loss(100, None), None, None),
        (loss(100, None, Direct(rework_minor=7)), None, 7),
        (loss(0, Chance(1, 2, "win_rate")), 0, 0),
    ],
)
def test_a_loss_costs_what_was_spent_and_the_value_by_its_chance(cost, lost, total):
    assert (cost.lost_minor, cost.total_minor) == (lost, total)


@pytest.mark.parametrize(
    ("priority", "per_day"),
    [
        (Priority(41_000_00, 50, 10, "EUR"), 2_050_00),
        (Priority(100, 33, 7, "JPY"), 5),
        (Priority(0, 50, 10, "EUR"), None),
        (Priority(100, None, 10, "EUR"), None),
        (Priority(100, 50, None, "EUR"), None),
        (Priority(100, 0, 1, "EUR"), 0),
    ],
)
def test_priority_is_value_a_year_times_confidence_by_effort(priority, per_day):
    assert priority.per_day_minor == per_day
