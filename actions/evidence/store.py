"""Where the bytes of evidence lie: outside everything that is served, under names of chance, out of reach but through
the page that asks who may read them."""

import logging
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from failforward.guards import Refused

log = logging.getLogger(__name__)
# What was being written when the process ended is swept a day later.
LEFT_OVER = 24 * 60 * 60


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "evidence"


def path_of(name: str) -> Path:
    return folder() / name[:2] / name


def put(chunks: Iterable[bytes]) -> str:
    """Whole and on the disk, or not at all."""
    name = secrets.token_hex(20)
    path = path_of(name)
    unfinished = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError as error:
        log.error("evidence not kept", extra={"errno": error.errno})
        remove(unfinished)
        raise Refused(
            _("The server could not keep the file; its disk may be full. Give a link instead, or try again later."),
            "file",
        ) from error
    return name


def forget(name: str) -> None:
    remove(path_of(name))


def remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.error("evidence not removed", extra={"errno": error.errno})


def sweep(wanted: Iterable[str], now: float | None = None) -> int:
    """Removes what no row knows: left over by a process that ended while it wrote, or by a row that was deleted."""
    known, before, swept = set(wanted), (now or time.time()) - LEFT_OVER, 0
    for path in folder().glob("??/*"):
        if path.name not in known and path.stat().st_mtime < before:
            remove(path)
            swept += 1
    return swept
