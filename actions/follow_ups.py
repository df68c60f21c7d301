"""Who is asked, and when. Each question exists before its time; nothing here builds a mail."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.models import Commitment, FollowUp
from actions.models.follow_up import FollowUpQuerySet, State
from actions.models.promise import OPEN_STATES
from actions.models.promise import State as PromiseState
from failforward import outbox
from failforward.accounts.models import User

log = logging.getLogger(__name__)

ASKED = ["pk", "state", "commitment__state"]
MENDED_AHEAD = timedelta(days=2)
MENDED_AT_ONCE = 200


def plan_next(commitment: Commitment, now: datetime | None = None) -> FollowUp:
    """The question after this one, in the transaction of what causes it; twice is once."""
    return FollowUp.plan(commitment, commitment.due_on, now or timezone.now())


def due_for(user: User, now: datetime) -> FollowUpQuerySet:
    """What `user` is asked by now and has not answered, oldest first."""
    return FollowUp.objects.due(now).filter(commitment__person=user.pk).for_page().order_by("due_at", "pk")


def waiting_for(commitment: Commitment) -> FollowUp | None:
    """The question that is open or lies ahead; there is at most one."""
    return commitment.follow_ups.waiting().for_page().order_by("-occurrence").first()


def last_answered(commitment: Commitment) -> FollowUp | None:
    return commitment.follow_ups.answered().for_page().order_by("-occurrence").first()


def send_new_link(follow_up: FollowUp, now: datetime) -> None:
    """For whoever holds a link that no longer works: the same question once more, at most one mail a day, and only
    ever to the person's own address."""
    person = follow_up.commitment.person
    key = f"followup:{follow_up.pk}:again:{now:%Y%m%d}"
    with transaction.atomic():
        outbox.plan(key, "follow_up", person, now, subject_id=follow_up.pk, batch_id=follow_up.batch_id)


def ask_at(follow_up: FollowUp, when: datetime) -> bool:
    """Puts the question at another instant of its own, for instance now. False when it was put already."""
    with transaction.atomic():
        if not outbox.replan(follow_up.mail, when):
            return False
        follow_up.due_at = when
        follow_up.save(update_fields=["due_at"])
    return True


def still_wanted(pk: int | None) -> bool | str:
    """Asked again right before the mail goes out."""
    return settled([pk]).get(pk, True)


def settled(pks: list[int]) -> dict[int, str]:
    """Of these questions, why each that is not to be asked any more is not."""
    asked = {pk: states for pk, *states in FollowUp.objects.filter(pk__in=pks).values_list(*ASKED)}
    reasons = {pk: why_settled(*asked.get(pk, (None, None))) for pk in pks}
    return {pk: why for pk, why in reasons.items() if why}


def why_settled(state: str | None, promise: str | None) -> str:
    if state != State.PLANNED:
        return _("It was answered or settled before it was asked.")
    if promise in OPEN_STATES:
        return ""
    return _("The commitment is %(state)s.") % {"state": PromiseState(promise).label}


def mend(now: datetime) -> int:
    """Plans what an open commitment lacks. Nothing ever should be missing, so each is logged as a fault.

    Looks at what is due soon or already: what lies farther ahead is found in time on a later day.
    """
    lacking = Commitment.objects.without_question().filter(due_on__lte=(now + MENDED_AHEAD).date())
    found = list(lacking.order_by("due_on").values_list("pk", flat=True)[:MENDED_AT_ONCE])
    return sum(mend_one(pk, now) for pk in found)


def mend_one(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        commitment = Commitment.objects.select_for_update(no_key=True).get(pk=pk)
        if not commitment.is_open or commitment.follow_ups.waiting().exists():
            return False
        log.error("Commitment %s had no question ahead", pk)
        plan_next(commitment, now)
    return True
