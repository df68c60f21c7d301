"""Whoever is to see whether a fix helped hears of it when its day has come: once for each day it was put off to, at
their hour on a working day."""

from datetime import datetime

from django.utils.translation import gettext as _

from actions.models import EffectivenessCheck
from actions.models.check import DUE_MAIL
from actions.rhythm.daily import next_round
from failforward import outbox, working_days
from failforward.outbox.models import Mail


def tell(now: datetime) -> int:
    """Plans what the checkers were not told yet, each hour: a check may also fall due because losses were reviewed, and
    its day may have come while everything was down. Answers for how many."""
    due = [check for check in found(now) if is_due(check, now)]
    told = set(Mail.objects.filter(key__in=map(key, due)).values_list("key", flat=True))
    new = [check for check in due if key(check) not in told]
    for check in new:
        outbox.plan(key(check), DUE_MAIL, check.checker, next_round(check.checker, now), check.pk, check.batch_id)
    return len(new)


def found(now: datetime):
    """The day of whoever lives furthest ahead; the others' is looked at one by one."""
    ahead = working_days.local_date(now, "Pacific/Kiritimati")
    return EffectivenessCheck.objects.due(ahead).select_related("checker", "action__team").order_by("pk")


def is_due(check: EffectivenessCheck, now: datetime) -> bool:
    return check.is_due(working_days.local_date(now, check.checker.time_zone))


def key(check: EffectivenessCheck) -> str:
    return f"{DUE_MAIL}:{check.pk}:{check.checker_id}:{check.due_on}"


def still_wanted(pk: int | None) -> bool | str:
    waits = EffectivenessCheck.objects.still_open().filter(pk=pk, due_on__isnull=False)
    return waits.exists() or _("It is no longer to be checked.")
