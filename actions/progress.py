"""Whether something goes on. Progress is what came of it; activity is everything that was merely done. Days only."""

from dataclasses import dataclass
from datetime import date, timedelta

PROGRESS_WITHIN = timedelta(14)
A_SIGN_WITHIN = timedelta(7)

BUSY, QUIET = "busy", "quiet"


@dataclass(frozen=True)
class Signs:
    """What is known of one action. `activity_on` is the last day on which anything was done, whatever came of it.

    `promise_ahead`: somebody accepted to do something by today or later; `promise_past`: such a day is over.
    """

    began_on: date
    progress_on: date | None = None
    activity_on: date | None = None
    promise_ahead: bool = False
    promise_past: bool = False

    @property
    def achieved_on(self) -> date:
        """From when the two weeks count: the last progress, or the beginning."""
        return max(self.began_on, self.progress_on or self.began_on)

    @property
    def heard_on(self) -> date:
        """From when the week counts: the last sign of any kind."""
        return max(self.achieved_on, self.activity_on or self.achieved_on)


@dataclass(frozen=True)
class Stall:
    """QUIET: neither progress nor activity since. BUSY: things were done, nothing was achieved since."""

    kind: str
    since: date


def stall_of(signs: Signs, today: date) -> Stall | None:
    """Activity without progress for two weeks, or neither for one; not while something promised lies ahead and nothing
    promised is past its day."""
    if signs.promise_ahead and not signs.promise_past:
        return None
    if today - signs.heard_on >= A_SIGN_WITHIN:
        return Stall(QUIET, signs.heard_on)
    if today - signs.achieved_on >= PROGRESS_WITHIN:
        return Stall(BUSY, signs.achieved_on)
    return None
