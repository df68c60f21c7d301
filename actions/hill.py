"""The hill of an action as points of a small picture. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from actions.models.update import Hill

WIDTH, HEIGHT = 320, 120
LEFT, RIGHT, BOTTOM, TOP = 20, 300, 96, 24
MOST_SHOWN = 6


@dataclass(frozen=True)
class Dot:
    on: date
    label: str
    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    """`now` is where it stands, `before` where it stood, oldest first; `curve` the hill itself."""

    now: Dot
    before: list[Dot]
    curve: str
    width: int = WIDTH
    height: int = HEIGHT
    bottom: int = BOTTOM
    middle: int = (LEFT + RIGHT) // 2


def picture(stood: Sequence[tuple[date, int]]) -> Picture | None:
    """From where it stood on which day, oldest first. A place it stayed at is one dot, with the day it came there."""
    moves = [(day, place) for at, (day, place) in enumerate(stood) if at == 0 or stood[at - 1][1] != place]
    if not moves:
        return None
    dots = [dot(day, place) for day, place in moves]
    return Picture(dots[-1], dots[-1 - MOST_SHOWN : -1], curve())


def dot(on: date, place: int) -> Dot:
    x, y = point((place - 1) / (len(Hill) - 1))
    return Dot(on, str(Hill(place).label), round(x), round(y))


def point(share: float) -> tuple[float, float]:
    """`share` is how far along, from 0 at the left foot to 1 at the right."""
    return LEFT + share * (RIGHT - LEFT), BOTTOM - (BOTTOM - TOP) * (1 - math.cos(2 * math.pi * share)) / 2


def curve() -> str:
    points = (point(step / 40) for step in range(41))
    return "M" + " L".join(f"{x:.0f} {y:.1f}" for x, y in points)
