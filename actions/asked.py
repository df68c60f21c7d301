"""How far a question has come, in words: handed over, came back, answered, silent. That a mail was read cannot be
known."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.models import Commitment, FollowUp
from actions.models.answer import Status
from actions.models.commitment import CommitmentQuerySet
from actions.models.follow_up import State
from actions.models.promise import State as PromiseState
from actions.models.silence import Step
from failforward.accounts.models import User
from failforward.outbox.models import Mail
from failforward.outbox.models import State as MailState


def sentence(question: FollowUp) -> str:
    """What became of it and its mail."""
    mail = question.mail
    if question.state == State.SNOOZED:
        return _("Put off.")
    if question.state == State.CANCELLED:
        return _("Taken back.")
    if mail is None:
        return ""
    if mail.state == MailState.WITHHELD and question.state == State.ANSWERED:
        return _("Answered before it was asked.")
    return delivery(mail.state, question.commitment.person, question.due_at, mail.sent_at, mail.last_text)


def delivery(state: str, to: User, due_at: datetime | None, sent_at: datetime | None, why: str) -> str:
    if state == MailState.WITHHELD:
        return why or _("Not sent.")
    words = {
        MailState.PLANNED: _("To be asked on %(when)s."),
        MailState.READY: _("To be asked on %(when)s."),
        MailState.CLAIMED: _("Being handed over."),
        MailState.SENDING: _("Being handed over."),
        MailState.RETRY: _("Could not be delivered yet, and is tried again: %(why)s"),
        MailState.SENT: _("Handed over on %(sent)s."),
        MailState.FAILED: _("Could not be delivered to %(name)s: %(why)s"),
        MailState.BOUNCED: _("The mail to %(name)s came back: %(why)s"),
        MailState.EXPIRED: _("Too old to be sent."),
    }
    return words[state] % {"when": plain(due_at), "sent": plain(sent_at), "name": to, "why": why or "?"}


def plain(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "D j M, H:i") if at else "–"


@dataclass(frozen=True)
class Taken:
    """A step about silence; `name` when it reached somebody else than the person."""

    at: datetime
    words: str
    name: str = ""


@dataclass
class Told:
    """What a list says of one open promise; `state` is that of its mail, `reached` are those whom a step reached."""

    sentence: str = ""
    state: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    steps: list[Taken] = field(default_factory=list)
    reached: set[int | None] = field(default_factory=set)

    @property
    def is_silent(self) -> bool:
        return self.state == MailState.SENT

    def say(self, to: User, state: str, *facts) -> None:
        self.state, self.sentence = state, delivery(state, to, *facts)


READ = ["commitment", "state", "due_at", "mail__state", "mail__sent_at", "mail__last_text", "answer__status"]
READ += ["answer__answered_at", "silence_steps__step", "silence_steps__taken_at", "silence_steps__to"]
READ += ["silence_steps__to__name"]


def tell(commitments: list[Commitment], user: User, leads: bool) -> None:
    """Gives each its `told`, for who `leads` the list, for its person, and for whom a step about silence reached; to
    others None. One query for all of them: a question comes once for each of its steps."""
    found = {one.pk: Told() for one in commitments}
    people = {one.pk: one.person for one in commitments}
    asked = FollowUp.objects.filter(commitment__in=found, state__in=[State.PLANNED, State.ANSWERED])
    for row in asked.order_by("occurrence", "silence_steps__taken_at", "silence_steps__pk").values(*READ):
        add(found[row["commitment"]], row, people[row["commitment"]])
    for one in commitments:
        told = found[one.pk]
        if one.state == PromiseState.REQUESTED and one.request_state:
            told.say(one.person, one.request_state, one.request_due_at, one.request_sent_at, one.request_text)
        may_read = leads or user.pk == one.person_id or user.pk in told.reached
        one.told = told if may_read and (told.sentence or told.answer) else None


def add(told: Told, row: dict, person: User) -> None:
    if row["state"] == State.ANSWERED:
        if status := row["answer__status"]:
            told.answer, told.answered_at = str(Status(status).label), row["answer__answered_at"]
        return
    if state := row["mail__state"]:
        told.say(person, state, row["due_at"], row["mail__sent_at"], row["mail__last_text"])
    if row["silence_steps__step"]:
        to, name = row["silence_steps__to"], row["silence_steps__to__name"] or ""
        words = str(Step(row["silence_steps__step"]).label)
        told.steps.append(Taken(row["silence_steps__taken_at"], words, "" if to == person.pk else name))
        told.reached |= {to}


def with_requests(rows: CommitmentQuerySet) -> CommitmentQuerySet:
    """What became of the mail that asked for each of these promises."""
    mail = Mail.objects.filter(key=Concat(Value("request:"), Cast(OuterRef("pk"), CharField())))
    read = {"state": "state", "due_at": "due_at", "sent_at": "sent_at", "text": "last_text"}
    return rows.annotate(**{f"request_{name}": Subquery(mail.values(of)) for name, of in read.items()})
