"""Raw bytes first, and once: before anybody looks at a mail it is a row."""

import hashlib
import re
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from failforward import bell
from failforward.inbound.models import InboundMail

MAX_BYTES = 10 * 1024 * 1024
# What is kept of a mail that is too big: enough to tell whose it is.
KEPT_OF_TOO_BIG = 64 * 1024
CHUNK = 256 * 1024
MESSAGE_ID = re.compile(rb"(?im)^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^>\s]{1,253}>)")
HEADERS = 256 * 1024


def store(
    chunks: Iterable[bytes],
    channel: str,
    envelope_from: str = "",
    envelope_to: str = "",
    size: int = 0,
    batch_id: uuid.UUID | None = None,
    now: datetime | None = None,
) -> tuple[InboundMail, bool]:
    """The row of this mail, and whether it is new. Never holds more in memory than a mail may be big; `size` is that of
    the whole where only its beginning is handed over."""
    now = now or timezone.now()
    raw, length, digest = gathered(chunks)
    with transaction.atomic():
        mail, created = once(
            digest,
            raw=raw,
            size=size or length,
            channel=channel,
            message_id=message_id_of(raw),
            envelope_from=one_word(envelope_from),
            envelope_to=one_word(envelope_to),
            received_at=now,
            next_at=now,
            batch_id=batch_id,
        )
        if created:
            transaction.on_commit(ring)
    return mail, created


def once(digest: str, **fields) -> tuple[InboundMail, bool]:
    if there := InboundMail.objects.filter(sha256=digest).defer("raw").first():
        return there, False
    try:
        with transaction.atomic():
            return InboundMail.objects.create(sha256=digest, **fields), True
    except IntegrityError:
        # The same mail by another process, a moment ago.
        return InboundMail.objects.defer("raw").get(sha256=digest), False


def gathered(chunks: Iterable[bytes]) -> tuple[bytes, int, str]:
    digest, kept, size = hashlib.sha256(), bytearray(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        if size <= MAX_BYTES:
            kept += chunk
        else:
            del kept[KEPT_OF_TOO_BIG:]
    return bytes(kept), size, digest.hexdigest()


def message_id_of(raw: bytes) -> str:
    head = re.split(rb"\r?\n\r?\n", raw[:HEADERS], maxsplit=1)[0]
    found = MESSAGE_ID.search(head)
    return found[1].decode("ascii", "replace") if found else ""


def one_word(address: str) -> str:
    return "".join(address.split()).replace("\x00", "")[:320]


def ring() -> None:
    from failforward.inbound.tasks import read_inbound

    bell.ring(read_inbound)
