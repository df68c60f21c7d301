from typing import NamedTuple


class Refused(Exception):
    """A verb's guard says no. The message is a whole sentence for the person: what is missing, what to do.

    `field` names the form field it belongs to, when there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class Conflict(Refused):
    """Somebody saved the same thing since the form was opened. `current` is the object as it stands now."""

    def __init__(self, message: str, current: object) -> None:
        super().__init__(message)
        self.current = current


class Missing(NamedTuple):
    """What a thing still lacks, in a sentence; `anchor` is the id of the field that takes it."""

    sentence: str
    anchor: str
