"""Figures about reviews, each a dataclass; nothing here writes."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from failforward.accounts.models import User
from reviews import loop
from reviews.models.review import CHOSEN_STATES, State


@dataclass(frozen=True)
class Share:
    """Losses since `since`: reviewed of chosen, then of all. Standard-visibility reviews only, for everybody."""

    since: date
    closed: int
    begun: int
    not_begun: int
    to_choose: int
    waived: int

    @property
    def chosen(self) -> int:
        return self.closed + self.begun + self.not_begun

    @property
    def all(self) -> int:
        return self.chosen + self.to_choose + self.waived

    @property
    def as_boxes(self) -> list[str]:
        """One box a loss: in (reviewed), wk (under way), empty; nothing above twenty, where boxes say little."""
        if self.chosen > 20:
            return []
        return ["in"] * self.closed + ["wk"] * self.begun + [""] * self.not_begun


def reviewed_share(user: User, since: date, until: date) -> Share:
    """The same losses as the loop counts, so that the two agree."""
    number = Counter({row["state"]: row["losses"] for row in loop.by_state(user, days=(since, until))})
    chosen = sum(number[state] for state in CHOSEN_STATES)
    closed, not_begun = number[State.CLOSED], number[State.GATHERING]
    begun = chosen - closed - not_begun
    return Share(since, closed, begun, not_begun, to_choose=number[State.PENDING], waived=number[State.WAIVED])
