"""Alive and ready, for whatever watches us. No log-in, so no detail that would help an attacker."""

import logging
import sys
from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from failforward.outbox.models import Mail, Tick

LATE = timedelta(minutes=15)
log = logging.getLogger(__name__)


class NotReady(Exception):
    pass


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    parts = {name: told(part) for name, part in PARTS.items()}
    ready = all(part["ok"] for part in parts.values())
    status = "ready" if ready else "not ready"
    response = JsonResponse({"status": status, **parts}, status=200 if ready else 503)
    response["Cache-Control"] = "no-store"
    return response


def told(part: Callable[[], str]) -> dict[str, bool | str]:
    try:
        return {"ok": True, "says": part()}
    except NotReady as reason:
        return {"ok": False, "says": str(reason)}
    except (Error, redis.RedisError) as error:
        log.warning("not ready: %s", error)
        return {"ok": False, "says": "cannot be reached"}


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connection.vendor


def broker() -> str:
    if settings.EMBEDDED:
        return "embedded"
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
        client.ping()
    return "redis"


def scheduler() -> str:
    last = Tick.objects.aggregate(last=Max("at"))["last"]
    if last is None:
        raise NotReady("has not struck yet")
    age = timezone.now() - last
    if age > LATE:
        raise NotReady(f"last struck {seconds(age)} s ago")
    return f"struck {seconds(age)} s ago"


def mail() -> str:
    now = timezone.now()
    oldest = Mail.objects.overdue(now).aggregate(oldest=Min("due_at"))["oldest"]
    if oldest is None:
        return "nothing is waiting"
    waited = f"the oldest has waited {seconds(now - oldest)} s"
    if now - oldest > LATE:
        raise NotReady(waited)
    return waited


def seconds(age: timedelta) -> int:
    return max(0, round(age.total_seconds()))


PARTS = {"database": database, "broker": broker, "scheduler": scheduler, "mail": mail}


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of what went wrong. A database that is away is no fault of ours: 503 and "try again".

    Rendered without the request: its user would have to come from that database."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    response = HttpResponse(render_to_string("503.html" if away else "500.html"), status=503 if away else 500)
    if away:
        response["Retry-After"] = "30"
    return response
