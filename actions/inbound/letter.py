"""The headers of a mail that came in, cheaply and whatever they hold. No model, no parsing of what it says."""

import contextlib
import re
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parseaddr
from functools import cached_property

HEAD = 256 * 1024
LONGEST = 2_000
MOST = 50
DELIVERED_TO = ("X-Original-To", "Delivered-To", "X-Envelope-To", "Envelope-To", "X-Forwarded-To")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,253}>")
# Nobody answers a list or a mailing.
FROM_MANY = ("List-Id", "List-Unsubscribe", "Feedback-ID")


class Letter:
    def __init__(self, raw: bytes, envelope_from: str = "", envelope_to: str = "") -> None:
        self.raw = raw
        self.envelope_from, self.envelope_to = envelope_from, envelope_to

    @cached_property
    def headers(self) -> Message:
        return BytesHeaderParser(policy=compat32).parsebytes(self.raw[:HEAD])

    def all(self, *names: str) -> list[str]:
        return [plain(value) for name in names for value in self.headers.get_all(name, [])[:MOST]]

    @property
    def sender(self) -> str:
        return parseaddr(next(iter(self.all("From")), ""))[1].lower()[:320]

    @property
    def subject(self) -> str:
        return next(iter(self.all("Subject")), "")[:300]

    @property
    def delivered_to(self) -> list[str]:
        return self.all(*DELIVERED_TO)

    @property
    def addressed_to(self) -> list[str]:
        return [address for _name, address in getaddresses(self.all("To", "Cc"))] + self.all("To", "Cc")

    @property
    def answers(self) -> list[str]:
        """Message-IDs it replies to, the nearest first."""
        nearest = MESSAGE_ID.findall(" ".join(self.all("In-Reply-To")))
        older = MESSAGE_ID.findall(" ".join(self.all("References")))
        return list(dict.fromkeys([*nearest, *reversed(older)]))[:MOST]

    @property
    def has_null_sender(self) -> bool:
        return self.envelope_from == "<>" or any(value.strip() == "<>" for value in self.all("Return-Path")[:1])

    @property
    def is_from_many(self) -> bool:
        precedence = " ".join(self.all("Precedence")).lower()
        return any(self.all(*FROM_MANY)) or any(word in precedence for word in ("bulk", "list", "junk"))

    def has(self, name: str) -> bool:
        return name in self.headers

    def is_disowned(self, authserv_id: str) -> bool:
        """Our own mail server found that the sender is not who the mail says. What stands lower down, or in somebody
        else's name, anybody may have written."""
        if not authserv_id:
            return False
        for value in self.all("Authentication-Results"):
            server, _semicolon, results = value.partition(";")
            if server.split()[:1] == [authserv_id] or server.strip().lower() == authserv_id.lower():
                return says_forged(results.lower())
        return False


def says_forged(results: str) -> bool:
    found = dict(re.findall(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", results))
    if "dmarc" in found:
        return found["dmarc"] == "fail"
    passed = "pass" in (found.get("spf"), found.get("dkim"))
    return not passed and "fail" in (found.get("spf"), found.get("dkim"))


def plain(value) -> str:
    """On one line and readable; what no charset explains is shown with marks in its place."""
    text = str(value)[: 2 * LONGEST]
    # An unknown charset, broken base64: the raw words are better than none.
    with contextlib.suppress(Exception):
        text = str(make_header(decode_header(text)))
    return " ".join(text.encode("utf-8", "replace").decode().replace("\x00", " ").split())[:LONGEST]
