"""Named places where a test kills the worker, to see what a crash there loses. Off unless a test build asks."""

import os
import signal
import time
from pathlib import Path


def wanted() -> tuple[str, int]:
    """`OUTBOX_CRASH_AT=after_250:3` crashes the third time this process comes by; read in test builds only."""
    if os.environ.get("FAILFORWARD_TEST_BUILD") != "1":
        return "", 0
    name, _, nth = os.environ.get("OUTBOX_CRASH_AT", "").partition(":")
    return name, int(nth or 1)


def armed() -> Path | None:
    """Of a test build: each file `after_250.<n>` in this folder is one crash to come at that place, of whichever
    process comes by first. Where the file says `wait`, they wait there for as long as it does."""
    where = os.environ.get("OUTBOX_CRASH_FOLDER") if os.environ.get("FAILFORWARD_TEST_BUILD") == "1" else ""
    return Path(where) if where else None


NAME, visits_left = wanted()
FOLDER = armed()


def point(name: str, mail: int = 0) -> None:
    global visits_left
    if name == NAME:
        visits_left -= 1
        if visits_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    if FOLDER and (hit := used_up(name, mail)):
        wait_or_die(hit)


def wait_or_die(hit: Path) -> None:
    if not hit.read_text():
        os.kill(os.getpid(), signal.SIGKILL)
    while hit.read_text() == "wait":
        time.sleep(0.05)


def used_up(name: str, mail: int) -> Path | None:
    """Leaves `<mail>.hit` for each. No mail is hit twice: one that breaks off three times is held back as poison."""
    hit = FOLDER / f"{mail}.hit"
    for one in FOLDER.glob(f"{name}.*") if not hit.exists() else []:
        try:
            one.rename(hit)
        except FileNotFoundError:
            continue  # Another process was faster.
        return hit
    return None
