"""Where a finding was seen: the events behind it that somebody may read, as rows, since they are only shown."""

from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from failforward.accounts.models import User
from failforward.prepared import prepared
from reviews.models import FailureEvent, Finding, Review

MOST = 50


class Seen(NamedTuple):
    what: str
    happened_on: date | None
    is_omission: bool
    causal_role: str
    verdict: str
    review: int
    kind: str
    deal: str
    account: str | None

    @property
    def is_near_miss(self) -> bool:
        return self.kind == Review.Kind.WIN


def seen_events(finding: Finding, user: User) -> list[Seen]:
    return [Seen(*row) for row in seen_in(user, finding.pk, most=MOST)]


@prepared
def seen_in(user: User, finding: int, *, most: int) -> QuerySet:
    events = FailureEvent.objects.visible_to(user).filter(finding=finding).in_order()
    deal = ("review", "review__kind", "review__deal__name", "review__deal__account__name")
    return events.values_list("what", "happened_on", "is_omission", "causal_role", "verdict", *deal)[:most]
