"""Of a long row of things the page of an action shows what is still open and the newest of what is over; the rest is
behind a link."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

Thing = TypeVar("Thing")
OPEN, OVER = 6, 3


class Folded(NamedTuple, Generic[Thing]):
    """`rest` is how many more there are."""

    shown: list[Thing]
    rest: int


def fold(
    things: Sequence[Thing],
    *,
    over: Callable[[Thing], object] = lambda thing: None,
    unfolded: bool = False,
    opened: int = 0,
) -> Folded[Thing]:
    """In their own order. `over` says when a thing was over, or nothing; `opened` is the one that is being changed. A
    row that is hardly longer than what would be left of it stays whole."""
    if unfolded or len(things) <= OPEN + OVER:
        return Folded(list(things), 0)
    still = [thing for thing in things if not over(thing)][:OPEN]
    newest = sorted((thing for thing in things if over(thing)), key=lambda thing: (over(thing), thing.pk))[-OVER:]
    kept = {thing.pk for thing in [*still, *newest]} | {opened}
    shown = [thing for thing in things if thing.pk in kept]
    return Folded(shown, len(things) - len(shown))
