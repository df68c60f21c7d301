"""Mail that did not arrive: how that becomes known later, and what a person can do about it."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from failforward.accounts import people
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.outbox.backend import KIND as WRITTEN_ALREADY
from failforward.outbox.models import DEAD, Mail, State
from failforward.outbox.planning import ring_when_due

log = logging.getLogger(__name__)

ALLOWED_AGAIN = [*DEAD, State.WITHHELD]
MAY_HAVE_ARRIVED = Q(state=State.SENT) | Q(state=State.SENDING) | Q(uncertain=True)


def bounced(mail: Mail, text: str, now: datetime, trouble: str = "bounced", code: int | None = None) -> bool:
    """A mail server or mail service says that this mail, handed over before, reached nobody.

    `trouble` is "bounced", "complained" or "refused". Flags the address the mail went to. Told twice, or before our
    own note of handing it over, it does no harm; False when there was nothing to change.
    """
    handed_over = Mail.objects.filter(MAY_HAVE_ARRIVED, pk=mail.pk).exclude(state__in=DEAD)
    with transaction.atomic():
        changed = handed_over.update(state=State.BOUNCED, last_code=code, last_text=text[:500], lease_token=None)
        if changed and mail.recipient_id:
            User(pk=mail.recipient_id).note_trouble(mail.address, trouble, text, now)
    if changed and trouble == "complained":
        log.error("Mail %s was reported as spam; its recipient gets no more", mail.pk)
    return bool(changed)


@transaction.atomic
def send_again(mail: Mail, by: User, now: datetime) -> None:
    """Written anew for the address of today. What may have arrived goes out as it was, so that it stays one mail."""
    mail = Mail.objects.select_for_update(of=("self",), no_key=True).select_related("recipient").get(pk=mail.pk)
    if mail.state not in ALLOWED_AGAIN or mail.dropped_at:
        raise Refused(_("This mail is on its way again already, or somebody dropped it."))
    if mail.recipient and not mail.recipient.email:
        raise Refused(_("%(name)s has no e-mail address. Write one down first.") % {"name": mail.recipient})
    as_it_was = bool(mail.body) and (mail.uncertain or mail.kind == WRITTEN_ALREADY)
    Mail.objects.filter(pk=mail.pk).update(
        state=State.READY if as_it_was else State.PLANNED,
        body=mail.body if as_it_was else None,
        due_at=now,
        next_at=now,
        last_code=None,
        last_text="",
    )
    if mail.recipient:
        mail.recipient.clear_trouble()
    record(mail, "sent_again", by)
    ring_when_due(now)


@transaction.atomic
def use_other_address(mail: Mail, by: User, address: str, now: datetime) -> None:
    """The person's own address from now on, everywhere: it is their log-in too, so this is an admin's to do."""
    if mail.recipient is None:
        raise Refused(_("This mail belongs to no person. Ask for it to be sent anew where it came from."))
    address = address.strip().lower()
    if User.objects.filter(email=address).exclude(pk=mail.recipient_id).exists():
        raise Refused(_("Somebody here has this address already."), "address")
    people.change_person(by, mail.recipient, mail.recipient.name, address)
    # Another app may have planned it anew at once.
    if Mail.objects.filter(pk=mail.pk, state__in=ALLOWED_AGAIN).exists():
        send_again(mail, by, now)


@transaction.atomic
def drop(mail: Mail, by: User, now: datetime) -> None:
    """Nobody needs it any more; it leaves the lists of what did not arrive."""
    if Mail.objects.filter(pk=mail.pk, state__in=ALLOWED_AGAIN, dropped_at=None).update(dropped_at=now):
        record(mail, "dropped", by)
