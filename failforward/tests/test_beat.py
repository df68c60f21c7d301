import datetime as dt

import pytest
from celery import Celery

from failforward import testing
from failforward.beat import Scheduler

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def beat(monkeypatch) -> Scheduler:
    """Rings for two tasks every minute; `beat.at` is the time on the wall, `beat.rung` what it rang for."""
    app = Celery("beat", broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {name: {"task": name, "schedule": 60} for name in ("one", "two")}
    Scheduler.at, Scheduler.rung = testing.NOW, []
    monkeypatch.setattr(app, "now", lambda: Scheduler.at)
    monkeypatch.setattr(Scheduler, "apply_async", lambda self, entry, **more: self.rung.append(entry.name))
    yield Scheduler(app)
    del Scheduler.at, Scheduler.rung


def rung(beat: Scheduler, at: dt.datetime) -> list[str]:
    Scheduler.at, Scheduler.rung = at, []
    for _ in range(5):
        beat.tick()
    return sorted(Scheduler.rung)


def test_it_rings_every_minute(beat):
    assert rung(beat, testing.NOW) == []
    assert rung(beat, testing.NOW + MINUTE) == ["one", "two"]
    assert rung(beat, testing.NOW + MINUTE * 1.5) == []
    assert rung(beat, testing.NOW + 2 * MINUTE) == ["one", "two"]


def test_a_clock_that_is_set_back_silences_nothing(beat):
    rung(beat, testing.NOW)
    assert rung(beat, testing.NOW + dt.timedelta(days=2)) == ["one", "two"]

    assert rung(beat, testing.NOW + MINUTE) == []
    assert rung(beat, testing.NOW + 2 * MINUTE) == ["one", "two"]
    assert rung(beat, testing.NOW + 2.5 * MINUTE) == []
    assert rung(beat, testing.NOW + 3 * MINUTE) == ["one", "two"]


def test_a_clock_that_is_set_ahead_rings_once(beat):
    rung(beat, testing.NOW)
    assert rung(beat, testing.NOW + dt.timedelta(days=2)) == ["one", "two"]
    assert rung(beat, testing.NOW + dt.timedelta(days=2, seconds=30)) == []
