"""How much one deal is like another, and in which words that is explained. Pure: no Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# What each trait weighs when a lesson is offered, heaviest first; together they must reach ENOUGH. A like amount or
# a line of business alone says little.
WEIGHTS = {"customer": 3, "rival": 3, "product": 3, "sector": 1, "amount": 1}
ENOUGH = 2
# Amounts are alike from half to double.
FACTOR = 2


@dataclass(frozen=True)
class Traits:
    """Of a deal, empty where it is not stated. `amount` is in minor units of `currency`."""

    customer: str = ""
    rival: str = ""
    product: str = ""
    sector: str = ""
    amount: int | None = None
    currency: str = ""
    team: str = ""
    lead_source: str = ""


def shared(one: Traits, other: Traits, weights: Mapping[str, int] = WEIGHTS) -> list[str]:
    """The traits they share, in the order of `weights`; empty where they are not alike enough."""
    same = [name for name in weights if is_same(one, other, name)]
    return same if weight(same, weights) >= ENOUGH else []


def weight(traits: Iterable[str], weights: Mapping[str, int] = WEIGHTS) -> int:
    return sum(weights[name] for name in traits)


def is_same(one: Traits, other: Traits, name: str) -> bool:
    if name == "amount":
        return has_like_amount(one, other)
    mine, theirs = getattr(one, name).strip().casefold(), getattr(other, name).strip().casefold()
    return bool(mine) and mine == theirs


def has_like_amount(one: Traits, other: Traits) -> bool:
    if not (one.amount and other.amount) or one.currency != other.currency:
        return False
    return one.amount <= other.amount * FACTOR and other.amount <= one.amount * FACTOR
