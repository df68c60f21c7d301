"""How often something may be tried. Counts live in Redis where there is one, so that they hold for all web processes
together; else in this process's memory, which is the only one as long as `WEB_WORKERS` is not raised (with n processes
a limit is n times as wide). Never in the database: looking at a page writes nothing. A count that cannot be kept
refuses nobody."""

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

MINUTE = 60


def exceeded(what: str, who: str, limit: int, seconds: int = MINUTE) -> bool:
    """Counts one try of `who` and says whether it is beyond `limit` within a window that began with the first."""
    return count(what, who, seconds) > limit


def count(what: str, who: str, seconds: int = MINUTE) -> int:
    """How often within the window, this try with them."""
    key = key_of(what, who)
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key)
    except (ValueError, RedisError):  # The window ended between the two lines, or Redis is away.
        return 0


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
