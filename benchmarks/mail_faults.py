"""1,000 due mails, two workers, a real SMTP server: nothing lost, nothing doubled; then the same under kill -9."""

import json
import multiprocessing
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

from benchmarks import databases
from benchmarks.table import Row
from faults import sink

MAILS = 1000
KILLS = 30
WORKERS = 2
# Short, so that the run ends soon; far longer than one message takes, or a slow worker's mail is taken from it.
LEASE = {"SEND_LEASE_SECONDS": "15"}
# Makes the run long enough for every kill to meet a worker at work.
SLOW = sink.Rule("kept", "wait 0.01")
fork = multiprocessing.get_context("fork")


def main() -> list[Row]:
    rows = []
    for name, database in databases.DATABASES.items():
        for kills in (0, KILLS):
            with database() as environment, sink.running(*([SLOW] if kills else [])) as server:
                seen = databases.run("benchmarks.mail_faults", environment | LEASE, str(server.port), str(kills))
                rows.append(judged(name, kills, seen, server.read()))
    return rows


def judged(database: str, kills: int, seen: dict, log: sink.Log) -> Row:
    lost = MAILS - len(log.copies)
    figure = f"{lost} lost, {log.extra} extra of {MAILS}, {seen['kills']} kills, {seen['seconds']:.0f} s"
    limit = f"extra not after a 250: {log.unexplained}, bytes differ: {log.changed}, not sent: {seen['not_sent']}"
    fine = not (lost or log.unexplained or log.changed or seen["not_sent"]) and seen["kills"] == kills
    allowed = f"0 lost, extra ≤ kills after 250, {kills} kills" if kills else "0 lost, 0 extra"
    fine = fine and log.extra <= kills
    return Row(f"mail under {'kill -9' if kills else 'no fault'}, {database}", figure, limit, None, allowed, fine)


def inside(port: int, kills: int) -> dict:
    import django

    django.setup()
    prepare(port)
    from django.db import connections

    from failforward.outbox.models import Mail, State

    connections.close_all()
    began = time.monotonic()
    done = work_and_kill(kills)
    seconds = time.monotonic() - began
    return {"kills": done, "seconds": seconds, "not_sent": Mail.objects.exclude(state=State.SENT).count()}


def prepare(port: int) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction

    from failforward.accounts.models import User
    from failforward.outbox import plan
    from failforward.outbox.rendering import render_due
    from failforward.outbox.tests import note

    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}
    settings.TEMPLATES[0]["DIRS"].append(note.TEMPLATES)
    note.register()
    call_command("migrate", verbosity=0)
    due = datetime.now(UTC) - timedelta(hours=1)
    with transaction.atomic():
        people = [User.objects.create_user(f"p{n}@firm.internal", name=f"Person {n}") for n in range(50)]
        for number in range(MAILS):
            plan(f"note:{number}", note.KIND, people[number % 50], due + timedelta(seconds=number))
    # Written beforehand, so that every kill meets a worker that is sending.
    while render_due(datetime.now(UTC)):
        pass


def work_and_kill(kills: int) -> int:
    """Keeps two workers at work until nothing is left, killing one at random every now and then."""
    randomly = random.Random(2026)
    workers, done = [start() for _ in range(WORKERS)], 0
    until = time.monotonic() + 180
    while time.monotonic() < until:
        time.sleep(randomly.uniform(0.05, 0.3))
        if done < kills:
            number = randomly.randrange(WORKERS)
            if workers[number].is_alive():
                os.kill(workers[number].pid, signal.SIGKILL)
                done += 1
            workers[number].join()
            workers[number] = start()
        elif not any(worker.is_alive() for worker in workers):
            return done
    raise RuntimeError("the workers did not come to an end")


def start() -> multiprocessing.Process:
    worker = fork.Process(target=work)
    worker.start()
    return worker


def work() -> None:
    from failforward.outbox import run_due
    from failforward.outbox.models import CLAIMABLE, Mail, State

    while Mail.objects.filter(state__in=[State.PLANNED, *CLAIMABLE]).exists():
        run_due()
        time.sleep(0.05)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(inside(int(sys.argv[1]), int(sys.argv[2]))))
    else:
        from benchmarks.table import show

        print(show(main()))
