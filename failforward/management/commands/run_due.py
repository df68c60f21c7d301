import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from inspect import signature

from celery import Task
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils.dateparse import parse_datetime

from failforward.celery import app
from failforward.outbox.clock import database_now
from failforward.outbox.run import Done, run_due
from failforward.outbox.waiting import Waiting, look

OUTBOX_TASK = "failforward.outbox.tasks.run_due"


class Command(BaseCommand):
    help = "Does the clock's work once: for cron, or for looking whether something is late (--check)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", metavar="ISO", type=instant, help="work as if it were this instant")
        parser.add_argument(
            "--check", action="store_true", help="only report; exit 1 when something is late or mail is paused"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object; sent and failed are this run's")

    def handle(self, *, now: datetime | None, check: bool, json: bool, **options) -> None:
        try:
            done = Done() if check else work(now)
        except OperationalError as error:
            # Cron mails what it reads here: a line will do, and the next run finds all that is due.
            raise CommandError(f"The database cannot be used now ({error}). The next run does what is due.") from error
        waiting = look(now or database_now())
        self.stdout.write(as_json(waiting, done) if json else as_line(waiting, done))
        if check and (waiting.is_late or waiting.paused):
            # SystemExit and not CommandError: the report stays the only output.
            raise SystemExit(1)


def instant(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{text!r} is no instant. Write it like 2026-11-24T16:00:00Z.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def work(now: datetime | None) -> Done:
    """The mail first, then whatever else the scheduler would ring for."""
    done = run_due(now)
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"] != OUTBOX_TASK and entry["task"] in app.tasks:
            ring(app.tasks[entry["task"]], now)
    return done


def ring(task: Task, now: datetime | None) -> None:
    takes_a_time = "at" in signature(task.run).parameters
    task(at=now.isoformat()) if now and takes_a_time else task()


def figures(waiting: Waiting, done: Done) -> dict:
    paused = {"paused_since": waiting.paused.paused_since.isoformat()} if waiting.paused else {}
    return {
        "due": waiting.due,
        "oldest_due_seconds": waiting.oldest_due_seconds,
        "sent": done.sent,
        "failed": done.failed,
        "last_tick": waiting.last_tick.isoformat() if waiting.last_tick else None,
    } | paused


def as_json(waiting: Waiting, done: Done) -> str:
    return json.dumps(figures(waiting, done))


def as_line(waiting: Waiting, done: Done) -> str:
    return " ".join(f"{name}={'never' if value is None else value}" for name, value in figures(waiting, done).items())
