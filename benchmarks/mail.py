"""M1: mails a second from written rows against a bare smtplib loop. M2: a tick with nothing due."""

import json
import multiprocessing
import smtplib
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from benchmarks import databases, sinks
from benchmarks.table import Row

# So many that the start of two processes is no part of the figure.
MAILS = 2000
ROUNDS = 3
SCHEDULED = (10_000, 1_000_000)
SPELLS = 15
fork = multiprocessing.get_context("fork")


def main() -> list[Row]:
    rows = []
    for name, database in databases.DATABASES.items():
        with database() as environment, sinks.running("aiosmtpd") as port, sinks.running("bare") as bare:
            seen = databases.run("benchmarks.mail", environment, str(port), str(bare))
        rows += sending(f"{name}, aiosmtpd", seen["aiosmtpd"], name == "postgresql")
        rows += sending(f"{name}, bare server", seen["bare"], name == "postgresql")
        rows += idling(name, seen)
    return rows


def sending(where: str, seen: dict, goal: bool) -> list[Row]:
    """A mail server that does nothing at all is shown beside: against it one commit alone takes as long as a mail."""
    one, two, raw, raw_two = seen["one"], seen["two"], seen["raw"], seen["raw_two"]
    per_second = "{:.0f} mails/s".format
    return [
        Row(
            f"sending, 1 process, {where}",
            per_second(one),
            f"raw SMTP {per_second(raw)}",
            one / raw,
            "≥ 0.40 × raw" if goal else "",
            one / raw >= 0.4 if goal else None,
        ),
        Row(
            f"sending, 2 processes, {where}",
            per_second(two),
            # What a second process is worth on this machine, whoever sends.
            f"raw SMTP {per_second(raw_two)}, {raw_two / raw:.2f} × raw with one",
            two / one,
            "≥ 1.50 × ours with one" if goal else "",
            two / one >= 1.5 if goal else None,
        ),
    ]


def idling(database: str, seen: dict) -> list[Row]:
    few, many = seen["idle"]
    figure = f"{many:.2f} ms with {SCHEDULED[1]:,} scheduled"
    limit = f"{few:.2f} ms with {SCHEDULED[0]:,}"
    return [
        Row(f"writing mails, {database}", f"{seen['writing']:.0f} mails/s", "", None, "", None),
        Row(f"idle tick, {database}", figure, limit, many / few, "≤ 1 ms, ≤ 1.20", many <= 1 and many / few <= 1.2),
        Row(f"noting the stroke, {database}", f"{seen['stroke']:.2f} ms", "every third minute", None, "", None),
    ]


def inside(ports: dict[str, int]) -> dict:
    import django

    django.setup()
    body = prepare()
    seen = {"writing": writing(), "idle": idle(), "stroke": stroke()}
    return seen | {sink: best_of(port, body) for sink, port in ports.items()}


def best_of(port: int, body: bytes) -> dict[str, float]:
    """The best of each: whatever else runs on this machine only slows down."""
    from django.conf import settings

    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}
    rounds = [one_round(port, body) for _ in range(ROUNDS)]
    return {name: max(found[name] for found in rounds) for name in rounds[0]}


def prepare() -> bytes:
    """Empty tables, one person, and a message as a follow-up has it."""
    from django.conf import settings
    from django.core.management import call_command

    from failforward import mail, testing
    from failforward.outbox.tests import note

    settings.TEMPLATES[0]["DIRS"].append(note.TEMPLATES)
    note.register()
    note.texts[None] = "Try the demo unit with the three gateways our buyers use most. " * 20
    call_command("migrate", verbosity=0)
    person = testing.person("Anna Berg", email="anna@firm.internal")
    context = {"subject_line": "How did it go?", "text": note.texts[None], "name": "Anna"}
    message = mail.Message("note", context, person.email, person.name, "Jonas Weil")
    return mail.build(message, "<0@failforward.example>", datetime.now(UTC))


