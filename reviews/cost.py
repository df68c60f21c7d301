"""What a loss cost, and which part of it each weakness bears. Pure arithmetic in minor units of one currency: no part
of a cent is lost, and nothing is added across currencies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

CAUSED, CONTRIBUTED = "caused", "contributed"
# How much of a loss an event bears, by what it did; a team may weigh otherwise. All else bears nothing.
WEIGHTS = {CAUSED: 3, CONTRIBUTED: 1}
# Fewer decided deals than these say too little about the next.
FEWEST_DEALS = 10

AMOUNT, LIST_PRICE, STAGE_TABLE, WIN_RATE, NOT_STATED = "amount", "list_price", "stage_table", "win_rate", ""


class Chance(NamedTuple):
    """Of winning, at the furthest stage: `won` of `of`. Of a stage table, percent of 100."""

    won: int
    of: int
    source: str


@dataclass(frozen=True)
class Direct:
    """What was spent on it."""

    minutes: int = 0
    hour_rate_minor: int = 0
    bid_minor: int = 0
    discount_minor: int = 0
    rework_minor: int = 0

    @property
    def time_minor(self) -> int:
        return halves_up(self.minutes * self.hour_rate_minor, 60)

    @property
    def total_minor(self) -> int:
        return self.time_minor + self.bid_minor + self.discount_minor + self.rework_minor


@dataclass(frozen=True)
class LossCost:
    currency: str
    value_minor: int | None
    value_from: str
    chance: Chance | None
    direct: Direct

    @property
    def lost_minor(self) -> int | None:
        """The value that was not realised, by how likely it was; None where one of the two is not stated."""
        if self.value_minor is None or self.chance is None:
            return None
        return halves_up(self.value_minor * self.chance.won, self.chance.of)

    @property
    def total_minor(self) -> int | None:
        """None where nothing is stated; else what is."""
        if self.lost_minor is None:
            return self.direct.total_minor or None
        return self.direct.total_minor + self.lost_minor


def value_of(amount_minor: int | None, list_price_minor: int | None) -> tuple[int | None, str]:
    """The deal's own amount, else its list price, and which of the two it is."""
    if amount_minor is not None:
        return amount_minor, AMOUNT
    return list_price_minor, NOT_STATED if list_price_minor is None else LIST_PRICE


def chance_at(stage: str, table: Sequence[tuple[str, int]], decided: Mapping[str, int], won: int) -> Chance | None:
    """The team's table of stages, in percent; else of its own deals that were won, or lost at this stage, the share
    that was won. `decided` counts lost deals by stage. None where the stage is not known or too few deals were decided.
    """
    name = stage.strip().casefold()
    if not name:
        return None
    order = [known.strip().casefold() for known, _ in table]
    if name in order:
        return Chance(table[order.index(name)][1], 100, STAGE_TABLE)
    lost = sum(number for at, number in decided.items() if at.strip().casefold() == name)
    return Chance(won, won + lost, WIN_RATE) if won + lost >= FEWEST_DEALS else None


def shares(total_minor: int, weights: Sequence[int]) -> list[int]:
    """The total dealt out by weight, to the last unit: what is left of rounding goes to the largest remainders, of
    like ones to the first. Nobody bears anything where all weights are 0."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [total_minor * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: -(total_minor * weights[at] % whole))
    for at in by_remainder[: total_minor - sum(parts)]:
        parts[at] += 1
    return parts


def halves_up(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by)
