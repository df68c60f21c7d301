"""Mail that comes in, for tests: a reply to a mail of ours, as a mail program would send it, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from actions import follow_ups
from actions.models import Commitment
from failforward.inbound import reading
from failforward.inbound.models import InboundMail
from failforward.inbound.storing import store
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail


@dataclass
class Question:
    """A question that went out, and the mail that asked it."""

    commitment: Commitment
    mail: Mail
    bytes: bytes

    @property
    def letter(self) -> EmailMessage:
        return message_from_bytes(self.bytes, policy=policy.default)

    @property
    def address(self) -> str:
        return str(self.letter["Reply-To"])


def ask(commitment: Commitment, now: datetime) -> Question:
    question = follow_ups.waiting_for(commitment)
    follow_ups.ask_at(question, now - timedelta(seconds=1))
    run_due()
    mail = Mail.objects.select_related("recipient").get(key=f"followup:{question.pk}")
    return Question(commitment, mail, bytes(CapturedMail.objects.get(mail=mail).body))


def reply(question: Question | None, text: str, **headers: str) -> bytes:
    """From the person asked, to the address that was given, quoting nothing, unless `headers` say otherwise."""
    fields = {"Subject": "Re: How did it go?", "Message-ID": f"<{abs(hash((text, *headers.values())))}@phone.example>"}
    if question is not None:
        fields |= {
            "From": f"{question.mail.recipient.name} <{question.mail.recipient.email}>",
            "To": question.address,
            "In-Reply-To": question.mail.message_id,
        }
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    letter = EmailMessage(policy=policy.SMTP)
    for name, value in fields.items():
        if value:
            letter[name] = value
    letter.set_content(text)
    return letter.as_bytes()


def arrive(raw: bytes, now: datetime, envelope_to: str = "", envelope_from: str = "") -> InboundMail:
    mail, _new = store([raw], "pipe", envelope_from, envelope_to, now=now)
    reading.read_due(now)
    return InboundMail.objects.get(pk=mail.pk)


def told(kind: str) -> list[str]:
    """Who gets a mail of this kind."""
    return [mail.recipient.email for mail in Mail.objects.filter(kind=kind).order_by("pk")]
