"""Which actions are stalled: `progress.stall_of` asked of many at once, in SQL, and the signs of a few, for words."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from actions.models import ActionItem, Answer, Commitment, Milestone, Step, Update
from actions.models.action_state import RUNNING_STATES
from actions.models.promise import OPEN_STATES
from actions.progress import A_SIGN_WITHIN, PROGRESS_WITHIN, Signs, Stall, stall_of
from failforward import working_days

# The ways from a promise to its action.
WAYS = ["action", "step__action", "milestone__action"]


def stalled(actions: QuerySet, today: date, zone: str | None = None) -> QuerySet:
    """Of proposals nobody is asked anything, and what is claimed done waits for its check: neither stalls."""
    achieving = began_after(today - PROGRESS_WITHIN, zone) | progress_after(today - PROGRESS_WITHIN)
    heard = began_after(today - A_SIGN_WITHIN, zone) | progress_after(today - A_SIGN_WITHIN)
    heard |= activity_after(today - A_SIGN_WITHIN, zone)
    on_track = promised(due_on__gte=today) & ~promised(due_on__lt=today)
    return actions.filter(state__in=RUNNING_STATES).exclude(achieving & heard).exclude(on_track)


def began_after(day: date, zone: str | None) -> Q:
    first = first_instant_after(day, zone)
    return Q(committed_at__gte=first) | Q(committed_at=None, created_at__gte=first)


def progress_after(day: date) -> Q:
    told = Update.objects.progress().filter(action=OuterRef("pk"), on__gt=day)
    reached = Milestone.objects.filter(action=OuterRef("pk"), reached_on__gt=day)
    return Q(Exists(told.order_by())) | Q(Exists(reached.order_by()))


def activity_after(day: date, zone: str | None) -> Q:
    """An answer to a follow-up is no progress by itself, and neither is a step that was ticked."""
    first = first_instant_after(day, zone)
    told = Update.objects.filter(action=OuterRef("pk"), on__gt=day)
    ticked = Step.objects.filter(action=OuterRef("pk"), done_at__gte=first)
    found = Q(Exists(told.order_by())) | Q(Exists(ticked.order_by()))
    for way in WAYS:
        to_action = {f"follow_up__commitment__{way}": OuterRef("pk")}
        found |= Q(Exists(Answer.objects.filter(**to_action, answered_at__gte=first)))
    return found


def promised(**due) -> Q:
    found = Q()
    for way in WAYS:
        found |= Q(Exists(Commitment.objects.filter(**{way: OuterRef("pk")}, **due, **ACCEPTED)))
    return found


ACCEPTED = {"state__in": OPEN_STATES, "private": False}


def first_instant_after(day: date, zone: str | None) -> datetime:
    return working_days.instant(day + timedelta(1), 0, zone or timezone.get_current_timezone_name())


def with_signs(actions: QuerySet, today: date) -> QuerySet:
    """Each with what `stall_of_row` reads of it, in the query that reads the actions themselves."""
    told, reached = Update.objects.filter(action=HERE), Milestone.objects.filter(action=HERE)
    answered = {
        f"answered_{number}": latest(Answer.objects.filter(**{f"follow_up__commitment__{way}": HERE}), "answered_at")
        for number, way in enumerate(WAYS)
    }
    return actions.annotate(
        told_on=latest(told, "on"),
        progress_told_on=latest(told.progress(), "on"),
        last_reached_on=latest(reached, "reached_on"),
        ticked_at=latest(Step.objects.filter(action=HERE), "done_at"),
        promise_ahead=ExpressionWrapper(promised(due_on__gte=today), BooleanField()),
        promise_past=ExpressionWrapper(promised(due_on__lt=today), BooleanField()),
        **answered,
    )


HERE = OuterRef("pk")


def latest(rows: QuerySet, when: str) -> Subquery:
    return Subquery(rows.exclude(**{when: None}).order_by(f"-{when}").values(when)[:1])


def stall_of_row(action: ActionItem, today: date) -> Stall | None:
    """Of an action that was loaded `with_signs`."""
    return stall_of(signs_of_row(action), today) if action.is_running else None


def signs_of_row(action: ActionItem) -> Signs:
    done = [action.ticked_at, *(getattr(action, f"answered_{number}") for number in range(len(WAYS)))]
    return Signs(
        began_on=timezone.localdate(action.committed_at or action.created_at),
        progress_on=last(action.progress_told_on, action.last_reached_on),
        activity_on=last(action.told_on, *(timezone.localdate(at) for at in done if at)),
        promise_ahead=action.promise_ahead,
        promise_past=action.promise_past,
    )


def last(*days: date | None) -> date | None:
    return max((day for day in days if day), default=None)


def stalls_of(actions: Iterable[ActionItem], today: date) -> dict[int, Stall]:
    """Of those that are stalled, since when and how; one query for all of them."""
    rows = with_signs(ActionItem.objects.filter(pk__in=[one.pk for one in actions]), today).order_by()
    found = {row.pk: stall_of_row(row, today) for row in rows}
    return {pk: stall for pk, stall in found.items() if stall}
