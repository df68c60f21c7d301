"""The two passes over everything that waits for somebody: the lumpers' puts each event into a category, the splitters'
says whether it could happen again. What one pass alone said is a half reading; with the other half it is sent."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.prepared import prepared
from reviews.categories import BY_CODE, CATEGORIES
from reviews.choosing import Result
from reviews.coding import may_submit, submit, waiting_for
from reviews.models import Coding, FailureEvent, HalfReading, Hat, Verdict
from reviews.models.event import EventQuerySet

# As in the queue; and once they are lumped, by category first.
WAITING, LUMPED = ("created_on", "uuid"), ("place", "created_on", "uuid")
PLACE = Case(
    *(When(half__category=category.code, then=number) for number, category in enumerate(CATEGORIES, 1)),
    default=Value(0),
)


class Half(NamedTuple):
    """What one card says. `category` None is left as it is; "" is taken back, and so with the verdict."""

    category: str | None = None
    verdict: str | None = None
    reason: str = ""


def with_halves(events: EventQuerySet, user: int) -> EventQuerySet:
    """With what the person of this id said of them in one pass: `put_into`, `said` and `said_because`, empty or None if
    nothing."""
    events = events.annotate(half=FilteredRelation("half_readings", condition=Q(half_readings__reader=user)))
    return events.annotate(put_into=F("half__category"), said=F("half__verdict"), said_because=F("half__reason"))


@prepared
def next_card(user: User, *later: int) -> EventQuerySet:
    """The first that waits for `user` and was not left for later, with what its card shows but those who are on
    its review: found first, and only then joined with that."""
    waiting = waiting_for(user).exclude(pk__in=later)
    cards = with_halves(FailureEvent.objects.for_card(), user.pk).prefetch_related(None)
    return cards.filter(pk=Subquery(waiting.values("pk")[:1]))


def in_place(events: EventQuerySet) -> EventQuerySet:
    return events.annotate(place=PLACE).order_by(*LUMPED)


def to_lump(user: User) -> EventQuerySet:
    """Those that wait and whose category `user` has not said."""
    return waiting_for(user).filter(~Exists(_halves(user).exclude(category="")))


def lumped(user: User, category: str = "") -> EventQuerySet:
    """Those that `user` put into a category and has said no more of."""
    events = in_place(with_halves(waiting_for(user), user.pk)).exclude(put_into=None).exclude(put_into="")
    return events.filter(put_into=category) if category else events


def to_split_first(user: User) -> EventQuerySet:
    """Those of which `user` has said nothing at all: for who asks the verdict first."""
    return waiting_for(user).filter(~Exists(_halves(user)))


def in_bins(user: User) -> Counter:
    """How many of those that wait `user` has put into which category."""
    return Counter(dict(lumped(user).order_by().values_list("put_into").annotate(Count("pk"))))


@transaction.atomic
def say(event: FailureEvent, by: User, half: Half, *, hat: str = Hat.LUMPER, now: datetime) -> Coding | None:
    """Keeps half a reading for `by` alone; sends the reading, and returns it, once both halves are said."""
    event.lock()
    may_submit(event, by)
    if event.codings.filter(coder=by).exists():
        raise Refused(_("You have read this event already. Open it to change your answer."))
    _check(half)
    kept = HalfReading.objects.filter(event=event, reader=by).first()
    before = kept or HalfReading(event=event, reader=by, batch_id=event.batch_id)
    category = before.category if half.category is None else half.category
    verdict = before.verdict if half.verdict is None else half.verdict
    reason = half.reason.strip() or before.reason
    if category and verdict:
        return submit(event, by, category, verdict, reason=reason, hat=hat, now=now)
    if category or verdict:
        before.category, before.verdict, before.reason = category, verdict, reason
        before.save()
    elif kept:
        kept.delete()
    return None


def say_all(said: Iterable[tuple[FailureEvent, Half]], by: User, word: str, *, hat: str, now: datetime) -> Result:
    """Each by itself: one that is refused does not hold up the others."""
    result = Result(word)
    for event, half in said:
        try:
            say(event, by, half, hat=hat, now=now)
            result.done.append(event.pk)
        except Refused as refused:
            result.reasons[str(refused)] += 1
    return result


def _halves(user: User) -> QuerySet[HalfReading]:
    return HalfReading.objects.filter(event=OuterRef("pk"), reader=user.pk)


def _check(half: Half) -> None:
    if half.category and half.category not in BY_CODE:
        raise Refused(_("Choose one of the eleven categories."), "category")
    if half.verdict and half.verdict not in Verdict.values:
        raise Refused(_("Say whether it could happen again, or choose unsure."), "verdict")
