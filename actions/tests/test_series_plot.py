"""Where the numbers over time are drawn, wide and narrow."""

import datetime as dt
from decimal import Decimal

import pytest

from actions import series_plot

FIRST = dt.date(2026, 8, 1)
VALUES = [(FIRST + dt.timedelta(10 * n), Decimal(value)) for n, value in enumerate([12, 11, 8, 4, 3])]
LEVELS = [("before the fix", Decimal(11)), ("to be reached", Decimal(3))]


@pytest.mark.parametrize(("css", "width"), [("c-wide", 860), ("c-narrow", 340)])
def test_it_is_drawn_for_a_desk_and_for_a_phone_and_stays_inside(css, width):
    plots = {plot.css: plot for plot in series_plot.draw(VALUES, LEVELS, FIRST + dt.timedelta(15))}
    plot = plots[css]
    places = [(float(mark.x), float(mark.y)) for mark in plot.marks]
    assert (set(plots), plot.width) == ({"c-wide", "c-narrow"}, width)
    assert all(0 <= x <= width and 0 <= y <= plot.height for x, y in places)
    assert [x for x, _y in places] == sorted(x for x, _y in places)
    # The smaller the number the lower it stands.
    assert [y for _x, y in places] == sorted(y for _x, y in places)
    assert 0 < float(plot.fixed_x) < width


def test_words_of_levels_that_are_near_each_other_stand_apart():
    close = [("before the fix", Decimal("3.2")), ("to be reached", Decimal(3))]
    for plot in series_plot.draw(VALUES, close, None):
        above, below = (float(level.text_y) for level in plot.levels)
        assert below - above >= 16


def test_words_stand_where_the_numbers_are_far_from_their_level():
    for plot in series_plot.draw(VALUES, LEVELS, None):
        assert [level.at_end for level in plot.levels] == [True, False]


def test_two_levels_that_are_the_same_stand_apart():
    same = [("before the fix", Decimal(3)), ("to be reached", Decimal(3))]
    above, below = (float(level.text_y) for level in series_plot.draw(VALUES, same, None)[0].levels)
    assert above != below


def test_one_day_is_no_line_and_a_fix_outside_is_not_drawn():
    assert series_plot.draw(VALUES[:1], LEVELS, None) == []
    assert series_plot.draw(VALUES, LEVELS, FIRST - dt.timedelta(1))[0].fixed_x == ""
