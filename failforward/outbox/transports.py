"""The two ways out: SMTP over one connection kept open for the run, and the mailbox in our own database."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from email import message_from_bytes, policy
from enum import Enum

from django.conf import settings

from failforward import links, mail
from failforward.outbox import crash
from failforward.outbox.claiming import Claimed
from failforward.outbox.models import CapturedMail

# Names that RFC 2606 keeps out of the world: whatever is set up, mail to them is only ever captured.
NEVER_BY_SMTP = (".example", ".invalid")
LEADING_DOT = re.compile(rb"(?m)^\.")


class Outcome(Enum):
    ACCEPTED = "accepted"
    LATER = "later"
    NEVER = "never"
    # The connection broke between the end of the message and the answer to it.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reply:
    outcome: Outcome
    code: int | None
    text: str


class CaptureTransport:
    def deliver(self, row: Claimed) -> Reply:
        crash.point("connected")
        CapturedMail.objects.create(
            mail_id=row.id,
            message_id=row.message_id,
            address=row.address,
            subject=subject_of(row.body),
            body=row.body,
            batch_id=row.batch_id,
        )
        return Reply(Outcome.ACCEPTED, 250, "captured")


class SmtpTransport:
    def __init__(self) -> None:
        self.smtp: smtplib.SMTP | None = None
        self.unreachable: Exception | None = None
        self.mail_from = f"MAIL FROM:<{links.sender_address()}>"

    def open(self) -> None:
        """Once a run a server that is away is called, not once a mail."""
        if self.unreachable:
            raise self.unreachable
        if self.smtp is None:
            try:
                self.smtp = connect(settings.SMTP)
            except (OSError, smtplib.SMTPException) as error:
                self.unreachable = error
                raise

    def close(self) -> None:
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def deliver(self, row: Claimed) -> Reply:
        handed_over = False
        try:
            self.open()
            self.begin()
            self.say(f"RCPT TO:<{in_ascii(row.address)}>", 250, 251)
            self.say("DATA", 354)
            crash.point("connected")
            self.smtp.send(dotted(row.body) + b".\r\n")
            handed_over = True
            code, text = self.expect(250)
        except Refused as refused:
            self.reset()
            outcome = Outcome.NEVER if refused.for_good else Outcome.LATER
            return Reply(outcome, refused.code, refused.text)
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            return Reply(Outcome.UNKNOWN if handed_over else Outcome.LATER, None, str(error) or repr(error))
        return Reply(Outcome.ACCEPTED, code, text)

    def begin(self) -> None:
        """A server that hung up between two messages is called again."""
        try:
            self.say(self.mail_from, 250)
        except smtplib.SMTPServerDisconnected:
            self.drop()
            self.open()
            self.say(self.mail_from, 250)
        except Refused as refused:
            # About us and not about this person: somebody will mend it.
            raise Refused(refused.code, refused.text, for_good=False) from refused

    def say(self, line: str, *fine: int) -> None:
        self.smtp.putcmd(line)
        self.expect(*fine)

    def expect(self, *fine: int) -> tuple[int, str]:
        code, text = self.smtp.getreply()
        if code not in fine:
            raise Refused(code, text.decode(errors="replace"), for_good=code >= 500)
        return code, text.decode(errors="replace")

    def reset(self) -> None:
        try:
            self.say("RSET", 250)
        except (Refused, OSError, smtplib.SMTPException):
            self.drop()

    def drop(self) -> None:
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            smtp.close()


class Refused(Exception):
    def __init__(self, code: int, text: str, for_good: bool) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text, self.for_good = code, text, for_good


def connect(smtp: dict) -> smtplib.SMTP:
    options = {"host": smtp["EMAIL_HOST"], "port": smtp.get("EMAIL_PORT") or 0, "timeout": settings.EMAIL_TIMEOUT}
    # Named, because asking the name server for our own name can take long.
    options["local_hostname"] = links.mail_domain()
    if smtp.get("EMAIL_USE_SSL"):
        connection = smtplib.SMTP_SSL(**options, context=ssl.create_default_context())
    else:
        connection = smtplib.SMTP(**options)
    try:
        if smtp.get("EMAIL_USE_TLS"):
            connection.starttls(context=ssl.create_default_context())
        if smtp.get("EMAIL_HOST_USER"):
            connection.login(smtp["EMAIL_HOST_USER"], smtp.get("EMAIL_HOST_PASSWORD") or "")
        connection.ehlo_or_helo_if_needed()
    except BaseException:
        connection.close()
        raise
    return connection


class Post:
    """Chooses the way out for each address, and keeps what is open until the run ends."""

    def __init__(self) -> None:
        self.smtp = SmtpTransport()
        self.capture = CaptureTransport()

    def for_address(self, address: str) -> SmtpTransport | CaptureTransport:
        if not settings.SMTP.get("EMAIL_HOST") or address.lower().endswith(NEVER_BY_SMTP):
            return self.capture
        return self.smtp

    def close(self) -> None:
        self.smtp.close()


def in_ascii(address: str) -> str:
    try:
        return mail.plain_address(address)
    except UnicodeError as error:
        # The code a server has for an address that it cannot read.
        raise Refused(553, str(error), for_good=True) from error


def dotted(body: bytes) -> bytes:
    """A line of one dot would end the message, so lines that begin with one get a second (RFC 5321, 4.5.2)."""
    return LEADING_DOT.sub(b"..", body) if b"\n." in body or body[:1] == b"." else body


def subject_of(body: bytes) -> str:
    return str(message_from_bytes(body, policy=policy.default)["Subject"] or "")[:500]
