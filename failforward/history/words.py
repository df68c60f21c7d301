"""The words for what was done. Each app registers its own; a verb without words is shown by its code."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise

from failforward.history.models import Change

Phrase = str | Promise | Callable[[dict], str]
phrases: dict[tuple[str, str], Phrase] = {}


def register(subject: str, words: dict[str, Phrase]) -> None:
    """`words` go from verb to phrase; `%(reason)s` and the like are taken from the change's details.

    Where that is not enough, the phrase is made by a function of the details.
    """
    phrases.update({(subject, verb): phrase for verb, phrase in words.items()})


def phrase(change: Change) -> str:
    found = phrases.get((change.subject, change.verb))
    if found is None:
        return change.verb.replace("_", " ")
    details = change.details if isinstance(change.details, dict) else {}
    details = {name: in_words(value) for name, value in details.items()}
    return found(details) if callable(found) else str(found) % defaultdict(str, details)


def in_words(value):
    """Days are kept as 2026-11-27 and read as Fri 27 Nov, with the year when it is not this one."""
    if isinstance(value, list):
        return [in_words(item) for item in value]
    if not (isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"):
        return value
    try:
        day = date.fromisoformat(value)
        return date_format(day, "D j M" if day.year == timezone.localdate().year else "D j M Y")
    except ValueError:
        return value
