"""What the screen of one step shows of a review, however many events it has: a few of them, and how many there are."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, When, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import RowNumber

from failforward.accounts.models import User
from failforward.prepared import prepared
from reviews import permissions
from reviews.causality import add_causality
from reviews.models import Coding, FailureEvent, OwnPart, Review, Session
from reviews.models.review_state import State
from reviews.models.session import Step
from reviews.passes import with_halves
from reviews.review_page import Page

# A screenful: told events, cards of a column, of the tray, disputes, events without a finding.
LINES, CARDS, TRAY, FEW = 15, 3, 6, 8
# What is said of an event that something is missing of.
MISSING = [
    "what",
    "happened_on",
    "causal_role",
    "disputed_at",
    "settled_at",
    "readings",
    "verdict",
    "review",
    "finding",
]
COUNTED = {
    "events": "",
    "judged": " AND causal_role <> ''",
    "settled": " AND settled_at IS NOT NULL",
    "disputed": " AND disputed_at IS NOT NULL",
    "systemic": " AND verdict = 'systemic'",
    "loose": " AND verdict = 'systemic' AND finding_id IS NULL",
}
OF_IT = "(SELECT COUNT(*) FROM reviews_failureevent WHERE review_id = reviews_review.id AND merged_into_id IS NULL{})"


def with_counts(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Each with `events_judged`, `events_settled` and the like, in the query that reads it."""
    # By hand: made by the ORM, six counts take longer to write than to run.
    counts = {f"events_{name}": RawSQL(OF_IT.format(what), [], IntegerField()) for name, what in COUNTED.items()}
    return reviews.annotate(**counts)


@dataclass
class StepPage(Page):
    """`number` is the page of a long list, from 1; `left` how many wait for the person in front of it."""

    step: Step = Step.GATHER
    projected: bool = False
    number: int = 1
    disputes: tuple[FailureEvent, ...] = ()
    left: int = 0

    @property
    def session(self) -> Session | None:
        return self.review.running

    @property
    def total(self) -> int:
        return self.review.events_events if self.hears_all else self.left

    @property
    def first(self) -> int:
        return (self.number - 1) * LINES + 1

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1

    @property
    def is_covered(self) -> bool:
        """The room reads what was gathered once whoever leads has opened it; until then the wall shows how much."""
        return self.projected and gathers_apart(self.review) and not (self.session and self.session.opened_at)

    @property
    def figure(self) -> int:
        """What the step is about, counted: more of it is said aloud."""
        counted = {Step.GATHER: "events", Step.CAUSES: "judged", Step.SORT: "settled"}.get(self.step)
        review = self.review
        return getattr(review, f"events_{counted}") if counted else review.events_systemic - review.events_loose

    @property
    def own_reading(self) -> tuple[str, str]:
        return "", ""

    @cached_property
    def own_parts(self) -> list[OwnPart]:
        """One's own, and of the others' the newest; each knows how many are shared in all."""
        few = newest_parts(self.review.pk, self.user)
        return sorted(few, key=lambda part: (part.is_shared, part.shared_at, part.pk))

    @property
    def newest_parts(self) -> list[OwnPart]:
        return self.shared_parts[::-1][:FEW]

    @property
    def parts_shared(self) -> int:
        return self.own_parts[0].of_all if self.shared_parts else 0

    def column(self, role: str) -> list[FailureEvent]:
        return [event for event in self.events if event.causal_role == role]

    def more(self, role: str) -> int:
        """How many of a column do not lie on the screen."""
        shown = self.column(role)
        return shown[0].in_column - len(shown) if shown else 0


def gathers_apart(review: Review) -> bool:
    return review.depth == Review.Depth.FULL and review.state == State.GATHERING


def step_page(
    review: Review,
    user: User,
    step: Step,
    *,
    projected: bool = False,
    number: int = 1,
    chosen: int = 0,
    later: Collection[int] = (),
) -> StepPage:
    """`chosen` is the id of an event to open, `later` those that `user` has left for later."""
    page = StepPage(review, user, [], None, 0, step=step, projected=projected, number=max(1, number))
    if page.is_covered:
        return page
    READS[step](page, chosen, later)
    for event in [*page.events, *page.disputes]:
        event.review = review
    return page


