"""What the screen of one step shows of a review, however many events it has: a few of them, and how many there are."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.db.models import IntegerField, QuerySet
from django.db.models.expressions import RawSQL

from failforward.accounts.models import User
from reviews import permissions, session_rows
from reviews.models import FailureEvent, LooseEnd, OwnPart, Review, Session
from reviews.models.review_state import State
from reviews.models.session import Step
from reviews.review_page import Page

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
        return (self.number - 1) * session_rows.LINES + 1

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
        """One's own, and of the others' the newest."""
        few = session_rows.newest_parts(self.review.pk, self.user)
        return sorted(few, key=lambda part: (part.is_shared, part.shared_at, part.pk))

    @cached_property
    def loose_ends(self) -> list[LooseEnd]:
        return session_rows.loose_ends(self.review.pk)

    @property
    def newest_parts(self) -> list[OwnPart]:
        return self.shared_parts[::-1][: session_rows.FEW]

    @property
    def parts_shared(self) -> int:
        return self.own_parts[0].of_all if self.shared_parts else 0

    def in_review(self, events: list[FailureEvent]) -> list[FailureEvent]:
        for event in events:
            event.review = self.review
        return events

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
    return page


def gather(page: StepPage, chosen: int, later: Collection[int]) -> None:
    begin = (page.number - 1) * session_rows.LINES
    page.events = session_rows.told(page.review.pk, page.user.pk, hears_all=page.hears_all, begin=begin)
    page.left = page.events[0].of_all if page.events else 0


def causes(page: StepPage, chosen: int, later: Collection[int]) -> None:
    if not page.hears_all:
        return
    page.events = page.in_review(session_rows.in_columns(page.review.pk, chosen))
    if permissions.can_edit_review(page.user, page.review):
        page.open_event = next((event for event in page.events if event.pk == chosen), None)


def sort(page: StepPage, chosen: int, later: Collection[int]) -> None:
    if not page.hears_all:
        return
    review, user = page.review.pk, page.user.pk
    page.disputes = tuple(session_rows.disputed(review))
    if page.projected or not permissions.can_code(page.user, page.review):
        return
    again = session_rows.to_read_again(review, user, chosen) if chosen else []
    waiting = page.in_review(again or session_rows.to_read(review, user, *later))
    if waiting:
        page.events, page.open_event = waiting, waiting[0]
        page.left = getattr(page.open_event, "of_all", 1)


def findings(page: StepPage, chosen: int, later: Collection[int]) -> None:
    """Those without a finding, and one of each finding, which the list of findings is made of."""
    if not page.hears_all:
        return
    without = sorted(session_rows.loose(page.review.pk), key=lambda event: event.pk != chosen)
    page.events = page.in_review([*without, *session_rows.one_of_each(page.review.pk)])
    if without and permissions.leads_review(page.user, page.review) and page.review.is_open:
        page.open_event = without[0]


def close(page: StepPage, chosen: int, later: Collection[int]) -> None:
    """Those that something is missing of, and one of each finding; where all is well, one, since there are some."""
    if not page.hears_all:
        return
    review = page.review.pk
    with_finding = page.in_review(session_rows.one_of_each(review, lacking=True))
    page.events = [*session_rows.lacking(review), *with_finding] or page.in_review(session_rows.any_one(review))


READS = {
    Step.GATHER: gather,
    Step.CAUSES: causes,
    Step.SORT: sort,
    Step.FINDINGS: findings,
    Step.CLOSE: close,
}
