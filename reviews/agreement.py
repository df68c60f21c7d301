"""Whether independent readings of one event agree. Arithmetic only: knows no model and no database."""

from collections.abc import Iterable
from typing import NamedTuple

UNSURE = "unsure"


class Reading(NamedTuple):
    category: str
    verdict: str


def agreed(readings: Iterable[Reading]) -> Reading | None:
    """What all read alike: same primary category, same verdict. *Unsure* agrees with nothing, not with itself."""
    different = set(readings)
    if len(different) != 1:
        return None
    reading = different.pop()
    return None if reading.verdict == UNSURE else reading
