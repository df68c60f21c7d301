"""Whether a deal stands still. Only what the buyer does counts, or a milestone that both sides agreed on: a seller can
keep a dead deal looking alive for months. Pure; days only."""

from dataclasses import dataclass
from datetime import date, timedelta

STILL_AFTER = timedelta(14)


@dataclass(frozen=True)
class BuyersClock:
    """`began_on` is the day the deal opened; what the seller did has no place here."""

    began_on: date
    buyer_moved_on: date | None = None
    agreed_on: date | None = None
    parked_until: date | None = None

    @property
    def since(self) -> date:
        """The last move, or the beginning."""
        return max(day for day in (self.began_on, self.buyer_moved_on, self.agreed_on) if day)

    @property
    def has_moved(self) -> bool:
        """Since the deal is open."""
        return any(day and day >= self.began_on for day in (self.buyer_moved_on, self.agreed_on))

    def is_parked(self, today: date) -> bool:
        """Until the day on which it is taken up again; parking sets the clock aside and never back."""
        return self.parked_until is not None and today < self.parked_until

    def stalled_since(self, today: date) -> date | None:
        if self.is_parked(today) or today - self.since < STILL_AFTER:
            return None
        return self.since
