"""Alive and ready, for whatever watches us. No log-in, so no detail that would help an attacker."""

import logging
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from failforward.outbox.waiting import LATE_SECONDS, look

log = logging.getLogger(__name__)


class NotReady(Exception):
    pass


class Degraded(Exception):
    """The site does its work; somebody has to look all the same."""


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    parts = {name: told(part) for name, part in PARTS.items()}
    ready = all(part["ok"] for part in parts.values())
    degraded = any(part.get("degraded") for part in parts.values())
    status = ("degraded" if degraded else "ready") if ready else "not ready"
    response = JsonResponse({"status": status, **parts}, status=200 if ready else 503)
    response["Cache-Control"] = "no-store"
    return response


def told(part: Callable[[], str]) -> dict[str, bool | str]:
    try:
        return {"ok": True, "says": part()}
    except Degraded as reason:
        return {"ok": True, "degraded": True, "says": str(reason)}
    except NotReady as reason:
        return {"ok": False, "says": str(reason)}
    except Error as error:
        log.warning("not ready: %s", error)
        return {"ok": False, "says": "cannot be reached"}


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connection.vendor


def broker() -> str:
    if settings.EMBEDDED:
        return "embedded"
    # Here and not above: it would be a fifth of the memory of a site that has no Redis.
    from redis import Redis, RedisError

    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except RedisError as error:
        raise NotReady("cannot be reached") from error
    return "redis"


def scheduler() -> str:
    now = timezone.now()
    last = look(now).last_tick
    if last is None:
        raise NotReady("has not struck yet")
    age = max(0, round((now - last).total_seconds()))
    if age > LATE_SECONDS:
        raise NotReady(f"last struck {age} s ago")
    return f"struck {age} s ago"


def mail() -> str:
    """Paused it turns red like any other mail: when something has waited too long. To take a site down because its
    mail server changed a password would help nobody."""
    waiting = look(timezone.now())
    says = f"{waiting.due} due, the oldest for {waiting.oldest_due_seconds} s" if waiting.due else "nothing is waiting"
    if waiting.paused:
        says = f"paused since {waiting.paused.paused_since:%Y-%m-%dT%H:%MZ}; {says}"
    if waiting.is_late:
        raise NotReady(says)
    if waiting.paused:
        raise Degraded(says)
    return says


PARTS = {"database": database, "broker": broker, "scheduler": scheduler, "mail": mail}


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of what went wrong. A database that is away is no fault of ours: 503 and "try again".

    Rendered without the request: its user would have to come from that database."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    response = HttpResponse(render_to_string("503.html" if away else "500.html"), status=503 if away else 500)
    if away:
        response["Retry-After"] = "30"
    return response
