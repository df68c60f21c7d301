"""Fetches mail from an account. A mail is stored before the server hears a word about it."""

import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.utils import timezone
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags

from failforward.inbound.models import Channel, ImapFolder
from failforward.inbound.storing import KEPT_OF_TOO_BIG, MAX_BYTES, store

log = logging.getLogger(__name__)

# Well within what a task may take; the rest is fetched at the next ring.
MOST_AT_ONCE = 500
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}
BOXES = {"imaps": MailBox, "imap+tls": MailBoxStartTls, "imap": MailBoxUnencrypted}


@dataclass(frozen=True)
class Account:
    """`imaps://user:password@host:993/INBOX?move=Done`; without `move` what was fetched is marked as seen."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str
    move_to: str

    @classmethod
    def of(cls, url: str) -> Self:
        parts = urlsplit(url)
        return cls(
            scheme=parts.scheme,
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
            move_to=parse_qs(parts.query).get("move", [""])[0],
        )

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"[:255]


@dataclass(frozen=True)
class Fetched:
    stored: int = 0
    known: int = 0


def fetch(url: str = "", now: datetime | None = None) -> Fetched:
    account = Account.of(url or settings.IMAP_URL)
    now = now or timezone.now()
    with connected(account) as box:
        cursor = cursor_of(account, box, now)
        uids = new_uids(box, cursor.last_uid)
        new = [fetch_one(box, cursor, uid, now) for uid in uids]
        if uids:
            put_away(box, uids, account.move_to)
    return Fetched(sum(new), len(new) - sum(new))


@contextmanager
def connected(account: Account) -> Iterator[BaseMailBox]:
    options = {} if account.scheme == "imap" else {"ssl_context": ssl.create_default_context()}
    box = BOXES[account.scheme](account.host, account.port, timeout=settings.EMAIL_TIMEOUT, **options)
    try:
        box.login(account.user, account.password, account.folder)
        yield box
    finally:
        # A server that hung up needs no good-bye.
        try:
            box.logout()
        except Exception as error:
            log.info("The mail account was left without a word: %s", type(error).__name__)


def cursor_of(account: Account, box: BaseMailBox, now: datetime) -> ImapFolder:
    """Numbered anew, a folder is fetched from its beginning; what is stored already is known by its bytes."""
    validity = box.folder.status(account.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
    fresh = {"uid_validity": validity, "fetched_at": now}
    cursor, created = ImapFolder.objects.get_or_create(name=account.name, defaults=fresh)
    if cursor.uid_validity != validity:
        cursor.uid_validity, cursor.last_uid = validity, 0
    cursor.fetched_at = now
    cursor.save(update_fields=["uid_validity", "last_uid", "fetched_at"])
    return cursor


def new_uids(box: BaseMailBox, last: int) -> list[int]:
    # "5:*" names the last mail too when there is none from 5 on.
    found = sorted(int(uid) for uid in box.uids(f"UID {last + 1}:*", charset=None))
    return [uid for uid in found if uid > last][:MOST_AT_ONCE]


def fetch_one(box: BaseMailBox, cursor: ImapFolder, uid: int, now: datetime) -> bool:
    """Stores one mail, and then notes how far we are: a crash in between stores it twice, which is once."""
    size = size_of(box, uid)
    raw = literal(box, uid, f"BODY.PEEK[]<0.{KEPT_OF_TOO_BIG}>" if size > MAX_BYTES else "BODY.PEEK[]")
    new = False
    if raw:  # Somebody may have deleted it meanwhile.
        _mail, new = store([raw], Channel.IMAP, size=size, now=now)
    ImapFolder.objects.filter(pk=cursor.pk, uid_validity=cursor.uid_validity, last_uid__lt=uid).update(last_uid=uid)
    return new


def size_of(box: BaseMailBox, uid: int) -> int:
    _status, data = box.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    found = SIZE.search(b" ".join(part for part in data or [] if isinstance(part, bytes)))
    return int(found[1]) if found else 0


def literal(box: BaseMailBox, uid: int, what: str) -> bytes:
    _status, data = box.client.uid("FETCH", str(uid), f"({what})")
    return next((part[1] for part in data or [] if isinstance(part, tuple)), b"")


def put_away(box: BaseMailBox, uids: list[int], folder: str) -> None:
    """Only for the people who look into the account; whether it worked changes nothing for us."""
    names = [str(uid) for uid in uids]
    try:
        if folder:
            if not box.folder.exists(folder):
                box.folder.create(folder)
            box.move(names, folder)
        else:
            box.flag(names, MailMessageFlags.SEEN, True)
    except Exception:
        log.warning("Fetched mail could not be put away in the account", exc_info=True)
