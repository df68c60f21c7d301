"""A kind of mail of the tests' own: it says what the test told it to and can be called off."""

from pathlib import Path

from failforward.mail import Message
from failforward.outbox import catalogue
from failforward.outbox.models import Mail

TEMPLATES = Path(__file__).parent / "templates"
KIND = "note"
texts: dict[int | None, str] = {}
names: dict[int | None, str] = {}
called_off: dict[int | None, bool | str] = {}


def register() -> None:
    for memory in (texts, names, called_off):
        memory.clear()
    catalogue.register(KIND, render=written, still_wanted=lambda pk: called_off.get(pk, True))


def written(row: Mail) -> Message:
    text = texts.get(row.subject_id, "The demo unit is on your desk.")
    if text == "poison":
        raise ZeroDivisionError("poison")
    return Message(
        template="note",
        context={"subject_line": f"Note {row.key}", "text": text, "name": row.recipient.first_name},
        to=row.recipient.email,
        to_name=row.recipient.name,
        from_name=names.get(row.subject_id, "Jonas Weil"),
    )
