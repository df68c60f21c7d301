"""One suite, every world: SQLite with the embedded queue, PostgreSQL with Redis, and a real browser."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.programs import find, find_or_install  # noqa: E402
from tools.servers import folder, postgresql, redis  # noqa: E402

CI = os.environ.get("CI") == "true"
# The environment of whoever runs the tests must not decide what they see.
SETTINGS = (
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "IMAP_URL", "SITE_URL", "REPLY_ADDRESS", "DEFAULT_FROM_EMAIL"),
    *("SECRET_KEY", "DEBUG", "DEMO", "ALLOWED_HOSTS", "HOST", "PORT", "BEHIND_PROXY", "LOG_LEVEL", "TICK_SECONDS"),
)
NO_TEST_COLLECTED = 5


# Nobody pulls the plug of a test's database.
FAST_SQLITE = {"SQLITE_SYNCHRONOUS": "OFF"}


@contextlib.contextmanager
def sqlite_and_memory() -> Iterator[dict[str, str]]:
    yield {}


@contextlib.contextmanager
def postgresql_and_redis() -> Iterator[dict[str, str]]:
    with postgresql() as database, redis() as broker:
        yield {"DATABASE_URL": database, "REDIS_URL": broker}


@contextlib.contextmanager
def browser() -> Iterator[dict[str, str]]:
    yield {"CHROMIUM": find("chromium")}


World = Callable[[], contextlib.AbstractContextManager[dict[str, str]]]
# Migrations run for real on PostgreSQL, and on SQLite for the tests that serve a site; elsewhere they only cost time.
QUICK = ["--nomigrations"]
WORLDS: list[tuple[str, World, list[str], list[str]]] = [
    ("sqlite+memory", sqlite_and_memory, [], ["-m", "not browser", *QUICK]),
    ("postgresql+redis", postgresql_and_redis, ["postgres", "redis-server"], ["-m", "not browser"]),
    ("browser", browser, ["chromium"], ["-m", "browser", *QUICK]),
]


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    programs = find_or_install([name for _, _, needs, _ in WORLDS for name in needs])
    green, red = [], []
    for name, world, needs, options in WORLDS:
        if missing := [need for need in needs if not programs[need]]:
            print(f"{name} did not run: no {' and no '.join(missing)} on this machine.", flush=True)
            if CI:
                red.append(name)
            continue
        print(f"\n== {name}", flush=True)
        code = run(world, [*options, *arguments])
        if code == 0:
            green.append(name)
        elif code == NO_TEST_COLLECTED and not CI:
            print(f"{name} did not run: no test.", flush=True)
        else:
            red.append(name)
    print(f"failed: {' '.join(red)}" if red else f"suites: {' '.join(green)}", flush=True)
    return 1 if red else 0


def run(world: World, arguments: list[str]) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    with world() as settings, folder() as var:
        environment |= {"VAR_DIR": str(var), "ENV_FILE": os.devnull, **FAST_SQLITE, **settings}
        return subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
