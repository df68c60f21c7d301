"""The way out as a whole. What would happen to every mail pauses all of them, counts no try of any, tells the
operator once, and ends by itself as soon as a probe gets through."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from failforward.outbox.models import Channel

log = logging.getLogger(__name__)

# Not more often: an account may be locked after a few wrong passwords.
PROBE_AFTER = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15)]


class CannotTell(Exception):
    """There is no way to probe but to send."""


def pause(code: int | None, text: str, now: datetime) -> bool:
    """True for whoever found out first."""
    channel, _made = Channel.objects.get_or_create(name=Channel.OUT)
    paused = Channel.objects.filter(pk=channel.pk, paused_since=None).update(
        paused_since=now, probe_at=now + PROBE_AFTER[0], probes=0, last_code=code, last_text=text[:500]
    )
    if paused:
        log.error("Mail is paused, nothing is lost: the mail server said %s %s", code or "", text)
    return bool(paused)


def paused() -> Channel | None:
    return shut().first()


def shut() -> QuerySet[Channel]:
    return Channel.objects.filter(name=Channel.OUT).exclude(paused_since=None)


def is_open(now: datetime, probe: Callable[[], None]) -> bool:
    """Probes when it is time to. `probe` raises what is still wrong."""
    channel = paused()
    if channel is None:
        return True
    if channel.probe_at > now or not take_probe(channel, now):
        return False
    try:
        probe()
    except CannotTell:
        # Half open: `sent` opens it, and a failure finds it paused already and is not told again.
        return True
    except Exception as error:
        # Whatever it is, it is no worse than before; the page shows the newest.
        Channel.objects.filter(pk=channel.pk).update(last_text=(str(error) or repr(error))[:500])
        return False
    open_again()
    return True


def open_again() -> None:
    if shut().update(paused_since=None, probe_at=None, last_code=None, last_text=""):
        log.warning("Mail goes out again")


def take_probe(channel: Channel, now: datetime) -> bool:
    """One worker of several."""
    later = now + PROBE_AFTER[min(channel.probes + 1, len(PROBE_AFTER) - 1)]
    mine = Channel.objects.filter(pk=channel.pk, probe_at=channel.probe_at)
    return bool(mine.update(probe_at=later, probes=F("probes") + 1))


def probe_soon(now: datetime) -> bool:
    """Somebody says that it is mended."""
    return bool(shut().update(probe_at=now))
