"""Does to us what happens to a product in its life, and counts what was lost and what came twice.

python -m faults [--ci] [--database sqlite|postgresql] [numbers ...]
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

from faults import base, registry
from faults.registry import BOTH, Fault
from faults.table import Result, line_of, show
from tools.programs import find_or_install
from tools.servers import end_with_parent, folder

# Our mail server has certificates, whatever else there is.
EVERY = {"openssl"}
PER_DATABASE = {"postgresql": {"postgres", "redis-server"}, "sqlite": set()}
# Most of a fault is waiting, so some go beside each other; fewer where the tests run beside them.
BESIDE, BESIDE_TESTS = 3, 2
RUNNING: list[subprocess.Popen] = []


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    wanted = arguments()
    began = time.monotonic()
    with kept(wanted.base) as prepared, working(BESIDE_TESTS if wanted.ci else BESIDE) as pool:
        know_models(prepared)
        databases = [wanted.database] if wanted.database else list(BOTH)
        runs = [(fault, database) for fault in chosen(wanted) for database in fault.on if database in databases]
        missing = [name for name, path in find_or_install(needed(runs)).items() if path is None]
        if missing:
            print(f"The faults need {', '.join(missing)}, and this machine has none.")
            return 1
        list(pool.map(lambda database: base.make(prepared, [database]), databases))
        # The longest first: what is short fills up the end.
        longest = sorted(runs, key=lambda run: -run[0].minutes)
        places = {pool.submit(done, *run, wanted.ci, prepared): runs.index(run) for run in longest}
        found = {places[run]: told(run.result()) for run in as_completed(places)}
        results = [result for _place, several in sorted(found.items()) for result in several]
    print("\n" + show(results))
    failed = [one for one in results if not one.is_fine]
    print(f"\n{len(results) - len(failed)} of {len(results)} held, {time.monotonic() - began:.0f} s")
    return 1 if failed or not results else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="faults", description="Does every fault to private servers.")
    parser.add_argument("numbers", nargs="*", type=int, help="only these of the list")
    parser.add_argument("--ci", action="store_true", help="the short list, with small counts")
    parser.add_argument("--database", choices=BOTH)
    parser.add_argument("--base", type=Path, help="keep the prepared installation here, to begin sooner next time")
    return parser.parse_args()


def know_models(prepared: Path) -> None:
    """The rows import them; here none is ever asked."""
    os.environ.update(base.environment(prepared, prepared))
    import django

    django.setup()


def chosen(wanted: argparse.Namespace) -> list[Fault]:
    numbers = set(wanted.numbers)
    return [one for one in registry.load() if (not numbers or one.number in numbers) and (one.ci or not wanted.ci)]


def needed(runs: list[tuple[Fault, str]]) -> list[str]:
    return sorted(EVERY.union(*(PER_DATABASE[database].union(fault.needs) for fault, database in runs)))


@contextlib.contextmanager
def working(beside: int) -> Iterator[ThreadPoolExecutor]:
    """Interrupted, it begins nothing more, and what runs ends its servers before we end."""
    pool = ThreadPoolExecutor(beside)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in RUNNING:
            process.terminate()
        raise
    finally:
        pool.shutdown()


@contextlib.contextmanager
def kept(where: Path | None) -> Iterator[Path]:
    if where is None:
        with folder() as gone_afterwards:
            yield gone_afterwards
    else:
        where.mkdir(parents=True, exist_ok=True)
        yield where.resolve()


def done(fault: Fault, database: str, ci: bool, prepared: Path) -> list[Result]:
    what = [fault.name, database, str(prepared), json.dumps(fault.settings), *(["--ci"] if ci else [])]
    command = [sys.executable, "-m", "faults.one", *what]
    blank = Result(fault.number, fault.name, database)
    # In a session of its own: Ctrl-C ends us, and we end it, once.
    alone = {"start_new_session": True, "preexec_fn": partial(end_with_parent, signal.SIGTERM)}
    with subprocess.Popen(command, cwd=base.ROOT, stdout=subprocess.PIPE, text=True, **alone) as process:
        RUNNING.append(process)
        try:
            said, _nothing = process.communicate(timeout=fault.minutes * 60)
        except subprocess.TimeoutExpired:
            process.terminate()
            said, _nothing = process.communicate()
            blank.wrong.append(f"it took more than {fault.minutes:g} minutes")
    results = [Result(**json.loads(text)) for text in said.splitlines() if text.startswith("{")]
    if process.returncode and not blank.wrong:
        blank.wrong.append(f"it ended with {process.returncode}")
    return results + [blank] if blank.wrong or not results else results


def told(results: list[Result]) -> list[Result]:
    for one in results:
        print(line_of(one), flush=True)
    return results


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
