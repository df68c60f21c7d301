"""A captured mail taken apart for reading: what a mail program would show of it."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from failforward.outbox.models import CapturedMail
from failforward.tokens import IN_ADDRESS

IN_TEXT = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Link:
    label: str
    url: str

    @property
    def is_ours(self) -> bool:
        return self.url.startswith(f"{settings.SITE_URL}/")

    @property
    def asks_for_log_in(self) -> bool:
        """All links of a mail do but those that carry a token of their own."""
        try:
            return "token" not in resolve(urlsplit(self.url).path).kwargs
        except Resolver404:
            return True

    @property
    def path(self) -> str:
        """Without the host, so that it opens here, by whatever name this site was called."""
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


class Opened:
    def __init__(self, mail: CapturedMail) -> None:
        self.mail = mail
        self.message: EmailMessage = message_from_bytes(bytes(mail.body), policy=policy.default)

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def takes_reply(self) -> bool:
        """A reply would come in here, by the address that this mail gives for it."""
        return bool(IN_ADDRESS.search(str(self.message["Reply-To"] or "")))

    @cached_property
    def text(self) -> str:
        return self.part("plain")

    @cached_property
    def html(self) -> str:
        return self.part("html")

    @property
    def headers(self) -> str:
        """As they went over the wire."""
        return bytes(self.mail.body).partition(b"\r\n\r\n")[0].decode(errors="replace")

    def part(self, subtype: str) -> str:
        found = self.message.get_body((subtype,))
        return found.get_content() if found else ""

    @cached_property
    def reader(self) -> "LinkReader":
        reader = LinkReader()
        reader.feed(self.html)
        return reader

    @cached_property
    def links(self) -> list[Link]:
        """Each once; by the first words of the HTML part where it has them: "Done", not the hint beside it."""
        found = {link.url: link for link in self.reader.links}
        for url in IN_TEXT.findall(self.text):
            found.setdefault(url, Link(url, url))
        return list(found.values())

    @property
    def reply_words(self) -> list[str]:
        """What the mail says a reply may begin with."""
        bodies = [parse_qs(urlsplit(url).query).get("body", [""])[0] for url in self.reader.mailto]
        return list(filter(None, bodies))

    @property
    def ours(self) -> list[Link]:
        return [link for link in self.links if link.is_ours]

    @property
    def by_log_in(self) -> list[Link]:
        return [link for link in self.ours if link.asks_for_log_in]

    @property
    def by_link(self) -> list[Link]:
        return [link for link in self.ours if not link.asks_for_log_in]


class LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.mailto: list[str] = []
        self.url, self.words = "", []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        url = dict(attrs).get("href") or ""
        if tag == "a" and url.startswith(("http://", "https://")):
            self.url, self.words = url, []
        elif tag == "a" and url.startswith("mailto:"):
            self.mailto.append(url)

    def handle_data(self, data: str) -> None:
        if self.url:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.url:
            words = (" ".join(part.split()) for part in self.words)
            self.links.append(Link(next(filter(None, words), self.url), self.url))
            self.url = ""
