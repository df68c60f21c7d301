"""The order of arrival: one step after the other, until one of them knows what becomes of the mail.

A step gets the case and answers a verdict, or None when the next shall go on. The mail is stored already, so nothing
that happens here can lose it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from actions.inbound import attending, away, meaning, returned, telling, whose
from actions.inbound.letter import Letter
from actions.inbound.parser import parser
from actions.inbound.verdict import Case, Verdict
from failforward.accounts.models import User
from failforward.inbound.addresses import is_ours
from failforward.inbound.models import InboundMail, State
from failforward.inbound.storing import MAX_BYTES
from failforward.mail import LOOP_HEADER

MOST_AN_HOUR = 30


def read(mail: InboundMail, now: datetime) -> None:
    """The reader of all inbound mail: judges, applies and notes the end of it in one transaction."""
    case = opened(mail, now)
    with transaction.atomic():
        verdict = next(verdict for step in STEPS if (verdict := step(case)))
        mail.finish(
            verdict.state,
            verdict.why,
            now,
            sender=case.letter.sender,
            subject=case.letter.subject,
            text=case.text,
            answers=case.asked,
            person=case.person,
        )
        telling.tell(case, verdict)


def opened(mail: InboundMail, now: datetime) -> Case:
    letter = Letter(bytes(mail.raw), mail.envelope_from, mail.envelope_to)
    asked = whose.asked_by(letter, now)
    return Case(mail, letter, now, asked=asked.mail, person=asked.person, doubt=asked.doubt)


def unreadable(case: Case) -> Verdict | None:
    """Kept as it came. Its own sender says with one tap what it meant; anybody else's waits for an operator."""
    if case.mail.size > MAX_BYTES:
        why = "too_big"
    else:
        case.kind = parser().kind(case.raw)
        why = parser().unreadable_because(case.raw) if case.kind == "unreadable" else ""
    if not why:
        return None
    if case.person is not None and whose.is_theirs(case.person, case.letter.sender) and not case.doubt:
        return Verdict(State.HELD, why, ("person",))
    return Verdict(State.QUARANTINED, why)


def came_back(case: Case) -> Verdict | None:
    if case.kind == "bounce":
        return returned.bounce(case)
    return returned.complaint(case) if case.kind == "complaint" else None


def robot(case: Case) -> Verdict | None:
    """Never an answer, and never answered: not even told that it came."""
    if case.letter.has(LOOP_HEADER) or is_ours(case.letter.sender):
        return Verdict(State.IGNORED, "loop")
    if case.kind == "receipt":
        return Verdict(State.IGNORED, "receipt")
    if case.kind != "auto_reply" and not case.letter.has_null_sender:
        return None
    if case.person is None:
        return Verdict(State.IGNORED, "robot")
    case.text = text_of(case)
    away.offer(case)
    return Verdict(State.NOTE, "away")


def flood(case: Case) -> Verdict | None:
    since = case.now - timedelta(hours=1)
    earlier = InboundMail.objects.filter(sender=case.letter.sender, received_at__gt=since, state__in=READ)
    return Verdict(State.HELD, "too_many") if earlier[: MOST_AN_HOUR + 1].count() > MOST_AN_HOUR else None


def unknown(case: Case) -> Verdict | None:
    """No address of ours, and no conversation. Who is one of us is asked which promise it was about."""
    if case.asked is not None:
        return None
    case.person = whose.known(case.letter.sender)
    if case.person is not None and not case.letter.is_from_many:
        case.text = text_of(case)
        return Verdict(State.HELD, case.doubt, ("person",))
    return Verdict(State.HELD, case.doubt)


def someone_else(case: Case) -> Verdict | None:
    """The address is the key, but a mail can be forwarded: another From needs a yes of the person on file."""
    if not case.person.is_active:
        return Verdict(State.NOTE, "left")
    case.text = text_of(case)
    if case.letter.is_disowned(settings.AUTHSERV_ID):
        return Verdict(State.HELD, "forged", ("person",))
    if not whose.is_theirs(case.person, case.letter.sender):
        return Verdict(State.HELD, "stranger", ("person", "sender"))
    return None


def doubtful(case: Case) -> Verdict | None:
    if case.doubt == "old_address":
        return Verdict(State.NOTE, "late", ("person",))
    return Verdict(State.HELD, case.doubt, ("person",)) if case.doubt else None


def came_before(case: Case) -> Verdict | None:
    """The same Message-ID by another way: the first is the answer, this one is kept beside it."""
    if not case.mail.message_id:
        return None
    same = InboundMail.objects.filter(message_id=case.mail.message_id, person=case.person, answers=case.asked)
    return Verdict(State.NOTE, "copy") if same.exclude(pk=case.mail.pk).exists() else None


def said(case: Case) -> Verdict:
    return meaning.of(case)


def text_of(case: Case) -> str:
    """The reply without what it quotes; PostgreSQL keeps no NUL."""
    return parser().reply_text(case.raw, case.sent).replace("\x00", "")


Step = Callable[[Case], Verdict | None]
STEPS: list[Step] = [
    unreadable,
    came_back,
    attending.note,
    robot,
    flood,
    unknown,
    someone_else,
    doubtful,
    came_before,
    said,
]
READ = [State.APPLIED, State.HELD, State.NOTE]


def replies_of(user: User, now: datetime):
    """What waits for `user` to say what it meant, the newest first."""
    return InboundMail.objects.held().filter(person=user.pk).for_list().order_by("-pk")
