"""Judges by what the mail server accepted and by nothing that we say of ourselves. Pure, so that it can be tested with
planted losses and doubles."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Copy:
    """One mail as it was accepted; `asks` names the promises that it asks about."""

    message_id: str
    digest: str
    asks: frozenset[str]


@dataclass(frozen=True)
class Seen:
    """`questions` is the most for one occurrence, by different mails; `extra` are copies of the same mail beyond the
    first, `changed` mails whose copies differ in a byte, `strangers` questions about what was not due."""

    lost: int
    questions: int
    extra: int
    changed: int
    strangers: int


def look(due: Mapping[str, int], copies: Iterable[Copy]) -> Seen:
    """`due` has for each promise how many of its questions are due by now."""
    bytes_of: dict[str, list[str]] = {}
    asked: Counter[str] = Counter()
    for copy in copies:
        if copy.message_id not in bytes_of:
            asked.update(copy.asks)
        bytes_of.setdefault(copy.message_id, []).append(copy.digest)
    return Seen(
        lost=sum(max(0, wanted - asked[promise]) for promise, wanted in due.items()),
        questions=max((asked[promise] - wanted + 1 for promise, wanted in due.items() if asked[promise]), default=0),
        extra=sum(len(digests) - 1 for digests in bytes_of.values()),
        changed=sum(len(set(digests)) > 1 for digests in bytes_of.values()),
        strangers=len(asked.keys() - due.keys()),
    )
