"""Reply addresses: `reply+<token>@domain` out, the mail of ours that is meant back in."""

from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone

from failforward import links
from failforward.inbound.models import ReplyAddress
from failforward.outbox.models import Mail
from failforward.tokens import IN_ADDRESS, digest_of

LIVES = timedelta(days=90)


def takes_replies() -> bool:
    """Somebody set up a way in; in the mailbox of an install without a mail server there is always one."""
    return bool(settings.REPLY_ADDRESS) or settings.MAILBOX


def address_for(mail: Mail) -> str:
    """A new address for a mail that is being written, empty where replies cannot come in. One that was written before
    and never went out leaves no second address behind."""
    if not takes_replies() or mail.recipient is None:
        return ""
    mail.reply_addresses.filter(revoked_at=None).update(revoked_at=timezone.now())
    return links.reply_address(
        ReplyAddress.issue(mail=mail, person=mail.recipient, expires_at=later(mail.due_at, timezone.now()))
    )


def later(due_at: datetime, now: datetime) -> datetime:
    return max(due_at, now) + LIVES


def found_in(values: list[str]) -> list[ReplyAddress]:
    """Addresses of ours in these headers, each mail once, in their order."""
    digests = list(dict.fromkeys(digest_of(token) for value in values for token in IN_ADDRESS.findall(value[:10_000])))
    known = ReplyAddress.objects.filter(digest__in=digests[:50]).select_related("person", "mail__recipient")
    by_digest = {address.digest: address for address in known}
    return [by_digest[digest] for digest in digests if digest in by_digest]


def is_ours(address: str) -> bool:
    """Whether mail from here would be mail from ourselves."""
    address = parseaddr(address)[1].lower() or address.strip("<> ").lower()
    local, _at, domain = address.partition("@")
    own_local, _at, own_domain = reply_base().lower().partition("@")
    return address == links.sender_address().lower() or (local.split("+")[0], domain) == (own_local, own_domain)


def reply_base() -> str:
    return parseaddr(settings.REPLY_ADDRESS)[1] or links.sender_address()
