"""Who is at a session or a meeting, by name. The cache has it for as long as they are there and the database never.

Only a screen's own look, every two seconds, keeps somebody in it; never what somebody sends. So who comes and goes
tells nothing about who wrote what.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from django.core.cache import cache
from redis.exceptions import RedisError

from failforward.accounts.models import User

# How long one is here after the last look, and how often that is written down.
HERE, AGAIN = timedelta(seconds=60), timedelta(seconds=15)


def look_in(room: str, user: User | None, now: datetime) -> list[str]:
    """Who is in a room such as `session:12`, `user` from now on too. Two who look at the same instant may miss each
    other until the next look."""
    key, moment = key_of(room), now.timestamp()
    try:
        seen = cache.get(key, {})
        last = seen.get(user.pk, ("", 0))[1] if user else moment
        if not 0 <= moment - last < AGAIN.total_seconds():
            seen = still_here(seen, moment) | {user.pk: (user.name, moment)}
            cache.set(key, seen, HERE.total_seconds())
    except RedisError:  # Nobody is seen, and nothing else is lost.
        return []
    return names(still_here(seen, moment))


def leave_all(room: str) -> None:
    with suppress(RedisError):
        cache.delete(key_of(room))


def key_of(room: str) -> str:
    return f"{room}:here"


def still_here(seen: dict[int, tuple[str, float]], moment: float) -> dict[int, tuple[str, float]]:
    return {pk: (name, at) for pk, (name, at) in seen.items() if moment - at < HERE.total_seconds()}


def ids_in(room: str, now: datetime) -> set[int]:
    try:
        return set(still_here(cache.get(key_of(room), {}), now.timestamp()))
    except RedisError:
        return set()


def names(seen: dict[int, tuple[str, float]]) -> list[str]:
    return sorted(name for name, _at in seen.values())
