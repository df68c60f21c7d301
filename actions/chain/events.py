"""The events of each weakness before and after its fix, and those on the way that show none of them."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Case, F, Q, Value, When

from actions.chain.first_of_each import first_of_each, one_if, zero_if
from actions.chain.told import Chain, Loss, Room, Strand
from actions.chain.ways import Way
from failforward.accounts.models import User
from failforward.scopes import Among
from reviews.models import FailureEvent


def add_events(chain: Chain, strands: dict[int, Strand], way: Way, room: Room, user: User) -> None:
    """Before the fix, after it, and those on the way that show none of these weaknesses; what is on the way first."""
    after = [Q(finding=pk, review__lost_on__gte=strand.done_on) for pk, strand in strands.items() if strand.done_on]
    here = way.events or Q(pk__in=[])
    # Read first, so that both halves of the "or" are found by an index.
    on_the_way = Q(Among("pk", FailureEvent.objects.filter(here).values("pk")))
    loose = on_the_way & (Q(finding=None) | ~Q(finding__in=list(strands)))
    if not strands and way.events is None:
        return
    rows = FailureEvent.objects.few_visible_to(user).filter(Q(finding__in=list(strands)) | loose)
    rows = rows.annotate(
        strand=Case(When(finding__in=list(strands), then=F("finding")), default=0),
        later=one_if(reduce(or_, after)) if after else Value(0),
        aside=zero_if(here),
    )
    order = [F("aside").asc(), F("review__lost_on").desc(), F("pk").desc()]
    shown = first_of_each(rows, [F("strand"), F("later")], order, max(room.events, room.later))
    groups: dict[tuple[int, int], list[FailureEvent]] = {}
    for event in shown.select_related("review__deal__account").order_by("place"):
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


def by_loss(events: Iterable[FailureEvent]) -> list[Loss]:
    losses: dict[int, Loss] = {}
    for event in events:
        losses.setdefault(event.review_id, Loss(event.review, [])).events.append(event)
    return list(losses.values())
