"""How clear the definitions are: whether people who read an event alone read it alike. About words, never a person.

Only events whose answers are open to all of their readers count, and only those of standard reviews.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Q, QuerySet

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from reviews.agreement import UNSURE, Coincidences, Pattern, interval_of
from reviews.categories import Category
from reviews.models import Coding, FailureEvent
from reviews.models.review import is_standard

# From how many events on agreement is shown at all, and how far back it looks.
FEWEST, LATEST = 10, 1_000
# In how many of them a category must have been named before its definition is called clear or not.
NAMED = 5
# Krippendorff (Content Analysis, chapter 12) relies on 0.8 and concludes nothing, not even with care, below 0.667.
RELIABLE, LOWEST = 0.8, 0.667


@dataclass(frozen=True)
class Clarity:
    """`events` were read by two or more, `named` of them into this category by somebody, `alike` of those by all."""

    events: int
    named: int
    alike: int
    alpha: float
    low: float
    high: float

    @classmethod
    def of(cls, patterns: Counter[Pattern], named: int, alike: int) -> Self:
        return cls(patterns.total(), named, alike, Coincidences.of(patterns).alpha, *interval_of(patterns))

    @property
    def is_shown(self) -> bool:
        return self.events >= FEWEST and self.named > 0

    @property
    def percent(self) -> int:
        return round(100 * self.alike / self.named)

    @property
    def is_defined(self) -> bool:
        return not math.isnan(self.alpha)

    @property
    def word(self) -> str:
        """A code for `status`, empty while there is too little to go by."""
        if not self.is_shown or not self.is_defined or self.named < NAMED:
            return ""
        if self.alpha >= RELIABLE and self.low >= LOWEST:
            return "clear"
        return "fair" if self.alpha >= LOWEST else "unclear"


@dataclass(frozen=True)
class Readings:
    """What one event was read as, by each who did; `first_at` is when the first of them was sent."""

    categories: tuple[str, ...]
    verdicts: tuple[str, ...]
    first_at: datetime


@dataclass(frozen=True)
class Clarities:
    verdict: Clarity
    category: Clarity
    of_each: dict[str, Clarity]


def clarities(user: User, categories: list[Category]) -> Clarities:
    """For the teams whose findings `user` reads. A category whose definition changed begins anew with the change."""
    events = readings_of(FailureEvent.objects.filter(pk__in=read_by_several(user).values("pk")))
    return Clarities(
        whole([told_apart(event.verdicts) for event in events]),
        whole([event.categories for event in events]),
        {category.code: of_category(category, events) for category in categories},
    )


def read_by_several(user: User) -> QuerySet[FailureEvent]:
    """The newest of them."""
    are_open = Q(settled_at__isnull=False) | Q(disputed_at__isnull=False)
    events = FailureEvent.objects.filter(are_open, is_standard(), readings__gte=2)
    reach = reach_of(user)
    if not reach.is_admin:
        events = events.filter(review__team__in=reach.own)
    return events.order_by("-pk")[:LATEST]


def readings_of(events: QuerySet[FailureEvent]) -> list[Readings]:
    """One query; who read is left behind here."""
    rows = defaultdict(list)
    read = Coding.objects.filter(event__in=events).values_list("event", "category", "verdict", "submitted_at")
    for event, *reading in read:
        rows[event].append(reading)
    columns = (tuple(zip(*told, strict=True)) for told in rows.values() if len(told) > 1)
    return [Readings(categories, verdicts, min(sent)) for categories, verdicts, sent in columns]


def told_apart(verdicts: tuple[str, ...]) -> tuple[str, ...]:
    """*Unsure* agrees with nothing, not with itself: each of an event is a value of its own."""
    return tuple(f"{UNSURE} {number}" if said == UNSURE else said for number, said in enumerate(sorted(verdicts)))


def whole(events: list[tuple[str, ...]]) -> Clarity:
    alike = sum(len(set(values)) == 1 for values in events)
    return Clarity.of(Counter(pattern(values) for values in events), len(events), alike)


def of_category(category: Category, events: list[Readings]) -> Clarity:
    """This category against all others; readings made before its definition changed are left out."""
    read = [event.categories for event in events if category.since is None or event.first_at >= category.since]
    chosen = Counter((values.count(category.code), len(values)) for values in read)
    patterns = Counter()
    for (times, of), number in chosen.items():
        patterns[pattern((category.code,) * times + ("other",) * (of - times))] += number
    named = sum(number for (times, _), number in chosen.items() if times)
    return Clarity.of(patterns, named, sum(number for (times, of), number in chosen.items() if times == of))


def pattern(values: tuple[str, ...]) -> Pattern:
    return tuple(sorted(Counter(values).items()))
