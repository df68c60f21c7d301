"""What a bounce (RFC 3464 or free text) and a complaint (RFC 5965) say: who, why, about which of our mails."""

import re
from dataclasses import dataclass
from email.message import Message

from actions.inbound.bodies import shown
from actions.inbound.decoding import ADDRESS, Unreadable, address_in, header, opened, part_text, payload, unbroken
from actions.inbound.kinds import BOUNCE, COMPLAINT, kind_of, own_parts
from actions.inbound.robots import DAEMONS, DELAYED

ENOUGH = 30_000
FIELD = re.compile(r"(?P<name>[A-Za-z][A-Za-z-]{1,40})[ \t]{0,3}:[ \t]{0,3}(?P<value>.{0,1000})$")
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
SMTP_CODE = re.compile(r"(?<![\d.-])([45])\d\d(?=[ -])")
MESSAGE_ID = re.compile(r"^message-id[ \t]{0,3}:\s{0,3}(<[^<>\s]{1,250}>)", re.I | re.M)
# Words some reports use in place of RFC 3464's five.
ACTIONS = {"failure": "failed", "fail": "failed", "error": "failed", "delay": "delayed", "delivery": "delivered"}
SETTLED = ("failed", "expired")
# Headers of the report itself that name others than the recipient.
ORIGINAL_BEGINS = re.compile(
    r"^\W{0,10}(?:original message|message header|included is a copy|below this line is a copy|"
    r"this is a copy of|------ this is|the body of your message|unsent message|returned message|"
    r"message text follows|bounced e-?mail|received: )",
    re.I,
)


@dataclass(frozen=True)
class Bounce:
    """`action` is RFC 3464's word: failed, delayed, delivered, relayed, expanded; free text gives failed or delayed.

    `status` is an enhanced code like 5.1.1, "" when none is named. `original_message_id` comes from the returned
    headers: without it, or with one that is not ours, the report proves nothing. `recipients` are all that are named.
    """

    recipient: str
    status: str
    action: str
    original_message_id: str = ""
    diagnostic: str = ""
    recipients: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """The address was refused for good, or given up. Anything else is only a note."""
        return self.action in SETTLED

    @property
    def permanent(self) -> bool:
        return self.failed and not self.status.startswith("4")


@dataclass(frozen=True)
class Complaint:
    recipient: str
    feedback_type: str
    original_message_id: str = ""


def bounce_of(raw: bytes) -> Bounce | None:
    """None when the message is no bounce, or cannot be read."""
    try:
        message = opened(raw)
    except Unreadable:
        return None
    if kind_of(message) != BOUNCE:
        return None
    blocks = status_blocks(message)
    text = "\n".join(part_text(part) for part in shown(message)[:3])[:ENOUGH]
    if not any("final-recipient" in block or "action" in block for block in blocks):
        blocks = fields_in(text.split("\n"))
    reports = [
        block for block in blocks if block.keys() & {"final-recipient", "original-recipient", "action", "status"}
    ]
    found = reports[0] if reports else {}
    recipients = tuple(dict.fromkeys(filter(None, (recipient_of(block) for block in reports))))
    if not recipients:
        recipients = recipients_in(message, text)
    return Bounce(
        recipient=recipients[0] if recipients else "",
        status=status_of_block(found, text),
        action=action_of(found, message, text),
        original_message_id=original_message_id(message, text),
        diagnostic=found.get("diagnostic-code", "")[:500],
        recipients=recipients,
    )


def complaint_of(raw: bytes) -> Complaint | None:
    try:
        message = opened(raw)
    except Unreadable:
        return None
    if kind_of(message) != COMPLAINT:
        return None
    fields: dict[str, str] = {}
    for part in own_parts(message):
        if part.get_content_type() == "message/feedback-report":
            for block in fields_in(inner_text(part).split("\n")):
                fields = block | fields
    recipient = address_in(fields.get("original-rcpt-to", "")) or original_recipient(message)
    return Complaint(recipient, fields.get("feedback-type", "").casefold(), original_message_id(message, ""))


def status_blocks(message: Message) -> list[dict[str, str]]:
    blocks = []
    for part in own_parts(message):
        if part.get_content_type() == "message/delivery-status":
            blocks += fields_in(inner_text(part).split("\n"))
    return blocks


