"""The weaknesses on the way, and what looks like one of them again."""

from datetime import UTC

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from actions.before_after import losses_since, reviewed_losses
from actions.chain.first_of_each import first_of_each
from actions.chain.told import MOST_WEAKNESSES, Room, Strand
from actions.chain.ways import Way
from actions.models import ActionFinding, ActionItem, Recurrence
from actions.models.action_state import PROOF_STATES
from actions.models.action_state import State as ActionState
from actions.models.recurrence import State as RecurrenceState
from failforward.accounts.models import User
from failforward.prepared import prepared
from failforward.scopes import Among
from reviews.models import FailureEvent, Finding, Review

DONE = [ActionState.CLAIMED_DONE, *PROOF_STATES]


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


def add_questions(strands: dict[int, Strand], room: Room, user: User) -> None:
    """New events that look like the weakness; nobody has said yet whether they are."""
    for again in questions_on(user, *strands, most=room.later) if strands else []:
        strands[again.finding_id].asked.append(again)


@prepared
def questions_on(user: User, *findings: int, most: int) -> QuerySet[Recurrence]:
    rows = Recurrence.objects.of_findings_read(user).filter(finding__in=findings, state=RecurrenceState.PROPOSED)
    return first_of_each(rows, [F("finding")], [F("pk").desc()], most).for_list()
