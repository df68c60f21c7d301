"""How much one deal is like another, and in which words that is explained. Pure: no Django."""

from dataclasses import dataclass

# What each trait weighs; together they must reach ENOUGH. A like amount or a line of business alone says little.
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


def shared(one: Traits, other: Traits) -> list[str]:
    """The traits they share, heaviest first; empty where they are not alike enough."""
    same = [name for name in ("customer", "rival", "product", "sector") if is_same(one, other, name)]
    if has_like_amount(one, other):
        same.append("amount")
    return same if weight(same) >= ENOUGH else []


def weight(traits: list[str]) -> int:
    return sum(WEIGHTS[name] for name in traits)


def is_same(one: Traits, other: Traits, name: str) -> bool:
    mine, theirs = getattr(one, name).strip().casefold(), getattr(other, name).strip().casefold()
    return bool(mine) and mine == theirs


def has_like_amount(one: Traits, other: Traits) -> bool:
    if not (one.amount and other.amount) or one.currency != other.currency:
        return False
    return one.amount <= other.amount * FACTOR and other.amount <= one.amount * FACTOR
