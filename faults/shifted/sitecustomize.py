"""Loaded by every Python under libfaketime, which (0.9.10) makes a negative time of the absolute one that `time.sleep`
waits for."""

import threading
import time


def sleep(seconds: float) -> None:
    threading.Event().wait(seconds)


time.sleep = sleep
