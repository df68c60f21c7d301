"""What is said of an item, and where: by whom, and who hears it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from actions.models import Meeting
from failforward import working_days
from failforward.accounts.models import User


@dataclass(frozen=True)
class Said:
    """What was said of one item. `because`: what it waits for, why it moves, why it is dropped or parked."""

    how: str
    happened: str = ""
    learned: str = ""
    because: str = ""
    moved_to: date | None = None
    seen_by: User | None = None
    next_what: str = ""
    next_who: User | None = None
    next_on: date | None = None

    def trimmed(self) -> "Said":
        words = {name: value.strip() for name, value in vars(self).items() if isinstance(value, str)}
        return replace(self, **words)


@dataclass(frozen=True)
class Room:
    """Where it is said: who is there, and who writes it down."""

    meeting: Meeting
    by: User
    there: Collection[int]
    now: datetime

    @property
    def today(self) -> date:
        return working_days.local_date(self.now, self.meeting.action_list.time_zone)

    @property
    def place(self) -> str:
        return _("in the meeting of “%(list)s”") % {"list": self.meeting.action_list.name}

    def has(self, person: User | None) -> bool:
        return person is not None and person.pk in self.there

    @property
    def owner(self) -> User | None:
        """The owner of the list, if they are there: they can agree to a date aloud."""
        owner = self.meeting.action_list.owner
        return owner if self.has(owner) else None
