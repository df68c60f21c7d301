"""Which mail of ours is answered, and by whom. The address we gave is the proof; the From header never is."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress

from actions.inbound.letter import Letter
from failforward.accounts.models import User
from failforward.inbound.addresses import found_in
from failforward.inbound.models import ReplyAddress
from failforward.outbox.models import Mail
from failforward.tokens import IN_ADDRESS


@dataclass(frozen=True)
class Asked:
    """`mail` is what we asked, None when it cannot be told; `doubt` is a code of why a person has to look."""

    mail: Mail | None = None
    doubt: str = ""

    @property
    def person(self) -> User | None:
        return self.mail.recipient if self.mail else None


def asked_by(letter: Letter, now: datetime) -> Asked:
    """By the address in the envelope, then in the headers of the delivery, then in To and Cc; then by the thread."""
    places = [[letter.envelope_to], letter.delivered_to, letter.addressed_to]
    found = [addresses for place in places if (addresses := found_in(place))]
    if found:
        return by_address(found, now)
    mail = by_thread(letter)
    wrong = any(IN_ADDRESS.search(value) for place in places for value in place)
    if mail is None:
        return Asked(None, "wrong_address" if wrong else "no_address")
    return Asked(mail, "wrong_address" if wrong else "")


def by_address(found: list[list[ReplyAddress]], now: datetime) -> Asked:
    nearest = found[0][0]
    if len({address.mail_id for place in found for address in place}) > 1:
        return Asked(nearest.mail, "two_addresses")
    return Asked(nearest.mail, "" if nearest.is_alive(now) else "old_address")


def by_thread(letter: Letter) -> Mail | None:
    """An address cut off or damaged on the way leaves the conversation: our Message-IDs cannot be guessed."""
    ids = letter.answers
    known = Mail.objects.filter(message_id__in=ids, recipient__isnull=False).select_related("recipient")
    by_id = {mail.message_id: mail for mail in known.order_by("pk")}
    return next((by_id[one] for one in ids if one in by_id), None)


def is_theirs(person: User, address: str) -> bool:
    """An address we have on file for them."""
    if not address:
        return False
    own = EmailAddress.objects.filter(user=person, email__iexact=address, verified=True)
    return address == person.email or own.exists()


def known(address: str) -> User | None:
    if not address:
        return None
    return User.objects.filter(email=address, is_active=True).first()
