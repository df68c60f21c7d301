"""What a person answered in one message: the text without quote and signature, with or without our own mail at hand."""

from email.message import Message

from actions.inbound import keeping, quotes
from actions.inbound.bodies import prefers_html, texts
from actions.inbound.decoding import MAX_TEXT, opened, unbroken
from actions.inbound.html import lines_of
from actions.inbound.lines import BLANK, QUOTE, TEXT, Line
from actions.inbound.own_mail import own_mail


def strip_text(text: str) -> str:
    return keeping.strip_text(unbroken(text)[:MAX_TEXT])


def strip_html(html: str) -> str:
    return keeping.strip_text("\n".join(lines_of(html))[:MAX_TEXT])


def reply_text(raw: bytes, sent: bytes | None = None) -> str:
    return keeping.joined(answer_lines(opened(raw), sent))


def answer_lines(message: Message, sent: bytes | None) -> list[Line]:
    """The lines of the answer. Nothing but quote is no answer."""
    lines = read(message, sent)
    found = beside_ours(lines) if sent and any(line.kind is QUOTE for line in lines) else keeping.kept(lines)
    return found if any(line.kind is TEXT for line in found) else []


def read(message: Message, sent: bytes | None) -> list[Line]:
    return quotes.read(shown_text(message), own_mail(sent) if sent else None)


def shown_text(message: Message) -> str:
    found = texts(message)
    return "\n".join(lines_of(found.html))[:MAX_TEXT] if prefers_html(found) else found.plain


def beside_ours(lines: list[Line]) -> list[Line]:
    """We know what is quote, so everything else is the person's, wherever it stands."""
    return keeping.trimmed([line for line in lines if line.kind in (TEXT, BLANK)])
