"""Mail that Django or a library sends at once (a password reset) goes through the outbox like all other."""

import uuid
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.utils import getaddresses

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from failforward import mail
from failforward.outbox.models import Mail, State
from failforward.outbox.planning import ring_when_due
from failforward.outbox.rendering import message_id

KIND = "message"
SEVEN_BIT = policy.compat32.clone(cte_type="7bit", linesep="\r\n")


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(bool(take(message)) for message in email_messages)


def take(message: EmailMessage) -> list[Mail]:
    """One row an address, ready to go, all with the same bytes."""
    key = f"{KIND}:{uuid.uuid4()}"
    identity = message_id(key)
    message.extra_headers = {"Message-ID": identity, **mail.automatic(), **message.extra_headers}
    body = seven_bit(message.message().as_bytes())
    now = timezone.now()
    rows = [
        Mail(
            key=f"{key}:{number}",
            kind=KIND,
            address=address,
            state=State.READY,
            due_at=now,
            next_at=now,
            message_id=identity,
            body=body,
        )
        for number, (_name, address) in enumerate(getaddresses(message.recipients()))
    ]
    Mail.objects.bulk_create(rows)
    ring_when_due(now)
    return rows


def seven_bit(raw: bytes) -> bytes:
    """With CRLF line ends, and no byte that a server without 8BITMIME would spoil."""
    body = message_from_bytes(raw).as_bytes(policy=SEVEN_BIT)
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def written_already(row: Mail) -> mail.Message:
    raise LookupError(f"Mail {row.pk} came written and cannot be written anew.")
