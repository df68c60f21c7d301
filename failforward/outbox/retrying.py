"""When a mail that could not be handed over is tried again."""

import random
from datetime import datetime, timedelta

FIRST_PAUSES = [30, 60, 5 * 60, 15 * 60, 30 * 60]
LATER_PAUSES = 60 * 60
JITTER = 0.2
GIVE_UP_AFTER = timedelta(days=3)


def pause(tries: int) -> float:
    """Seconds until the next try after so many; spread, so that a server that comes back is not stormed."""
    seconds = FIRST_PAUSES[tries - 1] if tries <= len(FIRST_PAUSES) else LATER_PAUSES
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)


def next_try(tries: int, first_tried_at: datetime, now: datetime) -> datetime | None:
    """None when it is time to give up."""
    at = now + timedelta(seconds=pause(tries))
    return at if at - first_tried_at < GIVE_UP_AFTER else None
