import hashlib
import hmac
import logging
import zoneinfo
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from failforward import links, mail
from failforward.accounts.models.user import AddressTrouble
from failforward.outbox import catalogue
from failforward.outbox.models import Mail, State

log = logging.getLogger(__name__)

# What is wrong with the database, or with code that runs beside a schema of another version, is no fault of the mail:
# it stays due.
NOT_THE_MAIL = (InterfaceError, InternalError, OperationalError, ProgrammingError)
BATCH = 20
WRITTEN = ["state", "address", "message_id", "body", "next_at", "last_text"]


def render_due(now: datetime, without: Collection[int] = ()) -> list[Mail]:
    """Writes a batch of what is due within the next minutes; an empty list means that nothing is left to write. What
    could not be written for a reason that is not its own stays planned; such rows are left out by their ids."""
    until = now + timedelta(seconds=settings.RENDER_AHEAD_SECONDS)
    planned = Mail.objects.filter(state=State.PLANNED, due_at__lte=until).exclude(pk__in=without).order_by("due_at")
    if not planned.exists():
        return []
    with transaction.atomic():
        # With its key: whoever is about to point at a mail and join it keeps it from being written.
        locked = planned.select_related("recipient").select_for_update(skip_locked=True, of=("self",))
        batch = list(locked[:BATCH])
        for row in batch:
            prepare(row)
            row.save(update_fields=WRITTEN)
    return batch


def prepare(row: Mail) -> None:
    """A row that cannot be written fails by itself; the others go on."""
    try:
        with transaction.atomic():
            row.state, row.last_text = verdict(row)
            if row.state == State.READY:
                render(row)
    except Exception as error:
        log.exception("Mail %s cannot be written", row.pk)
        if is_not_the_mail(error):
            row.state = State.PLANNED
            return
        row.state, row.body = State.FAILED, None
        row.last_text = _("The mail could not be written: %(error)s") % {"error": repr(error)[:400]}


def is_not_the_mail(error: Exception) -> bool:
    """Raised again where the database itself is gone."""
    # Somebody caught an error of the database and went on inside its transaction: that is a fault of the code.
    if isinstance(error, TransactionManagementError) or not isinstance(error, NOT_THE_MAIL):
        return False
    if not connection.is_usable():
        raise error
    return True


def verdict(row: Mail) -> tuple[str, str]:
    person = row.recipient
    if person is None or not person.email:
        return State.WITHHELD, _("%(name)s has no e-mail address.") % {"name": person or _("The recipient")}
    if not person.is_active:
        return State.WITHHELD, _("%(name)s does not work here any more.") % {"name": person}
    if person.address_trouble == AddressTrouble.COMPLAINED:
        return State.WITHHELD, _("%(name)s reported our mail as spam, so we write no more.") % {"name": person}
    return wanted(row.kind, row.subject_id)


def wanted(kind: str, subject_id: int | None) -> tuple[str, str]:
    answer = catalogue.find(kind).still_wanted(subject_id)
    if answer is True:
        return State.READY, ""
    return State.WITHHELD, str(answer or _("It is settled already."))[:500]


def render(row: Mail) -> None:
    person = row.recipient
    with translation.override(person.language), timezone.override(zoneinfo.ZoneInfo(person.time_zone)):
        message = catalogue.find(row.kind).render(row)
        if message.to != person.email:
            raise ValueError("the message is addressed to somebody else than its row")
        row.message_id = message_id(row.key)
        # The due instant, not the moment of writing: a second copy with another Date counts as another mail.
        row.body = mail.build(message, row.message_id, row.due_at)
    row.address, row.next_at = person.email, row.due_at


def message_id(key: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), key.encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:24]}@{links.mail_domain()}>"