def inner_text(part: Message) -> str:
    """The parser makes messages of a report's blocks; they are read as text again, with empty lines between."""
    content = part.get_payload()
    if isinstance(content, list):
        return "\n\n".join(block_text(each) for each in content[:100])[:ENOUGH]
    return unbroken(payload(part)[:ENOUGH].decode("utf-8", "replace"))


def block_text(block: Message) -> str:
    lines = [f"{name}: {' '.join(str(value).split())}" for name, value in list(block.items())[:60]]
    body = block.get_payload()
    return "\n".join(lines) + ("\n\n" + body[:5_000] if isinstance(body, str) and body.strip() else "")


def fields_in(lines: list[str]) -> list[dict[str, str]]:
    """Blocks of `Name: value` between empty lines, names in lower case, folded values joined."""
    blocks: list[dict[str, str]] = [{}]
    last = ""
    for line in lines[:2_000]:
        if not line.strip():
            blocks.append({})
            last = ""
        elif line[0] in " \t" and last:
            blocks[-1][last] += " " + line.strip()
        elif found := FIELD.match(line.strip()):
            last = found["name"].casefold()
            blocks[-1].setdefault(last, found["value"].strip())
    return [block for block in blocks if block]


def recipient_of(block: dict[str, str]) -> str:
    """The address we sent to: the original one where it is named."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        if address := address_in(block.get(name, "").rpartition(";")[2]):
            return address
    return ""


def action_of(block: dict[str, str], message: Message, text: str) -> str:
    word = block.get("action", "").split("(")[0].split(";")[0].strip().casefold()
    if word:
        return ACTIONS.get(word, word)
    about = f"{header(message, 'Subject')}\n{own_words(text)[:1_500]}"
    status = block.get("status", "") or status_of_block(block, text)
    return "delayed" if DELAYED.search(about) and not status.startswith("5") else "failed"


def status_of_block(block: dict[str, str], text: str) -> str:
    """The most telling code: a general 5.0.0 gives way to the one in the server's own words."""
    named = STATUS.search(block.get("status", ""))
    if named:
        return named[1]
    for words in (block.get("diagnostic-code", ""), own_words(text)):
        if found := STATUS.search(words):
            return found[1]
    code = SMTP_CODE.search(block.get("diagnostic-code", "") or own_words(text))
    return f"{code[1]}.0.0" if code else ""


def recipients_in(message: Message, text: str) -> tuple[str, ...]:
    """Free text: a header that names them, else the first addresses above the returned message."""
    named = ADDRESS.findall(header(message, "X-Failed-Recipients"))
    if not named:
        ours = {address_in(header(message, name)) for name in ("To", "From", "Return-Path")}
        named = [
            each
            for each in ADDRESS.findall(own_words(text))
            if each.casefold() not in ours and not DAEMONS.search(each)
        ]
    named = named or list(filter(None, [original_recipient(message)]))
    return tuple(dict.fromkeys(each.lower() for each in named[:20]))


def own_words(text: str) -> str:
    """What the robot says, above what it gives back."""
    lines = []
    for line in text.split("\n")[:400]:
        if len(lines) > 1 and ORIGINAL_BEGINS.match(line):
            break
        lines.append(line)
    return "\n".join(lines)


def returned(message: Message) -> str:
    """The headers of our mail as they came back, in whatever part."""
    for part in own_parts(message)[1:]:
        kind = part.get_content_type()
        if kind == "message/rfc822" and isinstance(part.get_payload(), list) and part.get_payload():
            inner = part.get_payload()[0]
            return "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in list(inner.items())[:200])
        if kind in ("text/rfc822-headers", "message/rfc822-headers", "message/partial", "message/rfc822"):
            return inner_text(part)
    return ""


def original_message_id(message: Message, text: str) -> str:
    for place in (returned(message), text):
        if found := MESSAGE_ID.search(place):
            return found[1]
    return ""


def original_recipient(message: Message) -> str:
    for block in fields_in(returned(message).split("\n\n")[0].split("\n")):
        if address := address_in(block.get("to", "")):
            return address
    return ""
