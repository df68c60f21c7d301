"""A line through numbers over time, with the level before the fix and the one to be reached. Only places; the template
draws."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 860, 220, 22


@dataclass(frozen=True)
class Level:
    """A line across, and its words above it."""

    words: str
    y: str
    text_y: str


@dataclass(frozen=True)
class Series:
    points: str
    levels: list[Level]
    fixed_x: str
    height: int = HEIGHT


def draw(
    values: list[tuple[date, Decimal]], levels: Iterable[tuple[str, Decimal | None]], fixed_on: date | None
) -> Series | None:
    """None where there are fewer than two days: a point is no line."""
    if len(values) < 2:
        return None
    known = [(words, level) for words, level in levels if level is not None]
    heights = [float(value) for _day, value in values] + [float(level) for _words, level in known]
    first, last = values[0][0], values[-1][0]
    low, span = min(heights), max(heights) - min(heights) or 1

    def x(day: date) -> str:
        return f"{(day - first).days / (last - first).days * WIDTH:.1f}"

    def y(value: float) -> float:
        return HEIGHT - EDGE - (float(value) - low) / span * (HEIGHT - 2 * EDGE)

    drawn = [Level(words, f"{y(level):.1f}", f"{y(level) - 5:.1f}") for words, level in known]
    fixed_x = x(fixed_on) if fixed_on and first <= fixed_on <= last else ""
    return Series(" ".join(f"{x(day)},{y(value):.1f}" for day, value in values), drawn, fixed_x)
