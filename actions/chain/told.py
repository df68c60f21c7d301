"""What the page tells: strands of losses, fixes and later losses, cut to the room there is."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from actions.before_after import day_of
from actions.models import ActionItem, Commitment, EffectivenessCheck, Recurrence
from reviews.models import FailureEvent, Finding, Review

MOST_WEAKNESSES = 4


class Room(NamedTuple):
    """How many of each one weakness shows: less where a page shows several."""

    events: int
    later: int
    actions: int
    promises: int


ALONE, AMONG_OTHERS = Room(12, 6, 8, 4), Room(3, 2, 3, 2)


@dataclass
class Loss:
    """A deal with those of its events that are shown here."""

    review: Review
    events: list[FailureEvent]


@dataclass
class Fix:
    action: ActionItem
    promises: list[Commitment] = field(default_factory=list)
    more_promises: int = 0
    check: EffectivenessCheck | None = None


@dataclass
class Strand:
    """One weakness, what showed it, what was done, and what came later. `seen` and `since` count reviewed losses."""

    finding: Finding
    losses: list[Loss] = field(default_factory=list)
    more_events: int = 0
    fixes: list[Fix] = field(default_factory=list)
    more_fixes: int = 0
    later: list[Loss] = field(default_factory=list)
    more_later: int = 0
    asked: list[Recurrence] = field(default_factory=list)

    @property
    def done_on(self) -> date | None:
        return day_of(self.finding.done_at, self.finding.team) if self.finding.done_at else None

    @property
    def any_promises(self) -> bool:
        return any(fix.promises for fix in self.fixes)

    @property
    def checks(self) -> list[EffectivenessCheck]:
        return [fix.check for fix in self.fixes if fix.check]

    @property
    def ink(self) -> dict[str, str]:
        """How much of each link there is: full, half (begun, or a question) or none."""
        decided = any(check.is_decided for check in self.checks)
        return {
            "lost": "full" if self.losses else "none",
            "done": "full" if self.done_on else "half" if self.fixes else "none",
            "proof": "full" if decided else "half" if self.checks else "none",
            "later": "full" if self.later else "half" if self.asked or self.done_on else "none",
        }


@dataclass
class Chain:
    """`loose` are events on the way that show no weakness (yet), `hanging` promises that hang from the start itself."""

    strands: list[Strand]
    more_strands: bool = False
    loose: list[Loss] = field(default_factory=list)
    more_loose: int = 0
    hanging: list[Commitment] = field(default_factory=list)
    more_hanging: int = 0
