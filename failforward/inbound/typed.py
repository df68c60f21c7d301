"""A reply as the person's own mail program would send it: for the mailbox of an install without a mail server."""

import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

from failforward.accounts.models import User


def reply_to(sent: bytes, person: User, text: str, now: datetime) -> bytes:
    original = message_from_bytes(sent, policy=policy.default)
    reply = EmailMessage(policy=policy.SMTP)
    reply["From"] = f'"{person.name}" <{person.email}>' if person.name.isascii() else person.email
    reply["To"] = str(original["Reply-To"] or original["From"])
    reply["Subject"] = f"Re: {original['Subject']}"
    reply["Date"] = format_datetime(now.astimezone(UTC))
    reply["Message-ID"] = f"<{uuid.uuid4()}@{person.email.rpartition('@')[2]}>"
    reply["In-Reply-To"] = reply["References"] = str(original["Message-ID"])
    body = original.get_body(("plain",))
    quoted = "".join(f"> {line}\n" for line in (body.get_content() if body else "").splitlines())
    wrote = f"On {now:%a, %d %b %Y at %H:%M}, {original['From']} wrote:"
    reply.set_content(f"{text}\n\n{wrote}\n{quoted}")
    return reply.as_bytes()
