"""What is due and not sent yet, for `/readyz`, `run_due --check` and whoever watches from outside."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from failforward.outbox import channel
from failforward.outbox.catch_up import HELD
from failforward.outbox.glance import LAST_SENT, TICK
from failforward.outbox.models import Channel, Mail, State, Tick
from failforward.outbox.retrying import Stage, Verdict, classify

LATE_SECONDS = 15 * 60
COUNTED = 1000
UNDER_WAY = {
    "in_flight": Count("pk", filter=Q(state__in=[State.CLAIMED, State.SENDING])),
    "uncertain": Count("pk", filter=Q(uncertain=True)),
}


@dataclass(frozen=True)
class Waiting:
    """`in_flight` and `uncertain` are among the due."""

    due: int
    oldest_due_seconds: int
    in_flight: int
    uncertain: int
    last_tick: datetime | None
    last_sent: datetime | None
    # What is overdue since everything was down waits on purpose.
    held_until: datetime | None = None
    # The way out as a whole is shut; `channel.py`.
    paused: Channel | None = None

    @property
    def oldest_due_minutes(self) -> int:
        return self.oldest_due_seconds // 60

    @property
    def is_late(self) -> bool:
        return self.oldest_due_seconds > LATE_SECONDS and not self.held_until


def look(now: datetime) -> Waiting:
    due = Mail.objects.filter(due_at__lte=now)
    # Each of the two reads an index of its own, by its condition word for word: a parameter would hide it from SQLite.
    planned = due.extra(where=["state = 'planned'"])
    written = due.extra(where=["state IN ('ready', 'retry', 'claimed', 'sending')"])
    first, second = (part.aggregate(due=Count("pk"), oldest=Min("due_at"), **UNDER_WAY) for part in (planned, written))
    oldest = min((part["oldest"] for part in (first, second) if part["oldest"]), default=now)
    struck = dict(Tick.objects.filter(name__in=[TICK, LAST_SENT, HELD]).values_list("name", "at"))
    return Waiting(
        due=first["due"] + second["due"],
        oldest_due_seconds=int((now - oldest).total_seconds()),
        in_flight=second["in_flight"],
        uncertain=second["uncertain"],
        last_tick=struck.get(TICK),
        last_sent=struck.get(LAST_SENT),
        held_until=until if (until := struck.get(HELD)) and until > now else None,
        paused=channel.paused(),
    )


def failures() -> list[tuple[str, int]]:
    """What did not arrive and nobody has dealt with, counted by reason, most first."""
    dead = Mail.objects.dead().order_by("-due_at").values_list("state", "last_code", "last_text", "attempts")
    return Counter(reason(*row) for row in dead[:COUNTED]).most_common()


def reason(state: str, code: int | None, text: str, attempts: int) -> str:
    if state == State.BOUNCED:
        return _("came back")
    if code and code >= 500:
        address = classify(code, text, Stage.RECIPIENT) == Verdict.ADDRESS_REFUSED
        return _("address refused") if address else _("mail refused")
    return _("given up after three working days") if attempts else _("could not be written")
