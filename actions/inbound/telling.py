"""Who hears what became of a reply: once, politely, at most one mail an hour; a robot never."""

import re
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from actions.inbound.letter import Letter
from actions.inbound.verdict import Case, Verdict
from failforward import outbox
from failforward.accounts.models import User
from failforward.inbound.models import InboundMail, State
from failforward.outbox.models import Mail
from failforward.outbox.models import State as MailState

PLAIN_ADDRESS = re.compile(r"[a-z0-9._+%-]{1,64}@[a-z0-9.-]{1,190}")
PAUSE = timedelta(hours=1)
HELD, TAKEN = "reply_held", "reply_taken"


def tell(case: Case, verdict: Verdict) -> None:
    if "person" in verdict.tell and case.person is not None:
        tell_person(case, HELD if verdict.state == State.HELD else TAKEN)
    if "sender" in verdict.tell:
        tell_stranger(case.mail, case.letter, case.now)


def tell_person(case: Case, kind: str) -> None:
    """What waits for them is told later rather than never; a mere "thank you" only if nothing was said lately."""
    mail, person = case.mail, case.person
    quiet_until = last_told(person, case.now)
    if mail.state == State.APPLIED and quiet_until > case.now:
        return
    due_at = max(case.now, quiet_until)
    outbox.plan(f"{kind}:{mail.pk}", kind, person, due_at, subject_id=mail.pk, batch_id=mail.batch_id)


def last_told(person: User, now: datetime) -> datetime:
    """The end of the hour that the last such mail began."""
    told = Mail.objects.filter(recipient=person, kind__in=[HELD, TAKEN]).exclude(state=MailState.WITHHELD)
    last = told.order_by("-due_at").values_list("due_at", flat=True).first()
    return last + PAUSE if last else now


def tell_stranger(mail: InboundMail, letter: Letter, now: datetime) -> None:
    """A neutral note that says nothing of what it was about. Never to a list, never to what may be a robot."""
    if not PLAIN_ADDRESS.fullmatch(letter.sender) or letter.is_from_many or letter.has_null_sender:
        return
    lately = InboundMail.objects.filter(sender=letter.sender, sender_told_at__gt=now - PAUSE)
    if lately.exists():
        return
    InboundMail.objects.filter(pk=mail.pk).update(sender_told_at=now)
    context = {"subject": letter.subject}
    thread = {"In-Reply-To": mail.message_id, "References": mail.message_id} if mail.message_id else {}
    note = EmailMultiAlternatives(
        render_to_string("emails/not_yours/subject.txt", context).strip(),
        render_to_string("emails/not_yours/body.txt", context),
        to=[letter.sender],
        headers=thread,
    )
    note.attach_alternative(render_to_string("emails/not_yours/body.html", context), "text/html")
    note.send()


def mark_told(pks: list[int], now: datetime) -> None:
    InboundMail.objects.filter(pk__in=pks, told_at=None).update(told_at=now)
