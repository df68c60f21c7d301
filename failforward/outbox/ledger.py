"""Notes what happens to a claimed mail. Every note is fenced: it counts only while the lease is the writer's own."""

from datetime import datetime
from weakref import WeakSet

from django.conf import settings
from django.db import connection, transaction

from failforward.outbox.claiming import Claimed, stored
from failforward.outbox.clock import Clock
from failforward.outbox.models import Mail, MailAttempt, State
from failforward.outbox.transports import Outcome, Reply

# One statement, one round trip, one commit: "sent" of the last mail and "sending" of the next. Prepared once a
# connection, because planning it takes as long as doing it; both mails by one UPDATE, because making ready for one (its
# indexes, its checks) takes longer than changing a row.
PREPARE = """
    PREPARE outbox_turn (timestamptz, timestamptz, uuid, bigint, smallint, smallint, text, bigint) AS
    WITH turned AS (
        UPDATE outbox_mail SET
            state = CASE WHEN id = $4 THEN 'sent' ELSE 'sending' END,
            sent_at = CASE WHEN id = $4 THEN $1 ELSE sent_at END,
            last_code = CASE WHEN id = $4 THEN $6 ELSE last_code END,
            last_text = CASE WHEN id = $4 THEN $7 ELSE last_text END,
            lease_token = CASE WHEN id = $4 THEN NULL ELSE lease_token END,
            attempts = CASE WHEN id = $4 THEN attempts ELSE attempts + 1 END,
            sending_started_at = CASE WHEN id = $4 THEN sending_started_at ELSE $1 END,
            next_at = CASE WHEN id = $4 THEN next_at ELSE $2 END
        WHERE id IN ($4, $8) AND lease_token = $3
        RETURNING id, attempts, uncertain
    ), told AS (
        UPDATE outbox_mailattempt SET finished_at = $1, code = $6, text = $7
        WHERE mail_id = $4 AND number = $5 AND EXISTS (SELECT FROM turned WHERE id = $4)
    ), tried AS (
        INSERT INTO outbox_mailattempt (mail_id, number, started_at, text, may_be_second)
        SELECT id, attempts, $1, '', uncertain FROM turned WHERE id = $8
    )
    SELECT id FROM turned
"""
TURN = """
    EXECUTE outbox_turn (%(now)s, %(lease_ends)s, %(token)s, %(last)s, %(last_number)s, %(code)s, %(text)s, %(next)s)
"""
prepared: WeakSet = WeakSet()
BLANK = dict.fromkeys(["last", "last_number", "code", "text", "next", "number", "may_be_second"])


# SQLite changes no data inside WITH; there is no round trip to save either.
SENT = """
    UPDATE outbox_mail
    SET state = 'sent', sent_at = %(now)s, last_code = %(code)s, last_text = %(text)s, lease_token = NULL
    WHERE id = %(last)s AND lease_token = %(token)s
"""
TOLD = """
    UPDATE outbox_mailattempt SET finished_at = %(now)s, code = %(code)s, text = %(text)s
    WHERE mail_id = %(last)s AND number = %(last_number)s
"""
BEGUN = """
    UPDATE outbox_mail
    SET state = 'sending', attempts = %(number)s, sending_started_at = %(now)s, next_at = %(lease_ends)s
    WHERE id = %(next)s AND lease_token = %(token)s
"""
TRIED = """
    INSERT INTO outbox_mailattempt (mail_id, number, started_at, text, may_be_second)
    VALUES (%(next)s, %(number)s, %(now)s, '', %(may_be_second)s)
"""


def turn(accepted: tuple[Claimed, Reply] | None, upcoming: Claimed | None, clock: Clock) -> tuple[bool, bool]:
    """Notes the accepted mail as sent and begins the try of the upcoming one, in one commit. Both are of one claim.

    Answers of both whether they were still ours: a worker that slept past its lease has lost them.
    """
    values = BLANK | {"now": stored(clock.now()), "lease_ends": stored(clock.later(settings.SEND_LEASE_SECONDS))}
    if accepted:
        last, reply = accepted
        values |= {"token": last.lease_token, "last": last.id, "last_number": last.attempts}
        values |= {"code": reply.code, "text": reply.text[:500]}
    if upcoming:
        values |= {"token": upcoming.lease_token, "next": upcoming.id, "number": upcoming.attempts + 1}
        values["may_be_second"] = upcoming.uncertain
    with connection.cursor() as cursor:
        noted, begun = at_once(cursor, values) if connection.vendor == "postgresql" else by_steps(cursor, values)
    if begun:
        upcoming.attempts += 1
    return noted, begun


def at_once(cursor, values: dict) -> tuple[bool, bool]:
    if connection.connection not in prepared:
        cursor.execute(PREPARE)
        prepared.add(connection.connection)
    cursor.execute(TURN, values)
    turned = {pk for (pk,) in cursor.fetchall()}
    return values["last"] in turned, values["next"] in turned


def by_steps(cursor, values: dict) -> tuple[bool, bool]:
    noted = begun = False
    with transaction.atomic():
        if values["last"]:
            cursor.execute(SENT, values)
            if noted := cursor.rowcount == 1:
                cursor.execute(TOLD, values)
        if values["next"]:
            cursor.execute(BEGUN, values)
            if begun := cursor.rowcount == 1:
                cursor.execute(TRIED, values)
    return noted, begun


def settle(row: Claimed, reply: Reply, clock: Clock, state: State, next_at: datetime | None = None, **more) -> bool:
    """A try that did not end in "sent": what the row becomes, and what the try heard."""
    text = reply.text[:500]
    with transaction.atomic():
        if not change(row, state, next_at or clock.now(), last_code=reply.code, last_text=text, **more):
            return False
        # Without an end the try counts as one of which nobody knows whether it arrived.
        finished_at = None if reply.outcome == Outcome.UNKNOWN else clock.now()
        attempt = MailAttempt.objects.filter(mail=row.id, number=row.attempts)
        attempt.update(finished_at=finished_at, code=reply.code, text=text)
    return True


def give_back(rows: list[Claimed], at: datetime) -> None:
    """As if they had never been taken up; those that are lost to another worker stay with it."""
    for row in rows:
        change(row, State.RETRY if row.attempts else State.READY, at)


def take_back_try(row: Claimed, at: datetime) -> None:
    """The try that was begun was none: nothing about this mail was said."""
    row.attempts -= 1
    with transaction.atomic():
        if change(row, State.RETRY if row.attempts else State.READY, at, attempts=row.attempts):
            MailAttempt.objects.filter(mail=row.id, number=row.attempts + 1).delete()


def change(row: Claimed, state: State, next_at: datetime, **fields) -> bool:
    owned = Mail.objects.filter(pk=row.id, lease_token=row.lease_token)
    return bool(owned.update(state=state, next_at=next_at, lease_token=None, **fields))
