from dataclasses import dataclass, field
from datetime import date, datetime

from actions.inbound.letter import Letter
from failforward import working_days
from failforward.accounts.models import User
from failforward.inbound.models import InboundMail
from failforward.outbox.models import Mail


@dataclass
class Case:
    """One mail on its way through the steps, and what they found out."""

    mail: InboundMail
    letter: Letter
    now: datetime
    kind: str = "reply"
    asked: Mail | None = None
    person: User | None = None
    doubt: str = ""
    text: str = ""

    @property
    def raw(self) -> bytes:
        return self.letter.raw

    @property
    def sent(self) -> bytes | None:
        """Our own mail, byte for byte, as long as it is kept."""
        return bytes(self.asked.body) if self.asked is not None and self.asked.body else None

    @property
    def today(self) -> date:
        return working_days.local_date(self.now, self.person.time_zone if self.person else "UTC")


@dataclass(frozen=True)
class Verdict:
    """What becomes of a mail. `why` is a code of `words.WHY`; `tell` says who hears of it: the person whose answer it
    may be, or the sender too."""

    state: str
    why: str = ""
    tell: tuple[str, ...] = field(default=())
