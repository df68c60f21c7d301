"""A line through numbers over time, with the level before the fix and the one to be reached, drawn once wide and once
narrow. Only places; the template draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# With the class that shows it.
SHAPES = {"c-wide": (860, 220), "c-narrow": (340, 200)}
# Room above and below for the words on a level; two levels nearer than a line of text share none.
EDGE, LINE = 26, 16


@dataclass(frozen=True)
class Level:
    """A line across, and its words above it."""

    words: str
    y: str
    text_y: str
    at_end: bool


@dataclass(frozen=True)
class Mark:
    """The dot of one day."""

    x: str
    y: str


@dataclass(frozen=True)
class Series:
    css: str
    width: int
    height: int
    points: str
    marks: list[Mark]
    levels: list[Level]
    fixed_x: str
    first: date
    last: date


def draw(
    values: Sequence[tuple[date, Decimal]], levels: Iterable[tuple[str, Decimal | None]], fixed_on: date | None
) -> list[Series]:
    """Nothing where there are fewer than two days: a point is no line."""
    if len(values) < 2:
        return []
    known = [(words, level) for words, level in levels if level is not None]
    return [drawn(css, *size, values, known, fixed_on) for css, size in SHAPES.items()]


def drawn(
    css: str,
    width: int,
    height: int,
    values: Sequence[tuple[date, Decimal]],
    levels: list[tuple[str, Decimal]],
    fixed_on: date | None,
) -> Series:
    heights = [float(value) for _day, value in [*values, *levels]]
    first, last = values[0][0], values[-1][0]
    low, span = min(heights), max(heights) - min(heights) or 1

    def x(day: date) -> float:
        return 4 + (day - first).days / (last - first).days * (width - 8)

    def y(value: Decimal) -> float:
        return height - EDGE - (float(value) - low) / span * (height - 2 * EDGE)

    marks = [Mark(f"{x(day):.1f}", f"{y(value):.1f}") for day, value in values]
    fixed_x = f"{x(fixed_on):.1f}" if fixed_on and first <= fixed_on <= last else ""
    points = " ".join(f"{mark.x},{mark.y}" for mark in marks)
    named = with_words([(words, y(level)) for words, level in levels], y(values[0][1]), y(values[-1][1]))
    return Series(css, width, height, points, marks, named, fixed_x, first, last)


def with_words(levels: list[tuple[str, float]], begin: float, end: float) -> list[Level]:
    """At the side where the numbers are further from it: above its line; the lowest of those that are near each other
    below its own."""
    found = []
    for place, (words, y) in enumerate(levels):
        others = [other for number, (_words, other) in enumerate(levels) if number != place]
        below = any(0 <= y - other < LINE and (y > other or place) for other in others)
        at_end = abs(end - y) > abs(begin - y)
        found.append(Level(words, f"{y:.1f}", f"{y + LINE - 2 if below else y - 5:.1f}", at_end))
    return found
