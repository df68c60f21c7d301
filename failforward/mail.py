"""Builds the bytes of one message from templates/emails/<name>/{subject.txt,body.txt,body.html}. Knows no model."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.translation import gettext as _

from failforward import links

# Seven bits, so that a server without 8BITMIME or SMTPUTF8 delivers the same bytes.
POLICY = SMTP.clone(cte_type="7bit", max_line_length=76)
LOOP_HEADER = "X-FailForward-Loop"
COLUMNS = 77
NAME_LENGTH = 75
CALENDAR_METHOD = re.compile(r"^METHOD:(\w+)", re.MULTILINE)
# What breaks a line for some reader of a header: all control characters and Unicode's own line ends.
LINE_BREAKING = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Turning the direction of writing makes an address look like another.
INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True)
class Message:
    """What is to be said to whom.

    `to` is the address alone, `from_name` the person who asks ("Jonas Weil" becomes "Jonas Weil via FailForward"),
    `references` the Message-IDs this one continues, oldest first, `unsubscribe` a URL that takes a bare POST,
    `calendar` what a calendar program does with it, by METHOD.
    """

    template: str
    context: Mapping[str, object]
    to: str
    to_name: str = ""
    from_name: str = ""
    reply_to: str = ""
    references: Sequence[str] = ()
    unsubscribe: str = ""
    calendar: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def build(message: Message, message_id: str, date: datetime) -> bytes:
    """The whole message with CRLF line ends. Language and time zone are the active ones."""
    subject = one_line(render(message, "subject.txt"))
    content = EmailMessage(policy=POLICY)
    content.set_content(narrow(render(message, "body.txt", subject=subject)))
    content.add_alternative(render(message, "body.html", subject=subject), subtype="html")
    if message.calendar:
        add_calendar(content, message.calendar)
    return head(message, subject, message_id, date) + content.as_bytes()


def add_calendar(content: EmailMessage, calendar: str) -> None:
    """Twice, as Google's own invitations have it: the alternative is what Outlook and Gmail put buttons under, the file
    is what other programs offer to open."""
    method = CALENDAR_METHOD.search(calendar)[1]
    content.add_alternative(calendar, subtype="calendar", params={"method": method})
    content.add_attachment(calendar.encode(), maintype="application", subtype="ics", filename="invite.ics")


def head(message: Message, subject: str, message_id: str, date: datetime) -> bytes:
    """Written here and not by `EmailMessage`, whose folding breaks long links, Message-IDs and names with accents."""
    found = {
        "From": sender(message.from_name),
        "To": mailbox(message.to_name, message.to),
        "Subject": encoded("Subject", subject),
        "Date": format_datetime(date.astimezone(UTC)),
        "Message-ID": message_id,
        **automatic(),
    }
    if message.reply_to:
        found["Reply-To"] = plain_address(message.reply_to)
    if message.references:
        found["In-Reply-To"] = message.references[-1]
        found["References"] = "\r\n ".join(message.references)
    if message.unsubscribe:
        found["List-Unsubscribe"] = f"<{one_line(message.unsubscribe)}>"
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    found |= {name: encoded(name, one_line(value)) for name, value in message.headers.items()}
    return "".join(f"{name}: {value}\r\n" for name, value in found.items()).encode("ascii")


def automatic() -> dict[str, str]:
    """Tells robots not to answer, and ourselves that this came from us."""
    return {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        LOOP_HEADER: links.mail_domain(),
    }


def sender(name: str) -> str:
    own_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if name:
        own_name = _("%(name)s via FailForward") % {"name": clean_name(name, NAME_LENGTH - 20)}
    return mailbox(own_name, address, "From")


def mailbox(name: str, address: str, header: str = "To") -> str:
    name, address = clean_name(name), plain_address(address)
    if not name:
        return address
    return f'"{name}" <{address}>' if name.isascii() else f"{encoded(header, name)} <{address}>"


def plain_address(address: str) -> str:
    """In ASCII, as SMTP wants it; a name before the @ that has no such form is an error."""
    local, _at, domain = one_line(address).rpartition("@")
    return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"


def encoded(header: str, text: str) -> str:
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, maxlinelen=75, header_name=header).encode(linesep="\r\n")


def clean_name(name: str, length: int = NAME_LENGTH) -> str:
    """A display name that no mail system takes for an address or a list."""
    return one_line(re.sub(r'[@:,;"<>\\]', " ", name))[:length].strip()


def one_line(text: str) -> str:
    return INVISIBLE.sub("", LINE_BREAKING.sub(" ", text)).strip()


def render(message: Message, part: str, **more) -> str:
    """Plain text is not HTML: only the HTML part escapes what people wrote."""
    template = get_template(f"emails/{message.template}/{part}").template
    return template.render(Context({**message.context, **more}, autoescape=part.endswith(".html")))


def narrow(text: str) -> str:
    """Folds lines of 78 columns and more between words, indented as they were; a link is never broken."""
    return "\n".join(folded for line in text.strip().splitlines() for folded in fold(line)) + "\n"


def fold(line: str) -> list[str]:
    line = line.rstrip()
    if len(line) <= COLUMNS:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.strip(),
        COLUMNS,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
