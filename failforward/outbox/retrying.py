"""What the answer of a mail server means, and when a mail that could not be handed over is tried again."""

import random
import re
from datetime import datetime, timedelta
from enum import Enum

from failforward import working_days

JITTER = 0.2
GIVE_UP_AFTER_WORKING_DAYS = 3
# About us or about the message, though said at the recipient: no reason to distrust the address (RFC 3463).
NOT_THE_ADDRESS = re.compile(r"\b5\.(?:2\.2|3\.\d+|4\.\d+|5\.\d+|6\.\d+|7\.\d+)\b")


class Stage(Enum):
    """How far the talk with the server had come."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class Verdict(Enum):
    LATER = "later"
    GREYLISTED = "greylisted"
    # Too many at once for this server: none of the others now either.
    CROWDED = "crowded"
    ADDRESS_REFUSED = "address refused"
    MESSAGE_REFUSED = "message refused"
    # It would say the same of every mail until somebody mends it.
    CHANNEL_BROKEN = "channel broken"


WRONG_PASSWORD = (530, 534, 535, 538)
PAUSES = {
    Verdict.LATER: [30, 60, 5 * 60, 15 * 60, 30 * 60, 60 * 60],
    Verdict.GREYLISTED: [5 * 60, 10 * 60, 20 * 60, 40 * 60, 60 * 60],
}
# Spread over this time, so that not all come back at once.
CROWDED_SECONDS = (60, 10 * 60)


def classify(code: int | None, text: str, stage: Stage) -> Verdict:
    """`code` is None where the server gave no answer: it is away, hangs or hung up."""
    if code is None:
        return Verdict.CHANNEL_BROKEN if stage in (Stage.TLS, Stage.LOGIN) else Verdict.LATER
    if code == 432:
        return Verdict.CROWDED
    if code < 500:
        return Verdict.GREYLISTED if stage == Stage.RECIPIENT and code in (450, 451) else Verdict.LATER
    if stage not in (Stage.RECIPIENT, Stage.MESSAGE) or code in WRONG_PASSWORD:
        return Verdict.CHANNEL_BROKEN
    if stage == Stage.RECIPIENT and not NOT_THE_ADDRESS.search(text):
        return Verdict.ADDRESS_REFUSED
    return Verdict.MESSAGE_REFUSED


def pause(tries: int, verdict: Verdict = Verdict.LATER) -> float:
    """Seconds until the next try after so many; spread, so that a server that comes back is not stormed."""
    if verdict == Verdict.CROWDED:
        return random.uniform(*CROWDED_SECONDS)
    pauses = PAUSES[verdict]
    return pauses[min(tries, len(pauses)) - 1] * random.uniform(1 - JITTER, 1 + JITTER)


def next_try(tries: int, first_tried_at: datetime, now: datetime, verdict: Verdict = Verdict.LATER) -> datetime | None:
    """None when it is time to give up."""
    at = now + timedelta(seconds=pause(tries, verdict))
    return at if at < give_up_at(first_tried_at) else None


def give_up_at(first_tried_at: datetime) -> datetime:
    """Nobody mends a mail server at the weekend."""
    last_day = working_days.later(first_tried_at.date(), GIVE_UP_AFTER_WORKING_DAYS)
    return first_tried_at + (last_day - first_tried_at.date())
