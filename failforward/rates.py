"""How often something may be tried. Counts live in this process's memory, so that looking at a page writes to no
database and needs no Redis; with n web processes a limit is at most n times as wide."""

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

MINUTE = 60


def exceeded(what: str, who: str, limit: int, seconds: int = MINUTE) -> bool:
    """Counts one try of `who` and says whether it is beyond `limit` within a window that began with the first."""
    key = key_of(what, who)
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > limit
    except ValueError:  # The window ended between the two lines.
        return False


def used_up(what: str, who: str, limit: int) -> bool:
    """The same question without counting a try."""
    return cache.get(key_of(what, who), 0) >= limit


def key_of(what: str, who: str) -> str:
    """Hashed: tokens and addresses are in nobody's cache to be read."""
    return f"rate:{hashlib.sha256(f'{what}:{who}'.encode()).hexdigest()}"


def network_of(request: HttpRequest) -> str:
    """The /24 or /64 a request comes from; people behind one of them share its allowance."""
    try:
        address = ipaddress.ip_address(address_of(request))
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


def address_of(request: HttpRequest) -> str:
    """The last hop our own proxy wrote down; without a proxy nobody's header is believed."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.BEHIND_PROXY and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")
