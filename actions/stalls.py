"""Which actions are stalled: `progress.stall_of` asked of many at once, in SQL, and the signs of a few, for words."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from actions.models import ActionItem, Answer, Commitment, Milestone, Step, Update
from actions.models.action_state import RUNNING_STATES
from actions.models.promise import OPEN_STATES
from actions.progress import A_SIGN_WITHIN, PROGRESS_WITHIN, Signs, Stall, stall_of

# The ways from a promise to its action.
WAYS = ["action", "step__action", "milestone__action"]


def stalled(actions: QuerySet, today: date) -> QuerySet:
    """Of proposals nobody is asked anything, and what is claimed done waits for its check: neither stalls."""
    achieving = began_after(today - PROGRESS_WITHIN) | progress_after(today - PROGRESS_WITHIN)
    heard = began_after(today - A_SIGN_WITHIN) | progress_after(today - A_SIGN_WITHIN)
    heard |= activity_after(today - A_SIGN_WITHIN)
    on_track = promised(due_on__gte=today) & ~promised(due_on__lt=today)
    return actions.filter(state__in=RUNNING_STATES).exclude(achieving & heard).exclude(on_track)


def began_after(day: date) -> Q:
    first = first_instant_after(day)
    return Q(committed_at__gte=first) | Q(committed_at=None, created_at__gte=first)


def progress_after(day: date) -> Q:
    told = Update.objects.progress().filter(action=OuterRef("pk"), on__gt=day)
    reached = Milestone.objects.filter(action=OuterRef("pk"), reached_on__gt=day)
    return Q(Exists(told.order_by())) | Q(Exists(reached.order_by()))


def activity_after(day: date) -> Q:
    """An answer to a follow-up is no progress by itself, and neither is a step that was ticked."""
    first = first_instant_after(day)
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


def first_instant_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(1), time.min))


def stalls_of(actions: Iterable[ActionItem], today: date) -> dict[int, Stall]:
    """Of those that are stalled, since when and how; the number of queries does not depend on how many there are."""
    running = [one for one in actions if one.is_running]
    signs = signs_of(running, today) if running else {}
    found = {one.pk: stall_of(signs[one.pk], today) for one in running}
    return {pk: stall for pk, stall in found.items() if stall}


def signs_of(actions: list[ActionItem], today: date) -> dict[int, Signs]:
    pks = [one.pk for one in actions]
    told = Update.objects.filter(action__in=pks)
    reached, ticked = Milestone.objects.filter(action__in=pks), Step.objects.filter(action__in=pks)
    promises = Commitment.objects.filter(on_lists_of(actions, pks)).annotate(of_action=HOME)
    answers = Answer.objects.filter(follow_up__commitment__in=promises.values("pk"))
    answers = answers.annotate(of_action=HOME_OF_ANSWER)
    progress = [latest(told.progress(), "action", "on"), latest(reached, "action", "reached_on")]
    activity = [latest(told, "action", "on"), latest(ticked, "action", "done_at")]
    activity.append(latest(answers, "of_action", "answered_at"))
    ahead, past = set(), set()
    for pk, due_on in promises.filter(**ACCEPTED).order_by().values_list("of_action", "due_on"):
        (ahead if due_on >= today else past).add(pk)
    return {
        one.pk: Signs(
            began_on=timezone.localdate(one.committed_at or one.created_at),
            progress_on=last(progress, one.pk),
            activity_on=last(activity, one.pk),
            promise_ahead=one.pk in ahead,
            promise_past=one.pk in past,
        )
        for one in actions
    }


HOME = Coalesce("action", "step__action", "milestone__action")
HOME_OF_ANSWER = Coalesce(*(f"follow_up__commitment__{way}" for way in WAYS))


def on_lists_of(actions: list[ActionItem], pks: list[int]) -> Q:
    """By the lists first, which an index knows; which of their actions is said by one of three columns."""
    of_them = reduce(or_, (Q(**{f"{way}__in": pks}) for way in WAYS))
    return Q(action_list__in={one.action_list_id for one in actions}) & of_them


def latest(rows: QuerySet, action: str, when: str) -> dict[int, date]:
    found = rows.exclude(**{when: None}).order_by().values_list(action).annotate(last=Max(when))
    return {pk: timezone.localdate(day) if isinstance(day, datetime) else day for pk, day in found}


def last(found: list[dict[int, date]], pk: int) -> date | None:
    return max((days[pk] for days in found if pk in days), default=None)
