"""The whole chain through one object: deal → events → weakness → actions → promises → proof → later deals.

It is told a weakness at a time, since a weakness is where the events of several deals meet and where the actions begin.
Each step is read through its own `visible_to`, so that what somebody may not read looks absent; what is cut says how
much there is besides. In how many losses a weakness was seen is counted in standard reviews only, for everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber, TruncDate

from actions.before_after import day_of, losses_since, reviewed_losses
from actions.models import ActionFinding, ActionItem, Commitment, EffectivenessCheck, Recurrence
from actions.models.action_state import PROOF_STATES
from actions.models.action_state import State as ActionState
from actions.models.commitment import under_actions
from actions.models.recurrence import State as RecurrenceState
from failforward.accounts.models import User
from failforward.prepared import prepared
from failforward.scopes import Among
from reviews.models import Deal, FailureEvent, Finding, Review

MOST_WEAKNESSES = 4
DONE = [ActionState.CLAIMED_DONE, *PROOF_STATES]


class Room(NamedTuple):
    """How many of each one weakness shows: less where a page shows several."""

    events: int
    later: int
    actions: int
    promises: int


ALONE, AMONG_OTHERS = Room(12, 6, 8, 4), Room(3, 2, 3, 2)

# What stands at the head of the page, by the first part of its address.
KINDS = {
    "deal": (Deal, ["account"]),
    "review": (Review, ["deal__account"]),
    "event": (FailureEvent, ["review__deal__account"]),
    "finding": (Finding, ["merged_into"]),
    "action": (ActionItem, []),
    "commitment": (Commitment, ["step", "milestone"]),
    "check": (EffectivenessCheck, ["action"]),
}


@dataclass(frozen=True)
class Way:
    """What the chain goes through: the one `pk` of the kind `by`, none for a promise that hangs from nothing. Shown
    first is the `commitment` it began with; `hanging` are promises that hang from the start itself."""

    by: str = ""
    pk: int = 0
    commitment: int | None = None
    hanging: Q = field(default_factory=lambda: Q(pk__in=[]))

    @property
    def events(self) -> Q | None:
        return Q(**{EVENTS_BY[self.by]: self.pk}) if self.by in EVENTS_BY else None

    @property
    def action(self) -> int | None:
        return self.pk if self.by == "action" else None


EVENTS_BY = {"deal": "review__deal", "review": "review", "event": "pk"}


@dataclass
class Loss:
    """A deal with those of its events that are shown here."""

    review: Review
    events: list[FailureEvent]


@dataclass
class Fix:
    action: ActionItem
    promises: list[Commitment] = field(default_factory=list)
    more_promises: int = 0
    check: EffectivenessCheck | None = None


@dataclass
class Strand:
    """One weakness, what showed it, what was done, and what came later. `seen` and `since` count reviewed losses."""

    finding: Finding
    losses: list[Loss] = field(default_factory=list)
    more_events: int = 0
    fixes: list[Fix] = field(default_factory=list)
    more_fixes: int = 0
    later: list[Loss] = field(default_factory=list)
    more_later: int = 0
    asked: list[Recurrence] = field(default_factory=list)

    @property
    def done_on(self) -> date | None:
        return day_of(self.finding.done_at, self.finding.team) if self.finding.done_at else None

    @property
    def any_promises(self) -> bool:
        return any(fix.promises for fix in self.fixes)

    @property
    def checks(self) -> list[EffectivenessCheck]:
        return [fix.check for fix in self.fixes if fix.check]

    @property
    def ink(self) -> dict[str, str]:
        """How much of each link there is: full, half (begun, or a question) or none."""
        decided = any(check.is_decided for check in self.checks)
        return {
            "lost": "full" if self.losses else "none",
            "done": "full" if self.done_on else "half" if self.fixes else "none",
            "proof": "full" if decided else "half" if self.checks else "none",
            "later": "full" if self.later else "half" if self.asked or self.done_on else "none",
        }


@dataclass
class Chain:
    """`loose` are events on the way that show no weakness (yet), `hanging` promises that hang from the start itself."""

    strands: list[Strand]
    more_strands: bool = False
    loose: list[Loss] = field(default_factory=list)
    more_loose: int = 0
    hanging: list[Commitment] = field(default_factory=list)
    more_hanging: int = 0


def starts(kind: str, user: User) -> QuerySet:
    """What of a kind `user` may begin from."""
    model, beside = KINDS[kind]
    # One is looked up: of events not all reviews are listed for it.
    seen = model.objects.few_visible_to(user) if model is FailureEvent else model.objects.visible_to(user)
    return seen.select_related(*beside)


def chain_of(kind: str, start: Model, user: User) -> Chain:
    way = way_through(kind, start)
    findings = findings_on(user, way.pk, by=way.by)
    chain = Chain([Strand(one) for one in findings[:MOST_WEAKNESSES]], len(findings) > MOST_WEAKNESSES)
    strands = {strand.finding.pk: strand for strand in chain.strands}
    room = ALONE if len(strands) < 2 else AMONG_OTHERS
    add_events(chain, strands, way, room, user)
    fixes = add_actions(strands, way, room, user)
    add_promises(chain, fixes, way, room, user)
    add_checks(fixes)
    add_questions(strands, room, user)
    return chain


def way_through(kind: str, start: Model) -> Way:
    if kind == "deal":
        reviews = Review.objects.filter(deal=start.pk).values("pk")
        return Way("deal", start.pk, hanging=Q(deal=start.pk) | Q(Among("review", reviews)))
    if kind == "review":
        return Way("review", start.pk, hanging=Q(review=start.pk))
    if kind == "check":
        return Way("action", start.action_id)
    return way_of_promise(start) if kind == "commitment" else Way(kind, start.pk)


def way_of_promise(promise: Commitment) -> Way:
    parts = [part for part in (promise.step, promise.milestone) if part]
    action = promise.action_id or next((part.action_id for part in parts), None)
    if action:
        return Way("action", action, promise.pk)
    about = {"review": promise.review_id, "deal": promise.deal_id}
    by = next((name for name, pk in about.items() if pk), "")
    return Way(by, about.get(by, 0), promise.pk, hanging=Q(pk=promise.pk))


# --- The steps, one query each ------------------------------------------------------------------


@prepared
def findings_on(user: User, pk: int, *, by: str) -> QuerySet[Finding]:
    """The weaknesses on the way, one more than are shown. `done_at`: when the first action on one was said to be done,
    of those the reader sees; `seen`, `won` and `since`: losses that showed it, won deals that did, and losses reviewed
    since then."""
    done = ActionItem.objects.visible_to(user).filter(state__in=DONE, findings=OuterRef("pk"))
    first = done.order_by("claimed_done_at").values("claimed_done_at")[:1]
    found = Finding.objects.visible_to(user).select_related("team").filter(on_way(Way(by, pk), user))
    wins = Review.objects.standard().filter(kind=Review.Kind.WIN)
    found = found.annotate(done_at=Subquery(first), seen=showing_in(reviewed_losses()), won=showing_in(wins))
    found = found.annotate(done_day=TruncDate("done_at", tzinfo=UTC))
    found = found.annotate(since=losses_since(OuterRef("done_day"), OuterRef("team__path")))
    return found.order_by("-pk")[: MOST_WEAKNESSES + 1]


def showing_in(reviews: QuerySet[Review]) -> Coalesce:
    """As a column: how many of them showed the weakness. Asked of each event, since there are far more reviews."""
    among = Exists(reviews.order_by().filter(pk=OuterRef("review")))
    events = FailureEvent.objects.filter(among, finding=OuterRef("pk")).order_by()
    number = events.values("finding").annotate(n=Count("review", distinct=True)).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def on_way(way: Way, user: User) -> Q:
    if way.by == "finding":
        return Q(pk=way.pk)
    if way.action:
        action = ActionItem.objects.visible_to(user).filter(pk=way.action)
        return Q(Among("pk", ActionFinding.objects.filter(action__in=action.values("pk")).values("finding")))
    if way.events is None:
        return Q(pk__in=[])
    events = FailureEvent.objects.few_visible_to(user).filter(way.events)
    asked = Recurrence.objects.standard().filter(state=RecurrenceState.PROPOSED, event__in=events.values("pk"))
    return Q(Among("pk", events.exclude(finding=None).values("finding"))) | Q(Among("pk", asked.values("finding")))


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


def add_actions(strands: dict[int, Strand], way: Way, room: Room, user: User) -> dict[int, list[Fix]]:
    """By action: one that answers two weaknesses stands under both."""
    if not strands:
        return {}
    seen = Exists(ActionItem.objects.visible_to(user).filter(pk=OuterRef("action")))
    rows = ActionFinding.objects.filter(seen, finding__in=list(strands))
    rows = rows.annotate(aside=zero_if(Q(action=way.action)))
    order = [F("aside").asc(), F("action").desc()]
    fixes: dict[int, list[Fix]] = {}
    for row in first_of_each(rows, [F("finding")], order, room.actions).select_related("action").order_by("place"):
        fix, strand = Fix(row.action), strands[row.finding_id]
        strand.fixes.append(fix)
        strand.more_fixes = row.of - len(strand.fixes)
        fixes.setdefault(row.action_id, []).append(fix)
    return fixes


def add_promises(chain: Chain, fixes: dict[int, list[Fix]], way: Way, room: Room, user: User) -> None:
    under = Coalesce("action", "step__action", "milestone__action", Value(0))
    # As ids, so that these few are found first, and not all that one may read.
    found = Commitment.objects.filter(under_actions(list(fixes)) | way.hanging).values("pk")
    rows = Commitment.objects.visible_to(user).filter(pk__in=found)
    rows = rows.annotate(under=under, aside=zero_if(Q(pk=way.commitment)))
    order = [F("aside").asc(), F("due_on").desc(), F("pk").desc()]
    for promise in first_of_each(rows, [F("under")], order, room.promises).select_related("person").order_by("place"):
        if not promise.under:
            chain.hanging.append(promise)
            chain.more_hanging = promise.of - len(chain.hanging)
        for fix in fixes.get(promise.under, ()):
            fix.promises.append(promise)
            fix.more_promises = promise.of - len(fix.promises)


def add_checks(fixes: dict[int, list[Fix]]) -> None:
    for check in EffectivenessCheck.objects.filter(action__in=list(fixes), latest=True).select_related("checker"):
        for fix in fixes[check.action_id]:
            fix.check = check


def add_questions(strands: dict[int, Strand], room: Room, user: User) -> None:
    """New events that look like the weakness; nobody has said yet whether they are."""
    for again in questions_on(user, *strands, most=room.later) if strands else []:
        strands[again.finding_id].asked.append(again)


@prepared
def questions_on(user: User, *findings: int, most: int) -> QuerySet[Recurrence]:
    rows = Recurrence.objects.of_findings_read(user).filter(finding__in=findings, state=RecurrenceState.PROPOSED)
    return first_of_each(rows, [F("finding")], [F("pk").desc()], most).for_list()


# --- What they stand on -------------------------------------------------------------------------


def first_of_each(rows: QuerySet, groups: list, order: list, most: int) -> QuerySet:
    """The first `most` of each group, with their `place` in it and the number `of` all."""
    place, of = Window(RowNumber(), partition_by=groups, order_by=order), Window(Count("*"), partition_by=groups)
    return rows.order_by().annotate(place=place, of=of).filter(place__lte=most)


def zero_if(condition: Q) -> Case:
    return Case(When(condition, then=0), default=1)


def one_if(condition: Q) -> Case:
    return Case(When(condition, then=1), default=0)
