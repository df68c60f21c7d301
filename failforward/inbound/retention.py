"""Forgets the bytes of old mail. What a mail meant stays: the answer, its text, what was sent when."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from failforward.inbound.models import InboundMail, State
from failforward.outbox.backend import KIND as WRITTEN_ALREADY
from failforward.outbox.models import DEAD, CapturedMail, Mail, Tick
from failforward.outbox.models import State as MailState

DONE = "mail forgotten"
ONCE_IN = timedelta(days=1)
BATCH = 500
# What is left is found at the next ring.
LONGEST_RUN_SECONDS = 30


def forget_due(now: datetime) -> int:
    """Once a day, however often it is rung for."""
    if Tick.objects.filter(name=DONE, at__gt=now - ONCE_IN, at__lte=now).exists():
        return 0
    until = time.monotonic() + LONGEST_RUN_SECONDS
    before = now - timedelta(days=settings.KEEP_MAIL_DAYS)
    forgotten = empty(received(before), "raw", until) + empty(sent(before), "body", until)
    forgotten += throw_away(CapturedMail.objects.filter(captured_at__lt=before), until)
    if time.monotonic() < until:
        Tick.objects.update_or_create(name=DONE, defaults={"at": now})
    return forgotten


def received(before: datetime) -> QuerySet[InboundMail]:
    """Not what a person has yet to look at, or nobody has read."""
    settled = [State.APPLIED, State.NOTE, State.IGNORED]
    return InboundMail.objects.filter(received_at__lt=before, state__in=settled, raw__isnull=False)


def sent(before: datetime) -> QuerySet[Mail]:
    """Not what may go out again as it was, nor what is needed to understand a reply that waits."""
    waits = InboundMail.objects.filter(answers=OuterRef("pk"), state__in=[State.STORED, State.HELD])
    over = Q(state=MailState.SENT, sent_at__lt=before) | Q(state__in=DEAD, dropped_at__lt=before)
    over |= Q(state=MailState.WITHHELD) & ~Q(kind=WRITTEN_ALREADY)
    return Mail.objects.filter(over, ~Exists(waits), due_at__lt=before, body__isnull=False)


def empty(rows: QuerySet, field: str, until: float) -> int:
    """In short transactions, one walk along the primary key."""
    return sum(rows.filter(pk__in=batch).update(**{field: None}) for batch in batches(rows, until))


def throw_away(rows: QuerySet, until: float) -> int:
    return sum(rows.filter(pk__in=batch).delete()[0] for batch in batches(rows, until))


def batches(rows: QuerySet, until: float) -> Iterator[list[int]]:
    last = 0
    while time.monotonic() < until:
        batch = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]
