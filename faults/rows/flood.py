"""More mail in one minute than in a year."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from faults.crew import children
from faults.registry import fault
from faults.table import Result
from faults.world import World

# By the database itself: a million rows are made in seconds. Spread over everybody, as they are in life: what the
# database believes of its tables decides how it looks into them.
SCHEDULE = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %(count)s)
    INSERT INTO outbox_mail (key, kind, subject_id, recipient_id, address, state, due_at, next_at, attempts, uncertain,
        last_text, message_id, created_at)
    SELECT 'later:' || n, 'follow_up', 1000000000 + n, %(first)s + n %% %(people)s, '', 'planned', %(due)s, %(due)s, 0,
        FALSE, '', '', %(due)s
    FROM numbers
"""
DUE, SCHEDULED, PEOPLE = 10_000, 1_000_000, 5_000
MOST_SECONDS, MOST_MILLISECONDS, MOST_GROWTH = 15 * 60, 20, 1.15


@fault(22, "10,000 due in a minute, a million scheduled", minutes=45, settings={"SEND_LEASE_SECONDS": "900"})
def flood(world: World) -> Iterator[Result]:
    more_people(PEOPLE)
    schedule(SCHEDULED)
    settle()
    world.promise(DUE, people=PEOPLE, shares=(2,))
    began = time.monotonic()
    write_all()
    writing = DUE / (time.monotonic() - began)
    settle()
    milliseconds = claims()
    world.start()
    began, sizes = time.monotonic(), []
    world.wait(lambda: is_over(world, sizes), MOST_SECONDS + 60, "the end of the flood")
    seconds = time.monotonic() - began
    result = world.judge(injected=DUE)
    growth, median = max(sizes) / sizes[0], statistics.median(milliseconds)
    result.notes.append(
        f"{writing:.0f} written/s, sent in {seconds:.0f} s, {DUE / seconds:.0f} mails/s, claim {median:.1f} ms "
        f"(longest of {len(milliseconds)}: {max(milliseconds):.1f}), {max(sizes):.0f} MB, grew by {growth - 1:.0%}"
    )
    if seconds > MOST_SECONDS or median > MOST_MILLISECONDS or growth > MOST_GROWTH:
        result.wrong.append("slower or bigger than it may be")
    yield result


def more_people(number: int) -> None:
    from failforward.accounts.models import User

    times = {"time_zone": "UTC", "ask_hour": 0, "work_days": "1234567", "password": "!"}
    there = User.objects.filter(name__startswith="Person").count()
    names = range(there, number)
    made = [User(email=f"p{one}@firm.internal", name=f"Person {one}", **times) for one in names]
    User.objects.bulk_create(made, batch_size=500)


def schedule(number: int) -> None:
    from datetime import timedelta

    from django.db import connection

    from failforward.accounts.models import User
    from failforward.outbox.claiming import stored
    from failforward.outbox.clock import database_now

    first, people = User.objects.order_by("pk").first().pk, User.objects.count()
    values = {"count": number, "first": first, "people": people, "due": stored(database_now() + timedelta(days=365))}
    with connection.cursor() as cursor:
        cursor.execute(SCHEDULE, values)


def write_all() -> None:
    """As the tick before does for what is due within ten minutes; only sending is measured."""
    from failforward.outbox.clock import database_now
    from failforward.outbox.rendering import render_due

    while render_due(database_now()):
        pass


def settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_mail" if connection.vendor == "sqlite" else "VACUUM ANALYZE outbox_mail")


def claims() -> list[float]:
    """Milliseconds of claims that are taken back."""
    from django.db import transaction

    from failforward.outbox.claiming import claim
    from failforward.outbox.clock import database_now

    seen = []
    for _time in range(20):
        now = database_now()
        with transaction.atomic():
            began = time.perf_counter()
            taken = claim(now)
            seen.append((time.perf_counter() - began) * 1000)
            transaction.set_rollback(True)
        if len(taken) != 20:
            raise RuntimeError(f"{len(taken)} mails claimed")
    return seen


def is_over(world: World, sizes: list[float]) -> bool:
    """Notes how many megabytes our processes take together, once all of them are well at work."""
    left = world.unsent()
    if left < DUE * 3 / 4:
        pids = [pid for program in world.workers() for one in program.pids for pid in (one, *children(one))]
        sizes.append(sum(map(megabytes, set(pids))))
    time.sleep(0.5)
    return not left


def megabytes(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/smaps_rollup").read_text().split("Pss:")[1].split()[0]) / 1024
    except OSError:
        return 0
