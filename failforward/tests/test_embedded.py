"""The contract with Celery's internals that the embedded default rests on, and with gunicorn's hooks."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from celery import Celery
from celery.worker import state
from django.conf import settings

from failforward.embedded import EmbeddedQueue

OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "DEBUG", "DEMO", "SECRET_KEY")


SIXTY_MAILS = """
from django.core.mail import send_mail
for number in range(60):
    send_mail("Subject", "Text", None, [f"person{number}@firm.example"])
"""
UNSENT = "SELECT count(*) FROM outbox_mail WHERE state <> 'sent'"
# Celery traces the tasks of one app a process, so all tests share it.
app = Celery("embedded", broker="memory://localhost", set_as_current=False)
app.conf.broker_transport_options = {"polling_interval": 0.1}
running, go_on = threading.Event(), threading.Event()


@app.task(name="until told")
def until_told() -> None:
    running.set()
    go_on.wait(10)


@pytest.fixture
def queue() -> Iterator[EmbeddedQueue]:
    running.clear()
    go_on.clear()
    queue = EmbeddedQueue(app)
    queue.start()
    assert queue.ready.wait(5)
    yield queue
    go_on.set()
    queue.stop()
    # It looks into the broker once more, and would take the next test's task.
    queue.threads[0].join(5)
    state.should_stop = None


def test_it_runs_a_task_and_stops_within_two_seconds(queue: EmbeddedQueue):
    until_told.delay()
    assert running.wait(5)
    go_on.set()
    started = time.monotonic()
    assert queue.stop()
    assert time.monotonic() - started < 2


def test_it_waits_for_a_running_task_but_not_for_ever(queue: EmbeddedQueue):
    until_told.delay()
    assert running.wait(5)
    assert not queue.stop(seconds=0.2)
    go_on.set()
    assert queue.stop()


def test_it_leaves_the_signals_alone():
    before = handlers()
    queue = EmbeddedQueue(app)
    queue.start()
    assert queue.ready.wait(5)
    assert handlers() == before
    queue.stop()
    queue.threads[0].join(5)
    state.should_stop = None


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's folder after its first start: only that one migrates and collects the static files."""
    folder = tmp_path_factory.mktemp("site")
    manage(folder, "prepare")
    return folder


def manage(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment(folder), check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda how: how.name)
def test_a_served_site_answers_and_leaves_no_process(prepared: Path, how: signal.Signals):
    with serving(prepared) as (process, url):
        assert until(lambda: status(f"{url}/healthz") == 200, 60)
        family = members(process.pid)
        assert len(family) == 2
        os.killpg(process.pid, how) if how == signal.SIGINT else process.send_signal(how)
        assert process.wait(30) == 0
        assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 10)


def test_a_served_site_ends_by_itself_when_told(prepared: Path):
    """In a second or two; a busy neighbour makes it more, but nothing is waited for until a time is up."""
    with serving(prepared) as (process, url):
        assert until(lambda: status(f"{url}/readyz") == 200, 60)
        process.terminate()
        process.wait(12)


def test_two_processes_send_every_due_mail_once(prepared: Path):
    manage(prepared, "shell", "--command", SIXTY_MAILS)
    with serving(prepared, WEB_WORKERS="2", TICK_SECONDS="1") as (process, url):
        assert until(lambda: status(f"{url}/readyz") == 200, 60)
        assert until(lambda: rows(prepared, UNSENT) == [(0,)], 60)
        assert len(members(process.pid)) == 3
    copies = "SELECT count(*) FROM outbox_capturedmail GROUP BY mail_id"
    assert rows(prepared, copies) == [(1,)] * 60


def rows(folder: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(folder / "failforward.sqlite3", timeout=20)) as database:
        return database.execute(query).fetchall()


def handlers() -> list:
    return [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[tuple[subprocess.Popen, str]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.BASE_DIR,
        env=environment(folder) | {"PORT": str(port)} | more,
        start_new_session=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        for pid in members(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait(5)


def environment(folder: Path) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS} | {
        "VAR_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "ENV_FILE": os.devnull,
    }


def members(session: int) -> list[int]:
    """The processes of a session, the one that leads it first."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with_pid, _, after_name = stat.read_text().rpartition(")")
        if int(after_name.split()[3]) == session:
            found.append(int(with_pid.split()[0]))
    return sorted(found)


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
