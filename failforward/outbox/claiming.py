"""Takes due rows for one worker. The lease moves `next_at`, so claimed rows leave the front of the index."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

BATCH = 20
# Found in `sending` after its lease: its worker died between handing over and noting it, so it may have arrived.
CLAIM = {
    # MATERIALIZED: a plain IN (SELECT …) may run again and take more rows than the limit.
    "postgresql": """
        WITH due AS MATERIALIZED (
            SELECT id FROM outbox_mail
            WHERE state IN ('ready', 'retry', 'claimed', 'sending') AND next_at <= %(now)s
            ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        )
        UPDATE outbox_mail AS mail
        SET uncertain = mail.uncertain OR mail.state = 'sending',
            state = 'claimed', lease_token = %(token)s, next_at = %(lease_ends)s
        FROM due WHERE mail.id = due.id
        RETURNING mail.id, kind, subject_id, recipient_id, address, due_at, attempts, uncertain, message_id,
            body, batch_id, lease_token
    """,
    # BEGIN IMMEDIATE keeps every other writer out, so there is nothing to skip.
    "sqlite": """
        UPDATE outbox_mail
        SET uncertain = uncertain OR state = 'sending',
            state = 'claimed', lease_token = %(token)s, next_at = %(lease_ends)s
        WHERE id IN (
            SELECT id FROM outbox_mail
            WHERE state IN ('ready', 'retry', 'claimed', 'sending') AND next_at <= %(now)s
            ORDER BY next_at LIMIT %(limit)s
        )
        RETURNING id, kind, subject_id, recipient_id, address, due_at, attempts, uncertain, message_id,
            body, batch_id, lease_token
    """,
}


@dataclass(slots=True)
class Claimed:
    id: int
    kind: str
    subject_id: int | None
    recipient_id: int | None
    address: str
    due_at: datetime | str
    attempts: int
    uncertain: bool
    message_id: str
    body: bytes
    batch_id: uuid.UUID | str | None
    lease_token: uuid.UUID | str


def claim(now: datetime, limit: int = BATCH) -> list[Claimed]:
    """At most `limit` due rows, oldest first; nobody else gets them before their lease ends."""
    token = uuid.uuid4()
    values = {
        "now": stored(now),
        "lease_ends": stored(now + timedelta(seconds=settings.SEND_LEASE_SECONDS)),
        "limit": limit,
        "token": token if connection.features.has_native_uuid_field else token.hex,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM[connection.vendor], values)
        # To the end and inside the transaction: on SQLite a row not fetched keeps every other writer out.
        rows = [Claimed(*row) for row in cursor.fetchall()]
    for row in rows:
        row.body = bytes(row.body)  # PostgreSQL's driver gives a view of it.
    return sorted(rows, key=lambda row: (row.due_at, row.id))


def cap_waits(now: datetime) -> None:
    """After the database's clock was set back, leases and next tries lie far ahead. No lease may last longer than one
    from now, and nothing that is due waits for more than a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            # The first list is the index's own condition, word for word: without it SQLite reads the whole table.
            """UPDATE outbox_mail
               SET next_at = CASE WHEN state IN ('claimed', 'sending') THEN %(end)s ELSE %(now)s END
               WHERE state IN ('ready', 'retry', 'claimed', 'sending') AND next_at > %(end)s
                   AND (state IN ('claimed', 'sending') OR next_at > %(tomorrow)s AND due_at <= %(now)s)""",
            {
                "now": stored(now),
                "end": stored(now + timedelta(seconds=settings.SEND_LEASE_SECONDS)),
                "tomorrow": stored(now + timedelta(days=1)),
            },
        )


def stored(instant: datetime) -> datetime | str:
    return connection.ops.adapt_datetimefield_value(instant)
