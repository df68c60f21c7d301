"""What a person says about a commitment, whole and meant for one of the five answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from actions.models import Answer
from actions.models.answer import Status
from actions.models.promise import check_day
from failforward.accounts.models import User
from failforward.guards import Refused


@dataclass(frozen=True)
class Said:
    """What a person says about a commitment."""

    status: str
    outcome: str = ""
    learned: str = ""
    might_change: str = ""
    new_on: date | None = None
    reason: str = ""
    next_what: str = ""
    next_with: str = ""
    next_on: date | None = None
    evidence: str = ""
    seen_by: User | None = None

    def effects(self) -> tuple:
        """What an answer changes beyond its own words."""
        return self.status, self.new_on, self.reason, self.evidence, self.seen_by

    def next_step(self) -> tuple:
        return self.next_what, self.next_with, self.next_on


def trimmed(words: Mapping[str, object]) -> dict[str, object]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in words.items()}


def said_by(answer: Answer) -> Said:
    return Said(**{name: getattr(answer, name) for name in Said.__dataclass_fields__})


def checked(said: Said, today: date, followed: bool = False) -> Said:
    """Whole and meant for one of the five; what belongs to another answer is left out. `followed`: something else takes
    its place, so what is done in part needs no new date."""
    if said.status not in Status.values:
        raise Refused(_("Choose one of the five."), "status")
    values = {name: getattr(said, name) for name in Said.__dataclass_fields__}
    if said.status != Status.DONE:
        values |= {"evidence": "", "seen_by": None}
    if said.status in (Status.DONE, Status.DROPPED):
        values["new_on"] = None
    if said.status not in (Status.MOVED, Status.DROPPED):
        values["reason"] = ""
    if said.status == Status.PARTLY and not said.new_on:
        values["new_on"] = said.next_on
    said = Said(**values)
    check_days(said, today, followed)
    return said


def check_days(said: Said, today: date, followed: bool = False) -> None:
    if said.status == Status.PARTLY and not said.new_on and not followed:
        raise Refused(_("Say until when it stays open."), "new_on")
    if said.status == Status.MOVED and not said.new_on:
        raise Refused(_("Say to which day it moves."), "new_on")
    if said.status == Status.MOVED and not said.reason:
        raise Refused(_("Say in one line why it moves."), "reason")
    if said.next_what and not said.next_on:
        raise Refused(_("Say by when the next step is done."), "next_on")
    if said.next_on and not said.next_what and said.status != Status.PARTLY:
        raise Refused(_("Say what is to be done by then, or leave the date empty."), "next_what")
    for field in ("new_on", "next_on"):
        if (day := getattr(said, field)) is not None:
            check_day(day, today, field=field)
