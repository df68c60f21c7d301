"""The kinds of mail there are. Each app registers its own in `AppConfig.ready()`; the outbox knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from failforward.mail import Message
    from failforward.outbox.models import Mail


@dataclass(frozen=True)
class Kind:
    """`still_wanted` gets the row's `subject_id` and answers True, or False, or a sentence why not any more."""

    render: Callable[["Mail"], "Message"]
    still_wanted: Callable[[int | None], bool | str]


kinds: dict[str, Kind] = {}


def register(
    kind: str,
    render: Callable[["Mail"], "Message"],
    still_wanted: Callable[[int | None], bool | str] = lambda pk: True,
) -> None:
    kinds[kind] = Kind(render, still_wanted)


def find(kind: str) -> Kind:
    if kind not in kinds:
        raise LookupError(f"No app has registered mail of the kind {kind!r}.")
    return kinds[kind]
