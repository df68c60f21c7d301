"""What is due and not sent yet, for `/readyz`, `run_due --check` and whoever watches from outside."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from failforward.outbox.models import CLAIMABLE, Mail, State, Tick
from failforward.outbox.run import TICK

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
    # Each of the two has an index of its own; asked in one question neither is used.
    found = [
        Mail.objects.filter(state__in=states, due_at__lte=now).aggregate(due=Count("pk"), oldest=Min("due_at"))
        for states in ([State.PLANNED], CLAIMABLE)
    ]
    oldest = min((part["oldest"] for part in found if part["oldest"]), default=now)
    return Waiting(
        due=sum(part["due"] for part in found),
        oldest_due_seconds=int((now - oldest).total_seconds()),
        last_tick=Tick.objects.filter(name=TICK).values_list("at", flat=True).first(),
    )
