"""Private PostgreSQL and Redis servers on free ports, for tests and measurements; never somebody's running server."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tools.programs import find

STARTING_SECONDS = 30
# For tests only: what a power cut would take is thrown away anyway.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@contextlib.contextmanager
def postgresql(options: tuple[str, ...] = FAST) -> Iterator[str]:
    """Yields a DATABASE_URL; the user may create databases."""
    with folder() as where:
        data, port, person = where / "data", free_port(), not_root()
        run_as = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []} if person else {}
        if person:
            os.chown(where, person.pw_uid, person.pw_gid)
        initdb = [find("initdb"), "-D", data, "-U", "failforward", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run([*initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=where, **run_as)
        listen = ("-c", "listen_addresses=127.0.0.1", "-p", str(port), "-k", str(where))
        command = [find("postgres"), "-D", str(data), *listen, *options]
        with running(command, port, where, stop=signal.SIGINT, **run_as):
            subprocess.run(
                [find("createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "failforward", "failforward"], check=True
            )
            yield f"postgres://failforward@127.0.0.1:{port}/failforward"


@contextlib.contextmanager
def redis(options: tuple[str, ...] = ("--save", "")) -> Iterator[str]:
    """Yields a REDIS_URL."""
    with folder() as where:
        port = free_port()
        command = [find("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(where), *options]
        with running(command, port, where, stop=signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def running(command: list[str], port: int, where: Path, stop: signal.Signals, **run_as) -> Iterator[subprocess.Popen]:
    """The server in a session of its own, so that Ctrl-C ends the tests first and the server after them."""
    with open(where / "log", "wb") as log:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=where,
            start_new_session=True,
            preexec_fn=partial(end_with_parent, stop),
            **run_as,
        )
    try:
        wait_for(server, port, where / "log")
        yield server
    finally:
        server.send_signal(stop)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def end_with_parent(stop: signal.Signals) -> None:
    """Even if we are killed and `finally` never comes (Linux: prctl PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(stop))


def wait_for(server: subprocess.Popen, port: int, log: Path) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while server.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{server.args[0]} did not start:\n{log.read_text(errors='replace')}")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    where = Path(tempfile.mkdtemp(prefix="failforward-"))
    try:
        yield where
    finally:
        shutil.rmtree(where, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def not_root() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody.")
