"""Whoever is to see whether a fix helped hears of it when its day has come: once for each day it was put off to, at
their hour on a working day, in one mail with all others of that day."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from actions.models import CheckNotice, EffectivenessCheck
from actions.models.check_notice import told_in
from actions.rhythm.daily import next_round
from actions.rhythm.rounds import mail_of_the_day
from failforward import working_days

KIND = "checks_due"


def tell(now: datetime) -> int:
    """Plans what the checkers were not told yet, each hour: a check may also fall due because losses were reviewed, and
    its day may have come while everything was down. Answers for how many."""
    new = [check for check in untold(now) if is_due(check, now)]
    for check in new:
        tell_of(check, now)
    return len(new)


def untold(now: datetime):
    """The day of whoever lives furthest ahead; the others' is looked at one by one."""
    ahead = working_days.local_date(now, "Pacific/Kiritimati")
    told = CheckNotice.objects.filter(check_of=OuterRef("pk"), to=OuterRef("checker"), due_on=OuterRef("due_on"))
    due = EffectivenessCheck.objects.due(ahead).filter(~Exists(told), due_on__isnull=False)
    return due.select_related("checker", "action__team").order_by("pk")


def is_due(check: EffectivenessCheck, now: datetime) -> bool:
    return check.is_due(working_days.local_date(now, check.checker.time_zone))


@transaction.atomic
def tell_of(check: EffectivenessCheck, now: datetime) -> None:
    when = next_round(check.checker, now)
    told = {"mail": mail_of_the_day(KIND, check.checker, when, check.batch_id), "batch_id": check.batch_id}
    CheckNotice.objects.get_or_create(check_of=check, to=check.checker, due_on=check.due_on, defaults=told)


def still_wanted(pk: int | None) -> bool | str:
    return told_in(pk).exists() or _("Nothing of it is to be checked any more.")
