"""The events of each weakness before and after its fix, and those on the way that show none of them."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from itertools import chain as chained
from operator import or_

from django.db.models import BigIntegerField, Case, F, Func, Q, QuerySet, Value, When
from django.db.models.lookups import GreaterThanOrEqual

from actions.chain.first_of_each import first_of_each, one_if, zero_if
from actions.chain.told import Chain, Loss, Room, Strand
from actions.chain.ways import Way
from failforward.accounts.models import User
from failforward.prepared import prepared
from failforward.scopes import Among
from reviews.models import FailureEvent


def add_events(chain: Chain, strands: dict[int, Strand], way: Way, room: Room, user: User) -> None:
    """Before the fix, after it, and those on the way that show none of these weaknesses; what is on the way first."""
    if not strands and way.events is None:
        return
    fixed = chained.from_iterable((pk, (strand.done_on or date.max).toordinal()) for pk, strand in strands.items())
    groups: dict[tuple[int, int], list[FailureEvent]] = {}
    for event in events_on(user, way.pk, *fixed, by=way.by, most=max(room.events, room.later)):
        groups.setdefault((event.strand, event.later), []).append(event)
    for (pk, later), events in groups.items():
        cut = events[: room.later if later else room.events]
        losses, more = by_loss(cut), events[0].of - len(cut)
        if not pk:
            chain.loose, chain.more_loose = losses, more
        elif later:
            strands[pk].later, strands[pk].more_later = losses, more
        else:
            strands[pk].losses, strands[pk].more_events = losses, more


@prepared
def events_on(user: User, pk: int, *fixed: int, by: str, most: int) -> QuerySet[FailureEvent]:
    """`fixed`: each finding, and after it the number of the day of its fix, since only numbers change in what is
    written once."""
    findings = fixed[::2]
    here = Way(by, pk).events or Q(pk__in=[])
    # Read first, so that both halves of the "or" are found by an index.
    on_the_way = Q(Among("pk", FailureEvent.objects.filter(here).values("pk")))
    loose = on_the_way & (Q(finding=None) | ~Q(finding__in=findings))
    after = [Q(finding=one) & Q(since(day)) for one, day in zip(findings, fixed[1::2], strict=False)]
    rows = FailureEvent.objects.few_visible_to(user).filter(Q(finding__in=findings) | loose)
    rows = rows.annotate(
        strand=Case(When(finding__in=findings, then=F("finding")), default=0),
        later=one_if(reduce(or_, after)) if after else Value(0),
        aside=zero_if(here),
    )
    order = [F("aside").asc(), F("review__lost_on").desc(), F("pk").desc()]
    shown = first_of_each(rows, [F("strand"), F("later")], order, most)
    return shown.select_related("review__deal__account").order_by("place")


def since(day: int) -> GreaterThanOrEqual:
    return GreaterThanOrEqual(DayNumber("review__lost_on"), day)


class DayNumber(Func):
    """A day as Python's `toordinal` numbers it."""

    output_field = BigIntegerField()
    template = "(%(expressions)s - DATE '0001-01-01' + 1)"

    def as_sqlite(self, compiler, connection, **more) -> tuple[str, tuple]:
        return self.as_sql(compiler, connection, template="(julianday(%(expressions)s) - 1721424.5)", **more)


def by_loss(events: Iterable[FailureEvent]) -> list[Loss]:
    losses: dict[int, Loss] = {}
    for event in events:
        losses.setdefault(event.review_id, Loss(event.review, [])).events.append(event)
    return list(losses.values())