def one_round(port: int, body: bytes) -> dict[str, float]:
    """All four in turn, so that a neighbour on this machine disturbs them alike."""
    return {
        "raw": MAILS / timed(lambda: raw(port, body, MAILS)),
        "one": MAILS / timed(drain, before=lambda: ready(body)),
        "raw_two": MAILS / timed(lambda: together(lambda: raw(port, body, MAILS // 2))),
        "two": MAILS / timed(lambda: together(drain), before=lambda: ready(body)),
    }


def timed(work, before=lambda: None) -> float:
    before()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def together(work) -> None:
    from django.db import connections

    connections.close_all()
    workers = [fork.Process(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def raw(port: int, body: bytes, count: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for _ in range(count):
            smtp.sendmail("ask@failforward.example", "anna@firm.internal", body)


def drain() -> None:
    from failforward.outbox import run_due
    from failforward.outbox.models import Mail, State

    run_due()
    if multiprocessing.parent_process() is None and Mail.objects.exclude(state=State.SENT).exists():
        raise RuntimeError("some mail was not sent")


def ready(body: bytes) -> None:
    from failforward.accounts.models import User
    from failforward.outbox.models import Mail, State
    from failforward.outbox.tests import note

    empty()
    person, due = User.objects.get(), datetime.now(UTC) - timedelta(hours=1)
    common = {"kind": note.KIND, "recipient": person, "address": person.email, "state": State.READY, "body": body}
    rows = [Mail(key=f"note:{n}", due_at=due, next_at=due, message_id=f"<{n}@x>", **common) for n in range(MAILS)]
    Mail.objects.bulk_create(rows, batch_size=500)
    settle()


def writing() -> float:
    from failforward.outbox.models import Mail
    from failforward.outbox.rendering import render_due

    planned(200, datetime.now(UTC) - timedelta(hours=1))

    def write() -> None:
        while render_due(datetime.now(UTC)):
            pass

    seconds = timed(write)
    assert not Mail.objects.filter(state="planned").exists()
    return 200 / seconds


def idle() -> list[float]:
    """Milliseconds of a tick with so many mails planned for next year. Each number in a database of its own, asked in
    turn: a million rows leave the system work, and whatever runs beside a measurement has to run beside both."""
    from django.db import connections

    connections.close_all()
    ends, workers = [], []
    for scheduled in SCHEDULED:
        here, there = fork.Pipe()
        workers.append(fork.Process(target=tick_when_asked, args=(scheduled, there)))
        workers[-1].start()
        there.close()
        # Filled: nothing is measured while another is being filled.
        here.recv()
        ends.append(here)
    spells = [[asked(end) for end in ends] for _ in range(SPELLS)]
    for end, worker in zip(ends, workers, strict=True):
        end.send("")
        worker.join()
    return [min(found) for found in zip(*spells, strict=True)]


def asked(end) -> float:
    end.send("tick")
    return end.recv()


def tick_when_asked(scheduled: int, asker) -> None:
    from failforward.outbox import run_due

    with databases.another(f"idle_{scheduled}"):
        planned(scheduled, datetime.now(UTC) + timedelta(days=365))
        run_due()
        asker.send("filled")
        while asker.recv():
            asker.send(spell(run_due))


def stroke() -> float:
    """Milliseconds of the one write of an idle tick, which most do without."""
    from failforward.outbox.run import strike

    return quiet(lambda: strike(datetime.now(UTC)))


def quiet(work) -> float:
    """In the quietest of several spells."""
    return min(spell(work) for _ in range(SPELLS))


def spell(work) -> float:
    """The median of twenty, in milliseconds."""
    return statistics.median(timed(work) for _ in range(20)) * 1000


# By the database itself: a million rows are made in seconds.
PLANNED = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %(count)s)
    INSERT INTO outbox_mail (key, kind, recipient_id, address, state, due_at, next_at, attempts, uncertain, last_text,
        message_id, created_at)
    SELECT 'note:' || n, 'note', %(person)s, '', 'planned', %(due)s, %(due)s, 0, FALSE, '', '', %(due)s FROM numbers
"""


def planned(count: int, due: datetime) -> None:
    from django.db import connection

    from failforward.accounts.models import User
    from failforward.outbox.claiming import stored

    empty()
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, {"count": count, "person": User.objects.get().pk, "due": stored(due)})
    settle()


def empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("outbox_mailattempt", "outbox_mail"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def settle() -> None:
    """Leaves the database as one that has run for a while: nothing is waiting to be written or counted."""
    from django.db import connection

    steps = {
        "postgresql": ["VACUUM ANALYZE outbox_mail", "CHECKPOINT"],
        "sqlite": ["ANALYZE outbox_mail", "PRAGMA wal_checkpoint(TRUNCATE)"],
    }
    with connection.cursor() as cursor:
        for step in steps[connection.vendor]:
            cursor.execute(step)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(inside({"aiosmtpd": int(sys.argv[1]), "bare": int(sys.argv[2])})))
    else:
        from benchmarks.table import show

        print(show(main()))
