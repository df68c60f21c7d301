"""What is due and not sent yet, for `/readyz`, `run_due --check` and whoever watches from outside."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from failforward.outbox.glance import TICK
from failforward.outbox.models import Mail, Tick

LATE_SECONDS = 15 * 60


@dataclass(frozen=True)
class Waiting:
    due: int
    oldest_due_seconds: int
    last_tick: datetime | None

    @property
    def is_late(self) -> bool:
        return self.oldest_due_seconds > LATE_SECONDS


def look(now: datetime) -> Waiting:
    due = Mail.objects.filter(due_at__lte=now)
    # Each of the two reads an index of its own, by its condition word for word: a parameter would hide it from SQLite.
    planned = due.extra(where=["state = 'planned'"])
    written = due.extra(where=["state IN ('ready', 'retry', 'claimed', 'sending')"])
    found = [part.aggregate(due=Count("pk"), oldest=Min("due_at")) for part in (planned, written)]
    oldest = min((part["oldest"] for part in found if part["oldest"]), default=now)
    return Waiting(
        due=sum(part["due"] for part in found),
        oldest_due_seconds=int((now - oldest).total_seconds()),
        last_tick=Tick.objects.filter(name=TICK).values_list("at", flat=True).first(),
    )
