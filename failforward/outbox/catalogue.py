"""The kinds of mail there are. Each app registers its own in `AppConfig.ready()`; the outbox knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from failforward.mail import Message
    from failforward.outbox.models import Mail


@dataclass(frozen=True)
class Kind:
    """`still_wanted` gets the row's `subject_id` and answers True, or False, or a sentence why not any more.

    `settled`, where there is one, gets many of them and answers, by id, the sentence for each that is not wanted: one
    question for a whole batch instead of one a mail.
    """

    render: Callable[["Mail"], "Message"]
    still_wanted: Callable[[int | None], bool | str]
    settled: Callable[[list[int]], dict[int, str]] | None = None


kinds: dict[str, Kind] = {}
# Called with the time and the instant up to which mails are about to be written: an app may make one of several.
before_writing: list[Callable[[datetime, datetime], None]] = []


def register(
    kind: str,
    render: Callable[["Mail"], "Message"],
    still_wanted: Callable[[int | None], bool | str] = lambda pk: True,
    settled: Callable[[list[int]], dict[int, str]] | None = None,
) -> None:
    kinds[kind] = Kind(render, still_wanted, settled)


def find(kind: str) -> Kind:
    if kind not in kinds:
        raise LookupError(f"No app has registered mail of the kind {kind!r}.")
    return kinds[kind]
