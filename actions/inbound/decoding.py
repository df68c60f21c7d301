"""Raw bytes to a parsed message, its headers and its texts. Nothing here raises on bad input but `Unreadable`."""

import re
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from io import BytesIO

MAX_BYTES = 10_000_000
MAX_PARTS = 200
MAX_DEPTH = 20
# The parser asks every open boundary about every line: lines × boundaries is its work.
MAX_WORK = 1_500_000
MAX_LINES = 300_000
MAX_HEADER_LINES = 20_000
MAX_HEADER = 2_000
UNBROKEN = {
    **dict.fromkeys((*range(1, 9), *range(14, 32), 11, 127), " "),
    **dict.fromkeys((12, 13, 0x85, 0x2028, 0x2029), "\n"),
    **dict.fromkeys((0, 0xE000), None),
}
ADDRESS = re.compile(r"[^\s<>()\[\]\"';:,@]{1,64}@[A-Za-z0-9._-]{1,190}[A-Za-z0-9]")
# More than anybody types; the whole mail stays one click away.
MAX_TEXT = 250_000

BOUNDARY = re.compile(rb"boundary\s{0,3}=", re.I)
NESTED = re.compile(rb"content-type:\s{0,3}message/", re.I)
# Text codecs that are no charset: some take quadratic time.
NOT_A_CHARSET = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7", "mbcs", "oem"}
# What senders write is often a subset of what they mean (WHATWG, Encoding).
WIDER = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
}


class Unreadable(Exception):
    """The message is kept as it came and not applied. `reason` is a code: see `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


REASONS = ("too_big", "too_many_parts", "too_deep", "too_much_work", "no_message", "encrypted", "winmail")


@dataclass(frozen=True)
class Texts:
    """What the message says, each way it says it; the shown text prefers `plain`."""

    plain: str
    html: str


def opened(raw: bytes) -> Message:
    """Parsed within the limits, or `Unreadable`. The limits are asked of the bytes, before anything is built."""
    if len(raw) > MAX_BYTES:
        raise Unreadable("too_big")
    if not raw.strip():
        raise Unreadable("no_message")
    boundaries, nested = len(BOUNDARY.findall(raw)), len(NESTED.findall(raw))
    if nested > MAX_PARTS or boundaries > MAX_PARTS:
        raise Unreadable("too_deep")
    lines = raw.count(b"\n")
    if lines > MAX_LINES or lines * (1 + boundaries + nested) > MAX_WORK or endless_header(raw, lines):
        raise Unreadable("too_much_work")
    try:
        message = BytesParser(counting(), policy=compat32).parse(at_first_header(raw))
    except RecursionError:
        raise Unreadable("too_deep") from None
    check_depth(message)
    if not message.keys():
        raise Unreadable("no_message")
    return message


def endless_header(raw: bytes, lines: int) -> bool:
    """Header lines cost the parser more than others, and every question asked of them once more."""
    if lines <= MAX_HEADER_LINES:
        return False
    run = 0
    for line in BytesIO(raw):
        run = run + 1 if b":" in line[:60] or line[:1] in b" \t" else 0
        if run > MAX_HEADER_LINES:
            return True
    return False


def at_first_header(raw: bytes) -> BytesIO:
    """A `From ` line of a mailbox file and empty lines before the first header are no part of a message.

    Read from a file, the parser never holds the whole message in Unicode.
    """
    start = len(raw) - len(raw.lstrip(b"\r\n")) if raw[:1] in b"\r\n" else 0
    if raw.startswith(b"From ", start):
        start = raw.find(b"\n", start) + 1 or len(raw)
    opened_raw = BytesIO(raw)
    opened_raw.seek(start)
    return opened_raw


def counting() -> type[Message]:
    """A message class that refuses to be made more often than `MAX_PARTS` times."""
    made = 0

    class Part(Message):
        def __init__(self, *args, **kwargs) -> None:
            nonlocal made
            made += 1
            if made > MAX_PARTS:
                raise Unreadable("too_many_parts")
            super().__init__(*args, **kwargs)

    return Part


def check_depth(message: Message) -> None:
    level, depth = [message], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable("too_deep")
        level = [part for each in level if isinstance(each.get_payload(), list) for part in each.get_payload()]


def header(message: Message, name: str) -> str:
    """The first header of that name in Unicode, on one line, "" when there is none; cut at `MAX_HEADER`."""
    value = message.get(name)
    if value is None:
        return ""
    text = str(value)[:MAX_HEADER]
    if "=?" in text:
        text = decoded_words(text)
    return " ".join(text.replace("\0", "").split())


def decoded_words(text: str) -> str:
    try:
        found = decode_header(text)
    except Exception:  # the standard library raises half a dozen kinds on bad base64 and charsets
        return text
    return "".join(part if isinstance(part, str) else decoded(part, charset or "") for part, charset in found)


def address_in(text: str) -> str:
    """The first address in a text, in lower case. The standard parser of headers recurses on hostile ones."""
    found = ADDRESS.search(text)
    return found[0].lower() if found else ""


def sender_of(message: Message, name: str) -> tuple[str, str]:
    """Display name and address of a header."""
    text = header(message, name)
    return text.partition("<")[0].strip(' "') if "<" in text else "", address_in(text.rpartition("<")[2])


def headers(message: Message, name: str) -> list[str]:
    return [str(value)[:MAX_HEADER] for value in message.get_all(name, [])[:50]]


def decoded(data: bytes, charset: str) -> str:
    """In the declared charset, else the likeliest one; always an answer."""
    charset = charset.strip().strip("\"'").lower()
    for name in (WIDER.get(charset, charset), "utf-8"):
        # Windows-1252 reads anything: what is declared so, or not at all, is UTF-8 if it can be.
        if name in ("cp1252", "") and not data.isascii():
            name = "utf-8"
        try:
            if name.replace("-", "_") not in NOT_A_CHARSET:
                return data.decode(name or "ascii")
        except (LookupError, UnicodeError, ValueError):
            continue
    wider = WIDER.get(charset, "")
    return data.decode(wider if wider in ("gb18030", "cp932", "cp949") else "cp1252", "replace")


def payload(part: Message) -> bytes:
    """The decoded bytes of a leaf; bad base64 or an unknown transfer encoding gives what there is."""
    try:
        data = part.get_payload(decode=True)
    except Exception:  # binascii, KeyError and others on damaged bodies
        data = None
    if data is None:
        content = part.get_payload()
        data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else b""
    return data


def part_text(part: Message) -> str:
    try:
        charset = part.get_content_charset() or ""
    except Exception:  # a malformed RFC 2231 parameter
        charset = ""
    return unbroken(decoded(payload(part)[: 4 * MAX_TEXT], charset))


def unbroken(text: str) -> str:
    """One kind of line end, no control characters, no byte order mark, none of our own marks."""
    return text.replace("\r\n", "\n").translate(UNBROKEN).lstrip("\ufeff")
