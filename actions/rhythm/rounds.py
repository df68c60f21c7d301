"""Mails about several things at once: one a person, a kind and a day, as long as it can still be written anew."""

import uuid
from datetime import datetime
from itertools import count

from failforward import outbox, working_days
from failforward.accounts.models import User
from failforward.outbox.models import Mail


def mail_of_the_day(kind: str, recipient: User, due_at: datetime, batch_id: uuid.UUID | None = None) -> Mail:
    """The mail of that day that one more thing can join, in the caller's transaction. It is its own subject: what it
    is about points at it. Once it is on its way the next one takes over."""
    on = working_days.local_date(due_at, recipient.time_zone)
    for number in count(1):
        mail = outbox.plan(f"{kind}:{recipient.pk}:{on}:{number}", kind, recipient, due_at, batch_id=batch_id)
        if mail.subject_id is None:
            mail.subject_id = mail.pk
            mail.save(update_fields=["subject_id"])
            return mail
        # Even where it looks unwritten: another worker may be writing it, and what joins now would not be in it.
        if outbox.replan(mail, mail.due_at):
            return mail
