import threading
import time
from types import SimpleNamespace

import pytest
from celery import Celery
from django.db import transaction

from failforward import bell, testing
from failforward.outbox import catalogue, plan, tasks
from failforward.outbox.models import Mail
from failforward.outbox.tests.sink import free_port


@pytest.fixture(autouse=True)
def a_broker_elsewhere(settings, monkeypatch):
    settings.EMBEDDED = False
    monkeypatch.setattr(bell, "ringing", threading.Lock())


def unheard() -> None: ...


def seconds(call) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


def test_a_verb_commits_at_once_though_the_broker_is_away(transactional_db, past_due, monkeypatch):
    away = Celery("away", broker=f"redis://127.0.0.1:{free_port()}/0")
    monkeypatch.setattr(tasks, "run_due", away.task(unheard))
    anna = testing.person("Anna Berg")

    def verb() -> None:
        with transaction.atomic():
            plan("note:1", "note", anna, past_due)

    assert seconds(verb) < 1
    assert Mail.objects.filter(key="note:1").exists()


def test_a_broker_that_hangs_holds_up_one_thread_and_no_caller():
    hanging, calls = threading.Event(), []
    task = SimpleNamespace(name="slow", apply_async=lambda *args, **options: (calls.append(1), hanging.wait(60)))

    took = seconds(lambda: [bell.ring(task) for _ in range(5)])
    hanging.set()

    assert took < 5
    assert calls == [1]


@pytest.fixture
def past_due(monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(catalogue, "kinds", catalogue.kinds | {"note": catalogue.Kind(None, lambda pk: True)})
    return timezone.now()