def gather(page: StepPage, chosen: int, later: Collection[int]) -> None:
    page.events = told(page.review.pk, page.user.pk, hears_all=page.hears_all, begin=(page.number - 1) * LINES)
    page.left = page.events[0].of_all if page.events else 0


def causes(page: StepPage, chosen: int, later: Collection[int]) -> None:
    if not page.hears_all:
        return
    page.events = in_columns(page.review.pk, chosen)
    add_causality(page.events)
    if permissions.can_edit_review(page.user, page.review):
        page.open_event = next((event for event in page.events if event.pk == chosen), None)


def sort(page: StepPage, chosen: int, later: Collection[int]) -> None:
    if not page.hears_all:
        return
    review, user = page.review.pk, page.user.pk
    page.disputes = tuple(disputed(review))
    if page.projected or not permissions.can_code(page.user, page.review):
        return
    again = to_read_again(review, user, chosen) if chosen else []
    waiting = again or to_read(review, user, *later)
    if waiting:
        page.events, page.open_event = waiting, waiting[0]
        page.left = getattr(page.open_event, "of_all", 1)


def findings(page: StepPage, chosen: int, later: Collection[int]) -> None:
    """Those without a finding, and one of each finding, which the list of findings is made of."""
    if not page.hears_all:
        return
    without = sorted(loose(page.review.pk), key=lambda event: event.pk != chosen)
    page.events = [*without, *one_of_each(page.review.pk)]
    if without and permissions.leads_review(page.user, page.review) and page.review.is_open:
        page.open_event = without[0]


def close(page: StepPage, chosen: int, later: Collection[int]) -> None:
    """Those that something is missing of, and one of each finding; where all is well, one, since there are some."""
    if not page.hears_all:
        return
    review = page.review.pk
    page.events = [*lacking(review), *one_of_each(review)] or any_one(review)


READS = {
    Step.GATHER: gather,
    Step.CAUSES: causes,
    Step.SORT: sort,
    Step.FINDINGS: findings,
    Step.CLOSE: close,
}


@prepared
def newest_parts(review: int, user: User) -> QuerySet[OwnPart]:
    own = Case(When(author=user.pk, then=0), default=1)
    parts = OwnPart.objects.visible_to(user).filter(review=review).annotate(of_all=Window(Count("shared_at")))
    return parts.select_related("author").order_by(own, "-shared_at", "-pk")[: FEW + 1]


@prepared
def told(review: int, user: int, *, hears_all: bool, begin: int) -> QuerySet[FailureEvent]:
    """What this person may read: all, or while everybody tells first, their own."""
    heard = Q() if hears_all else Q(author=user)
    events = FailureEvent.objects.filter(heard, review=review).in_order()
    return events.select_related("author").annotate(of_all=Window(Count("pk")))[begin : begin + LINES]


@prepared
def in_columns(review: int, chosen: int) -> QuerySet[FailureEvent]:
    column = F("causal_role")
    order = [F("happened_on").asc(nulls_last=True), "created_on", "uuid"]
    nth = Window(RowNumber(), partition_by=column, order_by=order)
    rows = heard_in(review).annotate(nth=nth, in_column=Window(Count("pk"), partition_by=column))
    few = Q(causal_role="", nth__lte=TRAY) | ~Q(causal_role="") & Q(nth__lte=CARDS)
    return rows.filter(few | Q(pk=chosen)).order_by(*order)


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


@prepared
def lacking(review: int) -> QuerySet[FailureEvent]:
    lacks = heard_in(review).filter(Q(causal_role="") | unsettled())
    return lacks.select_related("finding").only(*MISSING).in_order()


@prepared
def one_of_each(review: int) -> QuerySet[FailureEvent]:
    """Of each finding the first event that nothing is missing of."""
    nth = Window(RowNumber(), partition_by=F("finding"), order_by="pk")
    in_one = heard_in(review).filter(finding__isnull=False).exclude(Q(causal_role="") | unsettled())
    return in_one.annotate(nth=nth).filter(nth=1).select_related("finding").order_by("pk")


@prepared
def any_one(review: int) -> QuerySet[FailureEvent]:
    return heard_in(review).select_related("finding")[:1]


def unsettled() -> Q:
    return Q(settled_at=None) | Q(verdict="systemic", finding=None)


def heard_in(review: int) -> QuerySet[FailureEvent]:
    return FailureEvent.objects.filter(review=review)
