"""One look at the database a tick: what time it is there, and whether there is anything to do at all."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import connection

from failforward.outbox.clock import Clock

TICK = "run_due"
LAST_SENT = "sent"
# Each part reads the first entry of an index, by the index's condition word for word: a parameter would hide it from
# SQLite. So a look costs the same whatever lies ahead.
FIRST = """
    SELECT {now},
        (SELECT due_at FROM outbox_mail WHERE state = 'planned' ORDER BY due_at LIMIT 1),
        (SELECT next_at FROM outbox_mail WHERE state IN ('ready', 'retry', 'claimed', 'sending')
            ORDER BY next_at LIMIT 1),
        EXISTS (SELECT 1 FROM outbox_mail WHERE state IN ('ready', 'retry', 'claimed', 'sending')
            AND next_at > {lease_ends}
            AND (state IN ('claimed', 'sending') OR next_at > {tomorrow} AND due_at <= {now})),
        (SELECT at FROM outbox_tick WHERE name = %s)
"""
SQL = {
    "postgresql": FIRST.format(
        now="statement_timestamp()",
        lease_ends="statement_timestamp() + %s * interval '1 second'",
        tomorrow="statement_timestamp() + interval '1 day'",
    ),
    "sqlite": FIRST.format(
        now="strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
        lease_ends="strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds')",
        tomorrow="strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '1 day')",
    ),
}


@dataclass(frozen=True)
class Glance:
    now: datetime
    first_planned: datetime | None
    first_to_claim: datetime | None
    something_waits_too_long: bool
    struck_at: datetime | None
    read_at: float

    @classmethod
    def take(cls) -> Self:
        with connection.cursor() as cursor:
            cursor.execute(SQL[connection.vendor], [settings.SEND_LEASE_SECONDS, TICK])
            now, planned, to_claim, too_long, struck = cursor.fetchone()
        return cls(instant(now), instant(planned), instant(to_claim), bool(too_long), instant(struck), time.monotonic())

    def clock(self, now: datetime | None) -> Clock:
        return Clock(now or self.now, self.read_at)

    def is_to_write(self, now: datetime) -> bool:
        until = now + timedelta(seconds=settings.RENDER_AHEAD_SECONDS)
        return self.first_planned is not None and self.first_planned <= until

    def is_to_claim(self, now: datetime) -> bool:
        return self.first_to_claim is not None and self.first_to_claim <= now


def instant(found: datetime | str | None) -> datetime | None:
    """SQLite keeps instants as text in UTC, without saying so."""
    read = datetime.fromisoformat(found) if isinstance(found, str) else found
    return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read
