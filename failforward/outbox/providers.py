"""Mail services reached through their own interface instead of SMTP, by django-anymail. Imported only where one is
set up: `EMAIL_URL=postmark://TOKEN@` and the like."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection

from failforward.outbox.channel import CannotTell
from failforward.outbox.claiming import Claimed
from failforward.outbox.retrying import Stage
from failforward.outbox.transports import Outcome, Reply

# What the service tells us of a mail, it tells by the number we give it here.
NUMBER = "failforward_mail"
OWN_PLACES = {"from", "to", "subject", "reply-to", "content-type", "content-transfer-encoding", "mime-version"}
# The nearest that SMTP has, so that one table decides what follows.
KEY_REFUSED, TOO_MANY, REFUSED = 535, 432, 554


class ServiceTransport:
    def __init__(self) -> None:
        self.connection = get_connection(f"anymail.backends.{settings.MAIL_SERVICE}.EmailBackend")

    def deliver(self, row: Claimed) -> Reply:
        try:
            self.connection.send_messages([as_django(row)])
        except AnymailRecipientsRefused as error:
            return Reply(Outcome.REFUSED, 550, str(error), Stage.RECIPIENT)
        except AnymailAPIError as error:
            return judged(error)
        except ImproperlyConfigured as error:
            return Reply(Outcome.REFUSED, None, str(error), Stage.LOGIN)
        except AnymailError as error:
            return Reply(Outcome.REFUSED, REFUSED, str(error), Stage.MESSAGE)
        return Reply(Outcome.ACCEPTED, 250, f"taken by {settings.MAIL_SERVICE}")

    def probe(self) -> None:
        raise CannotTell

    def close(self) -> None:
        self.connection.close()


def judged(error: AnymailAPIError) -> Reply:
    text, status = str(error), error.status_code
    if status is None:
        # Nobody knows what became of a request that was sent and not answered.
        unsent = isinstance(error, requests.ConnectTimeout) or not isinstance(error, requests.Timeout)
        return Reply(Outcome.REFUSED if unsent else Outcome.UNKNOWN, None, text)
    if status in (401, 403):
        return Reply(Outcome.REFUSED, KEY_REFUSED, text, Stage.LOGIN)
    if status == 429:
        return Reply(Outcome.REFUSED, TOO_MANY, text)
    return Reply(Outcome.REFUSED, REFUSED if status < 500 else None, text)


def as_django(row: Claimed) -> EmailMultiAlternatives:
    """The stored message in the parts that a service takes; its Message-ID and Date go along."""
    stored: EmailMessage = message_from_bytes(row.body, policy=policy.default)
    plain, html = stored.get_body(("plain",)), stored.get_body(("html",))
    message = EmailMultiAlternatives(
        subject=str(stored["Subject"] or ""),
        body=plain.get_content() if plain else "",
        from_email=str(stored["From"]),
        # The row's and not the header's: a mail to several has a row for each.
        to=[row.address],
        reply_to=[str(stored["Reply-To"])] if stored["Reply-To"] else None,
        headers={name: str(value) for name, value in stored.items() if name.lower() not in OWN_PLACES},
    )
    if html:
        message.attach_alternative(html.get_content(), "text/html")
    message.metadata = {NUMBER: str(row.id)}
    # A pixel and rewritten links would tell on people, and spoil what scanners may press.
    message.track_opens = message.track_clicks = False
    return message
