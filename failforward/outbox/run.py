"""The clock's work on mail, done once: write what is due soon, claim what is due, hand it over.

Idempotent: two schedulers, none, or cron give the same result, because the claim decides.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from failforward import ending
from failforward.outbox import catalogue, catch_up, channel, crash
from failforward.outbox.claiming import cap_waits, claim, stored
from failforward.outbox.clock import Clock
from failforward.outbox.glance import LAST_SENT, TICK, Glance
from failforward.outbox.models import State
from failforward.outbox.rendering import render_due
from failforward.outbox.sending import Sender
from failforward.outbox.transports import Post

log = logging.getLogger(__name__)

# Well within the ten minutes a task may take; what is left is due at the next ring.
LONGEST_RUN_SECONDS = 240
# So many that could not be written for want of the database: the rest would do no better now.
MOST_LEFT = 20
CLOCKS_MAY_DIFFER_SECONDS = 60
# `/readyz` takes no notice before a quarter of an hour, and a write costs as much as a hundred looks.
STRIKE_EVERY = timedelta(minutes=3)
STRIKE = {
    # The last strike may be lost with the power: alone of all we write, it need not wait for the disk.
    "postgresql": """
        WITH lightly AS (SELECT set_config('synchronous_commit', 'off', true))
        INSERT INTO outbox_tick (name, at) SELECT %(name)s, %(at)s FROM lightly
        ON CONFLICT (name) DO UPDATE SET at = excluded.at
    """,
    "sqlite": """
        INSERT INTO outbox_tick (name, at) VALUES (%(name)s, %(at)s)
        ON CONFLICT (name) DO UPDATE SET at = excluded.at
    """,
}

sending, more_to_send = threading.Lock(), threading.Event()


@dataclass(frozen=True)
class Done:
    sent: int = 0
    failed: int = 0


def run_due(now: datetime | None = None) -> Done:
    """`now` takes the place of the database's clock, for tests and for looking ahead."""
    seen = Glance.take()
    if now is None and abs((seen.now - timezone.now()).total_seconds()) > CLOCKS_MAY_DIFFER_SECONDS:
        log.error("The clocks of this machine and of the database differ by more than a minute; not sending.")
        return Done()
    done = work(seen, now)
    if done.sent:
        strike(Clock.read().base, LAST_SENT)
    struck = seen.clock(None).now()
    if seen.struck_at is None or abs(struck - seen.struck_at) > STRIKE_EVERY:
        strike(struck)
    return done


def work(seen: Glance, now: datetime | None) -> Done:
    clock, until = seen.clock(now), time.monotonic() + LONGEST_RUN_SECONDS
    if now is None:
        if catch_up.notice(seen.struck_at, seen.now):
            strike(seen.now)
        if seen.something_waits_too_long:
            cap_waits(clock.now())
    is_to_write = seen.is_to_write(clock.now()) and not catch_up.held_until(clock.now())
    unwritten = render_all(clock, until) if is_to_write else 0
    if not is_to_write and not seen.something_waits_too_long and not seen.is_to_claim(clock.now()):
        return Done()
    done = send_all(now, until)
    return Done(done.sent, done.failed + unwritten)


def render_all(clock: Clock, until: float) -> int:
    failed = 0
    for gather in catalogue.before_writing:
        gather(clock.now(), clock.later(settings.RENDER_AHEAD_SECONDS))
    left: set[int] = set()
    while time.monotonic() < until and not ending.is_told() and (batch := render_due(clock.now(), left)):
        failed += sum(row.state == State.FAILED for row in batch)
        left |= {row.pk for row in batch if row.state == State.PLANNED}
        if len(left) >= MOST_LEFT:
            break
    return failed


def send_all(now: datetime | None, until: float) -> Done:
    """One sender in a process, though several threads may come: killed, it leaves one mail at most of which nobody
    noted the 250. Who finds it busy leaves word, so that what they came for goes out as well."""
    more_to_send.set()
    done = Done()
    while more_to_send.is_set() and sending.acquire(blocking=False):
        try:
            more_to_send.clear()
            now_done = send_batches(now, until)
            done = Done(done.sent + now_done.sent, done.failed + now_done.failed)
        finally:
            sending.release()
    return done


def send_batches(now: datetime | None, until: float) -> Done:
    post = Post()
    sent = failed = 0
    try:
        if not channel.is_open(Clock.read(now).base, post.probe):
            return Done()
        while time.monotonic() < until and not ending.is_told():
            # Read anew for each batch: the monotonic clock stands still while a machine sleeps.
            clock = Clock.read(now)
            rows = claim(clock.base)
            if not rows:
                break
            crash.point("after_claim", rows[0].id)
            sender = Sender(post, clock)
            sender.send(rows)
            sent, failed = sent + sender.sent, failed + sender.failed
            if sender.is_stopped:
                break
    finally:
        post.close()
    if sent:
        channel.open_again()
    return Done(sent, failed)


def strike(now: datetime, name: str = TICK) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STRIKE[connection.vendor], {"name": name, "at": stored(now)})
