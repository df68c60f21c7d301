from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from failforward.outbox.models import Channel, Mail, State, Tick

pytestmark = pytest.mark.django_db


def strike(ago: timedelta = timedelta()) -> None:
    Tick.objects.create(name="run_due", at=timezone.now() - ago)


def wait(ago: timedelta, state: str = State.READY) -> None:
    due = timezone.now() - ago
    Mail.objects.create(key=f"{state}:{ago}", kind="test", state=state, due_at=due, next_at=due, body=b"written")


def not_ok(answer: dict) -> set[str]:
    return {name for name, part in answer.items() if isinstance(part, dict) and not part["ok"]}


def test_alive_needs_neither_log_in_nor_database(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "alive"}


def test_ready_when_the_clock_strikes_and_nothing_is_late(client: Client):
    strike()
    wait(timedelta(minutes=14))
    wait(timedelta(hours=2), State.SENT)
    wait(-timedelta(days=3), State.PLANNED)
    response = client.get("/readyz")
    assert (response.status_code, not_ok(response.json())) == (200, set())
    assert set(response.json()) == {"status", "database", "broker", "scheduler", "mail"}


@pytest.mark.parametrize(
    ("struck", "waited", "red"),
    [
        (None, timedelta(), {"scheduler"}),
        (timedelta(minutes=16), timedelta(), {"scheduler"}),
        (timedelta(), timedelta(minutes=16), {"mail"}),
        (timedelta(hours=1), timedelta(hours=1), {"scheduler", "mail"}),
    ],
)
def test_not_ready_names_what_is_late(client: Client, struck, waited, red):
    if struck is not None:
        strike(struck)
    wait(waited)
    response = client.get("/readyz")
    assert (response.status_code, not_ok(response.json())) == (503, red)


def test_not_ready_without_a_broker(client: Client, settings):
    strike()
    settings.EMBEDDED, settings.REDIS_URL = False, "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert (response.status_code, not_ok(response.json())) == (503, {"broker"})
    assert "127.0.0.1" not in response.content.decode()


def test_a_database_that_is_away_is_told_not_traced(client: Client):
    client.raise_request_exception = False
    away = mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=OperationalError("secret-host"))
    with away:
        ready = client.get("/readyz")
    with away:
        page = client.get("/", headers={"cookie": "sessionid=x"})
    assert (ready.status_code, not_ok(ready.json())) == (503, {"database", "scheduler", "mail"})
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "secret-host" not in ready.content.decode() + page.content.decode()


def test_any_other_fault_is_a_500(client: Client):
    client.raise_request_exception = False
    with mock.patch("failforward.health.JsonResponse", side_effect=ValueError("secret")):
        response = client.get("/healthz")
    assert response.status_code == 500
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize(("waited", "status", "says"), [(1, 200, "degraded"), (16, 503, "not ready")])
def test_paused_mail_is_told_and_red_only_once_something_is_late(client: Client, waited, status, says):
    strike()
    wait(timedelta(minutes=waited))
    since = timezone.now().replace(2026, 11, 20, 14, 2)
    Channel.objects.create(name="out", paused_since=since, last_code=535, last_text="secret-host says no")
    response = client.get("/readyz")
    answer = response.json()
    assert (response.status_code, answer["status"]) == (status, says)
    assert answer["mail"]["says"].startswith("paused since 2026-11-20T14:02Z; 1 due")
    assert "secret-host" not in response.content.decode()
