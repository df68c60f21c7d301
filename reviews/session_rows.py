"""What the screens of a session read of a review, however many are on it and however much is told: each in one query
that is written once, and as rows where it is only shown."""

from datetime import date
from typing import NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from failforward.accounts.models import User
from failforward.prepared import prepared
from reviews.causality import tell, with_causality
from reviews.models import Coding, FailureEvent, LooseEnd, OwnPart, Review
from reviews.passes import with_halves

# A screenful: told events, cards of a column, of the tray, disputes, events without a finding.
LINES, CARDS, TRAY, FEW = 15, 3, 6, 8


@prepared
def newest_parts(review: int, user: User) -> QuerySet[OwnPart]:
    """One's own, and of the others' the newest; each knows its author's name and how many are shared in all."""
    own = Case(When(author=user.pk, then=0), default=1)
    parts = OwnPart.objects.visible_to(user).filter(review=review).annotate(of_all=Window(Count("shared_at")))
    return parts.annotate(author_name=F("author__name")).order_by(own, "-shared_at", "-pk")[: FEW + 1]


class Told(NamedTuple):
    """An event, as far as a line tells of it."""

    pk: int
    what: str
    happened_on: date | None
    until_on: date | None
    source: str
    is_omission: bool
    anonymous: bool
    author_name: str | None
    of_all: int = 0


def told(review: int, user: int, *, hears_all: bool, begin: int) -> list[Told]:
    return [Told(*row) for row in lines_told(review, user, hears_all=hears_all, begin=begin)]


@prepared
def lines_told(review: int, user: int, *, hears_all: bool, begin: int) -> QuerySet[FailureEvent]:
    """What this person may read: all, or while everybody tells first, their own, and how many those are."""
    events = FailureEvent.objects.filter(review=review).in_order().annotate(author_name=F("author__name"))
    if hears_all:
        return events.values_list(*Told._fields[:-1])[begin : begin + LINES]
    own = events.filter(author=user).annotate(of_all=Window(Count("pk")))
    return own.values_list(*Told._fields)[begin : begin + LINES]


def in_columns(review: int, chosen: int) -> list[FailureEvent]:
    """The first few of each column, and the chosen one; each knows how many are in its column."""
    in_all = dict(places_in_columns(review, chosen))
    events = cards(*in_all) if in_all else []
    for event in events:
        event.in_column = in_all[event.pk]
        if event.counts:
            tell(event)
    return events


@prepared
def places_in_columns(review: int, chosen: int) -> QuerySet[FailureEvent]:
    column = F("causal_role")
    nth = Window(RowNumber(), partition_by=column, order_by=in_order())
    rows = heard_in(review).annotate(nth=nth, in_column=Window(Count("pk"), partition_by=column))
    few = Q(causal_role="", nth__lte=TRAY) | ~Q(causal_role="") & Q(nth__lte=CARDS)
    return rows.filter(few | Q(pk=chosen)).order_by().values_list("pk", "in_column")


@prepared
def cards(*events: int) -> QuerySet[FailureEvent]:
    return with_causality(FailureEvent.objects.filter(pk__in=events).order_by(*in_order()))


def in_order() -> list:
    return [F("happened_on").asc(nulls_last=True), "created_on", "uuid"]


@prepared
def disputed(review: int) -> QuerySet[FailureEvent]:
    return heard_in(review).filter(disputed_at__isnull=False).order_by("disputed_at", "pk")[:FEW]


@prepared
def to_read(review: int, user: int, *later: int) -> QuerySet[FailureEvent]:
    """The next that waits for `user`, and how many do."""
    mine = Coding.objects.filter(event=OuterRef("pk"), coder=user)
    waiting = heard_in(review).filter(~Exists(mine), settled_at=None, disputed_at=None).exclude(pk__in=later)
    return with_halves(waiting, user).annotate(of_all=Window(Count("pk"))).in_order()[:1]


@prepared
def to_read_again(review: int, user: int, chosen: int) -> QuerySet[FailureEvent]:
    return with_halves(heard_in(review), user).filter(pk=chosen)


@prepared
def loose(review: int) -> QuerySet[FailureEvent]:
    return heard_in(review).filter(verdict="systemic", finding=None).in_order()[:FEW]


class Lacking(NamedTuple):
    """An event without a finding that something is missing of."""

    pk: int
    what: str
    happened_on: date | None
    causal_role: str
    is_disputed: bool
    is_settled: bool
    readings: int
    verdict: str
    kind: str

    finding_id = None

    @property
    def is_near_miss(self) -> bool:
        return self.kind == Review.Kind.WIN


def lacking(review: int) -> list[Lacking]:
    return [Lacking(*row) for row in rows_lacking(review)]


@prepared
def rows_lacking(review: int) -> QuerySet[FailureEvent]:
    rows = heard_in(review).filter(lacks(), finding=None).in_order()
    rows = rows.annotate(is_disputed=Q(disputed_at__isnull=False), is_settled=Q(settled_at__isnull=False))
    return rows.values_list(*Lacking._fields[:-1], "review__kind")


@prepared
def one_of_each(review: int, *, lacking: bool = False) -> QuerySet[FailureEvent]:
    """Of each finding the first event that nothing is missing of; with `lacking` also those that something is."""
    nth = Window(RowNumber(), partition_by=F("finding"), order_by="pk")
    in_one = heard_in(review).filter(finding__isnull=False)
    if lacking:
        is_lacking = Case(When(lacks(), then=1), default=0)
        nth = Window(RowNumber(), partition_by=[F("finding"), is_lacking], order_by="pk")
        first = in_one.annotate(is_lacking=is_lacking, nth=nth).filter(Q(nth=1) | Q(is_lacking=1))
    else:
        first = in_one.exclude(lacks()).annotate(nth=nth).filter(nth=1)
    return first.select_related("finding").order_by("pk")


@prepared
def any_one(review: int) -> QuerySet[FailureEvent]:
    return heard_in(review).select_related("finding")[:1]


def lacks() -> Q:
    return Q(causal_role="") | Q(settled_at=None) | Q(verdict="systemic", finding=None)


def heard_in(review: int) -> QuerySet[FailureEvent]:
    return FailureEvent.objects.filter(review=review)


@prepared
def loose_ends(review: int) -> QuerySet[LooseEnd]:
    return LooseEnd.objects.filter(review=review).select_related("settled_by")
