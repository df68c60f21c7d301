"""More than three questions for one person come as one mail, each answerable by itself; so does what waited while we
were away."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from actions.models import FollowUp
from actions.models.follow_up import DIGEST
from actions.rhythm.rounds import mail_of_the_day
from failforward import outbox
from failforward.accounts import times
from failforward.accounts.models import User
from failforward.outbox.models import Mail, State

MOST_BY_THEMSELVES = 3


def gather(now: datetime, until: datetime) -> None:
    """Called before the mails due by `until` are written: afterwards a mail of several is one more of them."""
    unwritten = Mail.objects.filter(kind="follow_up", state=State.PLANNED, due_at__lte=until, recipient__isnull=False)
    several = unwritten.order_by().values("recipient").annotate(n=Count("pk"), first=Min("due_at")).filter(n__gt=1)
    found = {row["recipient"]: row for row in several}
    for person in User.objects.filter(pk__in=found):
        late = is_late(person, found[person.pk]["first"], now)
        if late or found[person.pk]["n"] > MOST_BY_THEMSELVES:
            fold(person, until, now if late else None)


def is_late(person: User, due_at: datetime, now: datetime) -> bool:
    """Older than the person's next working day."""
    return times.after(person, due_at, 1) < now


@transaction.atomic
def fold(person: User, until: datetime, due_at: datetime | None = None) -> Mail | None:
    """One mail instead of the questions of `person` that are due by `until` and not written yet. It is due with the
    last of them, or at `due_at`."""
    waiting = FollowUp.objects.waiting().filter(
        commitment__person=person, mail__kind="follow_up", mail__state=State.PLANNED, mail__due_at__lte=until
    )
    held = waiting.select_for_update(of=("self",), no_key=True).select_related("mail").order_by("due_at", "pk")
    taken = [one for one in held if outbox.withhold(one.mail, _("Asked in one mail with others."))]
    if not taken:
        return None
    due_at = due_at or max(one.mail.due_at for one in taken)
    mail = mail_of_the_day(DIGEST, person, due_at, taken[0].batch_id)
    FollowUp.objects.filter(pk__in=[one.pk for one in taken]).update(mail=mail)
    return mail


def still_wanted(pk: int | None) -> bool:
    return asked_in(pk).exists()


def asked_in(pk: int | None):
    """The questions of this mail that are still open, in the order of their numbers."""
    return FollowUp.objects.waiting().filter(mail=pk).for_page().order_by("due_at", "pk")
