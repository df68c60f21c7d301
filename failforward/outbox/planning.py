import uuid
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from failforward import bell
from failforward.accounts.models import User
from failforward.outbox import catalogue
from failforward.outbox.models import Mail, State

# From `sending` on a mail may have arrived: it cannot be called back or written anew.
RECALLABLE = [State.PLANNED, State.READY, State.RETRY, State.CLAIMED, State.WITHHELD]


def plan(
    key: str,
    kind: str,
    recipient: User,
    due_at: datetime,
    subject_id: int | None = None,
    batch_id: uuid.UUID | None = None,
) -> Mail:
    """The one mail of this key, made in the caller's transaction: what is to be said later exists from now on."""
    catalogue.find(kind)
    mail, created = Mail.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "recipient": recipient,
            "subject_id": subject_id,
            "due_at": due_at,
            "next_at": due_at,
            "batch_id": batch_id,
        },
    )
    if created:
        ring_when_due(due_at)
    return mail


def replan(mail: Mail, due_at: datetime) -> bool:
    """Writes the mail anew at its new time. False when it is on its way already, or may have arrived."""
    moved = Mail.objects.filter(pk=mail.pk, state__in=RECALLABLE, uncertain=False).update(
        state=State.PLANNED,
        due_at=due_at,
        next_at=due_at,
        body=None,
        lease_token=None,
        last_code=None,
        last_text="",
    )
    if moved:
        ring_when_due(due_at)
    return bool(moved)


def withhold(mail: Mail, why: str) -> bool:
    """Never sends the mail, and says why. False when it is on its way already."""
    held = Mail.objects.filter(pk=mail.pk, state__in=RECALLABLE).update(
        state=State.WITHHELD, last_text=why[:500], lease_token=None
    )
    return bool(held)


def look_again(person: User) -> None:
    """Somebody left, or has another address: what a worker took up for them already is looked at once more. After the
    commit, so that whoever takes it up next sees that they left."""
    taken_up = Mail.objects.filter(recipient=person, state=State.CLAIMED)
    transaction.on_commit(lambda: taken_up.update(state=State.READY, next_at=F("due_at"), lease_token=None))


def ring_when_due(due_at: datetime) -> None:
    """After the commit wakes the queue, once a transaction. Only a hint: the next tick finds the row by itself."""
    if due_at > timezone.now() or any(entry[1] is ring for entry in connection.run_on_commit):
        return
    transaction.on_commit(ring)


def ring() -> None:
    from failforward.outbox.tasks import run_due

    bell.ring(run_due)
