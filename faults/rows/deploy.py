"""Two versions at once, as every deploy has them for a while."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from django.db import connection

from failforward.celery import app
from faults.base import ROOT
from faults.registry import fault
from faults.table import Result
from faults.world import World
from tools.servers import folder

SECONDS_OF_BOTH = 15
MIGRATIONS = ["--", ":(glob)*/migrations/0*.py", ":(glob)failforward/*/migrations/0*.py"]


@fault(21, "old code on the new schema")
def old_code(world: World) -> Iterator[Result]:
    with ExitStack() as stack:
        where = stack.enter_context(folder())
        version = code_before_the_last_migration(where)
        if version:
            name = f"processes of {version} on the schema of today"
            world.start(cwd=where)
        else:
            # No history is here, so the schema goes ahead instead: a column and a migration the code does not know.
            name = "processes on a schema that went ahead"
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE outbox_mail ADD COLUMN of_a_later_version integer")
                cursor.execute(AHEAD)
            world.start()
        world.promise(60)
        world.pause(SECONDS_OF_BOTH)
        sent_by_old = 60 - world.unsent()
        wrong = [f"old {name} ended with {code} and was started again" for name, code in world.crew.ended if code]
        quiet = {name for name, code in world.crew.ended if code == 0}
        dead = [name for name, program in world.crew.items() if not program.is_alive and name not in quiet]
        wrong += [f"old {name} is dead" for name in dead]
        stopped = [program.stop() for program in world.crew.values()]
        world.promise(30)
        world.start()
        world.wait_until_sent()
    result = world.judge(name, injected=1)
    result.wrong += wrong
    if not all(stopped):
        result.wrong.append("an old process did not end when it was told to")
    result.notes.append("the old ones sent" if sent_by_old else "the old ones sent nothing")
    yield result


AHEAD = "INSERT INTO django_migrations (app, name, applied) VALUES ('outbox', '9999_ahead', CURRENT_TIMESTAMP)"


def code_before_the_last_migration(where: Path) -> str:
    """Unpacked there; its name, or nothing where there is no history to take it from."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        return ""
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "log", "-1", "--format=%h", *MIGRATIONS], capture_output=True, text=True).stdout
    if not found.strip():
        return ""
    before = f"{found.strip()}^"
    packed = subprocess.run([*git, "archive", before], stdout=subprocess.PIPE)
    if packed.returncode:
        return ""
    subprocess.run(["tar", "-x", "-C", where], input=packed.stdout, check=True)
    return subprocess.check_output([*git, "rev-parse", "--short", before], text=True).strip()


@fault(21, "new code before its migration")
def new_code_first(world: World) -> Iterator[Result]:
    """A column that our code reads is missing until somebody runs the migrations."""
    world.promise(60)
    rename_column("title", "title_to_come")
    world.start()
    world.pause(SECONDS_OF_BOTH)
    waited = world.unsent()
    rename_column("title_to_come", "title")
    world.wait_until_sent()
    yield world.judge(injected=1 if waited else 0)


def rename_column(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE actions_commitment RENAME COLUMN {old} TO {new}")


@fault(21, "unknown task and pickle in the queue", on=("postgresql",))
def strange_messages(world: World) -> Iterator[Result]:
    worker = world.start_worker()
    world.start_beat()
    world.promise(15)
    world.wait_until_sent()
    pid, number = worker.process.pid, 20
    for _time in range(number):
        app.send_task("actions.tasks.of_a_later_version", args=[1])
        app.send_task("failforward.outbox.tasks.run_due", serializer="pickle")
    world.promise(60)
    world.wait_until_sent()
    result = world.judge(injected=2 * number)
    if not worker.is_alive or worker.process.pid != pid:
        result.wrong.append("the worker did not survive them")
    said = worker.log.read_text(errors="replace")
    for name, words in {"unknown task": "unregistered task", "pickle": "pickle"}.items():
        if words not in said:
            result.wrong.append(f"the log does not name the {name}")
    yield result
