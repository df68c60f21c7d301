"""Reads what was stored. The row is the truth: a task only hints at it, and the tick finds what a crash left."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from failforward.inbound.models import Gone, InboundMail, State

log = logging.getLogger(__name__)

BATCH = 50
READ_AGAIN_AFTER = timedelta(minutes=5)
# A mail that breaks whoever reads it is looked at by a person instead.
TRIES = 3

Reader = Callable[[InboundMail, datetime], None]
readers: list[Reader] = []


def register(reader: Reader) -> None:
    """The one app that knows what mail means; it ends with `mail.finish(…)` in the transaction of its effect."""
    readers[:] = [reader]


def read_due(now: datetime | None = None) -> int:
    """Reads what waits, the oldest first; answers how many mails were read."""
    now = now or timezone.now()
    read = 0
    while batch := list(InboundMail.objects.to_read(now).values_list("pk", flat=True)[:BATCH]):
        read += sum(read_one(pk, now) for pk in batch)
    return read


def read_one(pk: int, now: datetime) -> bool:
    if not begin(pk, now):
        return False
    mail = InboundMail.objects.get(pk=pk)
    try:
        if mail.attempts > TRIES:
            mail.finish(State.QUARANTINED, "breaks_us", now)
        else:
            readers[0](mail, now)
    except Gone:
        return False
    except Exception:
        log.exception("Inbound mail %s cannot be read", pk)
        return False
    return True


def begin(pk: int, now: datetime) -> bool:
    """Counted and put off before it is read, so that one that kills its reader neither comes at once nor for ever."""
    waiting = InboundMail.objects.filter(pk=pk, state=State.STORED, next_at__lte=now)
    return bool(waiting.update(attempts=F("attempts") + 1, next_at=now + READ_AGAIN_AFTER))
