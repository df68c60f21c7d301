"""One suite, every world: SQLite with the embedded queue, PostgreSQL with Redis, a real browser; and the short list of
faults."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.programs import OF_FAULTS, find, find_or_install  # noqa: E402
from tools.servers import folder, postgresql, redis  # noqa: E402

CI = os.environ.get("CI") == "true"
# The environment of whoever runs the tests must not decide what they see.
SETTINGS = (
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "IMAP_URL", "SITE_URL", "REPLY_ADDRESS", "DEFAULT_FROM_EMAIL"),
    *("INBOUND_SECRET", "WEBHOOK_SECRET", "AUTHSERV_ID"),
    *("SECRET_KEY", "DEBUG", "DEMO", "ALLOWED_HOSTS", "HOST", "PORT", "BEHIND_PROXY", "LOG_LEVEL", "TICK_SECONDS"),
    *("CATCH_UP_HOLD", "WHEN_UNCERTAIN", "SEND_LEASE_SECONDS", "RENDER_AHEAD_SECONDS", "SQLITE_SYNCHRONOUS"),
    # Each of the many programs that the tests start would compile all of ours anew.
    "PYTHONDONTWRITEBYTECODE",
)
NO_TEST_COLLECTED = 5
# Tests that need them skip without them, which in CI is a failure.
MAIL_SERVERS = ["postfix", "dovecot"]
# At least two at once: each waits for a server or a browser now and then.
LANES = max(2, os.cpu_count() or 1)
RUNNING: list[subprocess.Popen] = []


# Nobody pulls the plug of a test's database. The faults do, so they keep what production has.
FAST_SQLITE = {"SQLITE_SYNCHRONOUS": "OFF"}


@contextlib.contextmanager
def sqlite_and_memory() -> Iterator[dict[str, str]]:
    yield FAST_SQLITE


@contextlib.contextmanager
def postgresql_and_redis() -> Iterator[dict[str, str]]:
    with postgresql() as database, redis() as broker:
        yield {"DATABASE_URL": database, "REDIS_URL": broker}


@contextlib.contextmanager
def browser() -> Iterator[dict[str, str]]:
    yield {"CHROMIUM": find("chromium"), **FAST_SQLITE}


@contextlib.contextmanager
def as_it_is() -> Iterator[dict[str, str]]:
    yield {}


World = Callable[[], contextlib.AbstractContextManager[dict[str, str]]]
FAULTS = "faults"
# Migrations run for real where the faults prepare their installation, on either database; here they only cost time.
QUICK = ["--nomigrations"]
ON_POSTGRESQL = ["pytest", "-m", "not browser", "--of-the-database", *QUICK]
# The longest first, so that the lanes end together.
WORLDS: list[tuple[str, World, list[str], list[str]]] = [
    ("sqlite+memory", sqlite_and_memory, [], ["pytest", "-m", "not browser", *QUICK]),
    ("postgresql+redis", postgresql_and_redis, ["postgres", "redis-server"], ON_POSTGRESQL),
    ("browser", browser, ["chromium"], ["pytest", "-m", "browser", *QUICK]),
    (FAULTS, as_it_is, OF_FAULTS, ["faults", "--ci"]),
]


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    programs = find_or_install([*(name for _, _, needs, _ in WORLDS for name in needs), *MAIL_SERVERS])
    if arguments:
        # Somebody wants certain tests.
        WORLDS[:] = [world for world in WORLDS if world[0] != FAULTS]
    able = [name for name, _, needs, _ in WORLDS if all(programs[need] for need in needs)]
    codes = run_all(able, arguments)
    green, red = [], []
    for name, _, needs, _ in WORLDS:
        if name not in able:
            print(f"{name} did not run: no {' and no '.join(n for n in needs if not programs[n])} on this machine.")
        elif codes[name] == NO_TEST_COLLECTED and not CI:
            print(f"{name} did not run: no test.")
        elif codes[name] == 0:
            green.append(name)
            continue
        else:
            red.append(name)
            continue
        red += [name] if CI else []
    print(f"failed: {' '.join(red)}" if red else f"suites: {' '.join(green)}", flush=True)
    return 1 if red else 0


def run_all(names: list[str], arguments: list[str]) -> dict[str, int]:
    """Exit codes by world. Whichever lane is free takes the next; the first is heard at once, the others in turn."""
    worlds = {name: (world, [*options, *arguments]) for name, world, _, options in WORLDS if name in names}
    with ThreadPoolExecutor(LANES) as pool, contextlib.ExitStack() as files:
        kept = {name: files.enter_context(tempfile.TemporaryFile()) for name in [*worlds][1:]}
        print(f"\n== {names[0]}", flush=True)
        running = {name: pool.submit(run, *worlds[name], output=kept.get(name)) for name in worlds}
        try:
            return {name: told(name, running[name], kept.get(name)) for name in worlds}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in RUNNING:
                process.terminate()
            raise


def told(name: str, running: Future[int], kept: BinaryIO | None) -> int:
    """Waits for the world and prints what it said, unless it was heard."""
    code = running.result()
    if kept:
        kept.seek(0)
        print(f"\n== {name}", kept.read().decode(errors="replace"), sep="\n", flush=True)
    return code


def run(world: World, arguments: list[str], output: BinaryIO | None = None) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    with world() as settings, folder() as var:
        environment |= {"VAR_DIR": str(var), "ENV_FILE": os.devnull, **settings}
        command = [sys.executable, "-m", *arguments]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output) as process:
            RUNNING.append(process)
            return process.wait()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
