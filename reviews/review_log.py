"""The events of a review as its page tells of them: rows, since of fifty one alone stands open to be changed."""

from collections import namedtuple
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet

from failforward import links
from failforward.accounts.models import User
from failforward.prepared import prepared
from failforward.together import Together
from reviews.causality import COUNTED, tell, with_causality
from reviews.models import FailureEvent, Review

# All of an event but which import it came with, which no page tells.
OWN = [field.attname for field in FailureEvent._meta.concrete_fields if field.name != "batch_id"]
# Who told it, the weakness it shows, and what the person in front of the page said of it.
BESIDE = {"author_name": "author__name", "finding_title": "finding__title", "finding_state": "finding__state"}
BESIDE |= {"own_category": "own__category", "own_verdict": "own__verdict"}
Row = namedtuple("Row", [*OWN, *BESIDE, "read_by", *COUNTED])


class Weakness(NamedTuple):
    """The finding an event is in, as far as the page names it."""

    pk: int
    title: str
    state: str

    def get_absolute_url(self) -> str:
        return links.address_of("finding_detail", self.pk)


class LogEvent(Row):
    """`review` is set where they are read; `twins` are those that were joined to it."""

    review: Review
    twins = ()
    base_rate = why_counts = None

    is_settled, is_disputed = FailureEvent.is_settled, FailureEvent.is_disputed
    counts, is_near_miss = FailureEvent.counts, FailureEvent.is_near_miss

    @property
    def pk(self) -> int:
        return self.id

    @cached_property
    def finding(self) -> Weakness | None:
        return Weakness(self.finding_id, self.finding_title, self.finding_state) if self.finding_id else None

    def to_change(self) -> FailureEvent:
        """The event itself, with what was read beside it."""
        event = FailureEvent.from_db(self.review._state.db, OWN, self[: len(OWN)])
        event.review, event.twins, event.author_name = self.review, self.twins, self.author_name
        event.base_rate, event.why_counts = self.base_rate, self.why_counts
        event.own_category, event.own_verdict = self.own_category, self.own_verdict
        event.read_by = self.read_by
        return event


def read_log(review: Review, user: User, *, hears_all: bool) -> list[LogEvent]:
    """Those that stand by themselves, each with those behind it."""
    events = [LogEvent._make(row) for row in told(review.pk, user.pk, hears_all=hears_all)]
    behind: dict[int, list[LogEvent]] = {}
    for event in events:
        event.review = review
        if event.merged_into_id:
            behind.setdefault(event.merged_into_id, []).append(event)
        elif hears_all:
            tell(event)
    alone = [event for event in events if not event.merged_into_id]
    for event in alone if behind else ():
        event.twins = behind.get(event.pk, ())
    return alone


@prepared
def told(review: int, user: int, *, hears_all: bool) -> QuerySet[FailureEvent]:
    """What `user` may read, with what they have said of it themselves and who else has."""
    own = FilteredRelation("codings", condition=Q(codings__coder=user))
    heard = Q() if hears_all else Q(author=user)
    rows = FailureEvent.everything.filter(heard, review=review).in_order().annotate(own=own)
    others = User.objects.filter(codings__event=OuterRef("pk")).exclude(pk=user).order_by("pk")
    beside = rows.annotate(**{name: F(path) for name, path in BESIDE.items()}, read_by=Together(others, "name"))
    return with_causality(beside).values_list(*Row._fields)
