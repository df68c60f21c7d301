"""Named places where a test kills the worker, to see what a crash there loses. Off unless a test build asks."""

import os
import signal


def wanted() -> tuple[str, int]:
    """`OUTBOX_CRASH_AT=after_250:3` crashes the third time this process comes by; read in test builds only."""
    if os.environ.get("FAILFORWARD_TEST_BUILD") != "1":
        return "", 0
    name, _, nth = os.environ.get("OUTBOX_CRASH_AT", "").partition(":")
    return name, int(nth or 1)


NAME, visits_left = wanted()


def point(name: str) -> None:
    global visits_left
    if name == NAME:
        visits_left -= 1
        if visits_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
