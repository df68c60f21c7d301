"""Figures about reviews. Each takes a queryset and a period and returns a dataclass; nothing here writes."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

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


def reviewed_share(reviews, since: date) -> Share:
    """`reviews` are those the reader may count; lost-deal reviews alone are looked at."""
    counted = (
        reviews.standard()
        .filter(kind="lost_deal", lost_on__gte=since)
        .order_by()
        .aggregate(
            closed=Count("pk", filter=Q(state=State.CLOSED)),
            not_begun=Count("pk", filter=Q(state=State.GATHERING)),
            begun=Count("pk", filter=Q(state__in=CHOSEN_STATES) & ~Q(state__in=[State.CLOSED, State.GATHERING])),
            to_choose=Count("pk", filter=Q(state=State.PENDING)),
            waived=Count("pk", filter=Q(state=State.WAIVED)),
        )
    )
    return Share(since=since, **counted)
