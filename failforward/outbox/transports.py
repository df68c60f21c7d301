"""The ways out: SMTP over one connection kept open for the run, the mailbox in our own database, and
mail services (providers.py)."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from enum import Enum
from typing import Protocol

from django.conf import settings

from failforward import links, mail
from failforward.outbox import crash
from failforward.outbox.claiming import Claimed
from failforward.outbox.models import CapturedMail
from failforward.outbox.patient_smtp import PatientSMTP, PatientTlsSMTP
from failforward.outbox.retrying import Stage, Verdict, classify

# Names that RFC 2606 keeps out of the world: whatever is set up, mail to them is only ever captured.
NEVER_BY_SMTP = (".example", ".invalid")
LEADING_DOT = re.compile(rb"(?m)^\.")


class Outcome(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    # The connection broke between the end of the message and the answer to it.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reply:
    outcome: Outcome
    code: int | None
    text: str
    stage: Stage = Stage.MESSAGE

    @property
    def verdict(self) -> Verdict:
        return classify(self.code, self.text, self.stage)


class Refused(Exception):
    """What the server said, or, without a code, what kept us from hearing it."""

    def __init__(self, code: int | None, text: str, stage: Stage) -> None:
        super().__init__(f"{code or ''} {text}".strip())
        self.code, self.text, self.stage = code, text, stage

    @property
    def reply(self) -> Reply:
        return Reply(Outcome.REFUSED, self.code, self.text, self.stage)


class CaptureTransport:
    def deliver(self, row: Claimed) -> Reply:
        crash.point("connected", row.id)
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
        self.unreachable: Refused | None = None
        self.mail_from = f"MAIL FROM:<{links.sender_address()}>"

    def open(self) -> None:
        """Once a run a server that is away is called, not once a mail."""
        if self.unreachable:
            raise self.unreachable
        if self.smtp is None:
            try:
                self.smtp = connect(settings.SMTP)
            except Refused as refused:
                self.unreachable = refused
                raise

    def probe(self) -> None:
        """As far as one can go without a message."""
        self.drop()
        self.unreachable = None
        self.open()
        self.say(Stage.SENDER, self.mail_from, 250)
        self.reset()

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
            self.say(Stage.RECIPIENT, f"RCPT TO:<{in_ascii(row.address)}>", 250, 251)
            self.say(Stage.MESSAGE, "DATA", 354)
            crash.point("connected", row.id)
            self.smtp.send(dotted(row.body) + b".\r\n")
            handed_over = True
            code, text = self.expect(Stage.MESSAGE, 250)
        except Refused as refused:
            self.reset()
            return refused.reply
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            # No stage of its own: whatever broke off is tried again.
            return Reply(Outcome.UNKNOWN if handed_over else Outcome.REFUSED, None, str(error) or repr(error))
        return Reply(Outcome.ACCEPTED, code, text)

    def begin(self) -> None:
        """A server that hung up between two messages is called again."""
        try:
            self.say(Stage.SENDER, self.mail_from, 250)
        except smtplib.SMTPServerDisconnected:
            self.drop()
            self.open()
            self.say(Stage.SENDER, self.mail_from, 250)

    def say(self, stage: Stage, line: str, *fine: int) -> None:
        self.smtp.putcmd(line)
        self.expect(stage, *fine)

    def expect(self, stage: Stage, *fine: int) -> tuple[int, str]:
        code, text = self.smtp.getreply()
        if code not in fine:
            raise Refused(code, text.decode(errors="replace"), stage)
        return code, text.decode(errors="replace")

    def reset(self) -> None:
        if self.smtp is None:
            return
        try:
            self.say(Stage.SENDER, "RSET", 250)
        except (Refused, OSError, smtplib.SMTPException):
            self.drop()

    def drop(self) -> None:
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            smtp.close()


def connect(smtp: dict) -> smtplib.SMTP:
    options = {"host": smtp["EMAIL_HOST"], "port": smtp.get("EMAIL_PORT") or 0, "timeout": settings.EMAIL_TIMEOUT}
    # Named, because asking the name server for our own name can take long.
    options["local_hostname"] = links.mail_domain()
    with said_at(Stage.CONNECT):
        if smtp.get("EMAIL_USE_SSL"):
            connection = PatientTlsSMTP(**options, context=ssl.create_default_context())
        else:
            connection = PatientSMTP(**options)
    try:
        if smtp.get("EMAIL_USE_TLS"):
            with said_at(Stage.TLS):
                connection.starttls(context=ssl.create_default_context())
        if smtp.get("EMAIL_HOST_USER"):
            with said_at(Stage.LOGIN):
                connection.login(smtp["EMAIL_HOST_USER"], smtp.get("EMAIL_HOST_PASSWORD") or "")
        with said_at(Stage.CONNECT):
            connection.ehlo_or_helo_if_needed()
        connection.is_in()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def said_at(stage: Stage) -> Iterator[None]:
    """Every failure of a connection as one kind, with how far it had come. One that merely broke off, however far,
    proves nothing against the password or the certificate."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        text = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise Refused(error.smtp_code, str(text), stage) from error
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPAuthenticationError) as error:
        raise Refused(None, str(error), stage) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise Refused(None, str(error), Stage.CONNECT) from error
    except ssl.SSLError as error:
        raise Refused(None, str(error), Stage.TLS) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(None, str(error) or repr(error), Stage.CONNECT) from error


class Transport(Protocol):
    def deliver(self, row: Claimed) -> Reply: ...

    def probe(self) -> None: ...

    def close(self) -> None: ...


class Post:
    """Chooses the way out for each address, and keeps what is open until the run ends."""

    def __init__(self) -> None:
        self.capture = CaptureTransport()
        self.out = way_out()

    def probe(self) -> None:
        if self.out:
            self.out.probe()

    def for_address(self, address: str) -> Transport:
        if self.out is None or address.lower().endswith(NEVER_BY_SMTP):
            return self.capture
        return self.out

    def close(self) -> None:
        if self.out:
            self.out.close()


def way_out() -> Transport | None:
    if settings.MAIL_SERVICE:
        # Here and not above: most installs need neither it nor what it imports.
        from failforward.outbox.providers import ServiceTransport

        return ServiceTransport()
    return SmtpTransport() if settings.SMTP.get("EMAIL_HOST") else None


def in_ascii(address: str) -> str:
    try:
        return mail.plain_address(address)
    except UnicodeError as error:
        # The code a server has for an address that it cannot read.
        raise Refused(553, str(error), Stage.RECIPIENT) from error


def dotted(body: bytes) -> bytes:
    """A line of one dot would end the message, so lines that begin with one get a second (RFC 5321, 4.5.2)."""
    return LEADING_DOT.sub(b"..", body) if b"\n." in body or body[:1] == b"." else body


def subject_of(body: bytes) -> str:
    return str(message_from_bytes(body, policy=policy.default)["Subject"] or "")[:500]
