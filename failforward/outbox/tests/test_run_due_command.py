import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from failforward.management.commands import run_due
from failforward.outbox import plan
from failforward.outbox.models import Channel, Mail, State, Tick


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("run_due", *arguments, stdout=out)
    return out.getvalue()


def ago(**duration) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(**duration)


def test_it_sends_what_is_due_and_tells_in_json(anna, smtp):
    plan("note:1", "note", anna, ago(hours=1))

    told = json.loads(run("--json"))

    assert list(told) == ["due", "oldest_due_seconds", "sent", "failed", "last_tick"]
    assert (told["due"], told["oldest_due_seconds"], told["sent"], told["failed"]) == (0, 0, 1, 0)
    assert dt.datetime.fromisoformat(told["last_tick"]) == Tick.objects.get(name="run_due").at
    assert len(smtp.accepted) == 1


def test_without_json_it_tells_the_same_in_a_line(db):
    run()
    assert run().startswith("due=0 oldest_due_seconds=0 sent=0 failed=0 last_tick=20")


def test_check_only_looks_and_ends_with_1_when_something_is_late(anna, smtp):
    mail = plan("note:1", "note", anna, ago(hours=1))

    with pytest.raises(SystemExit) as ended:
        run("--check", "--json")

    assert ended.value.code == 1
    assert smtp.accepted == []
    assert Mail.objects.get(pk=mail.pk).state == State.PLANNED
    assert not Tick.objects.exists()


def test_check_is_content_when_nothing_is_late(anna, smtp):
    plan("note:1", "note", anna, ago(seconds=20))

    told = json.loads(run("--check", "--json"))

    assert (told["due"], told["last_tick"]) == (1, None)
    assert 20 <= told["oldest_due_seconds"] < 60
    assert smtp.accepted == []


def test_check_ends_with_1_while_mail_is_paused(anna, smtp):
    Channel.objects.create(
        name="out", paused_since=ago(minutes=1), probe_at=ago(hours=-1), last_code=535, last_text="no"
    )
    with pytest.raises(SystemExit) as ended:
        run("--check")
    assert ended.value.code == 1
    assert "paused_since" in run("--json")


def test_now_looks_ahead(anna, smtp):
    due = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    plan("note:1", "note", anna, due)

    assert json.loads(run("--json"))["sent"] == 0
    assert json.loads(run("--json", "--now", due.isoformat()))["sent"] == 1


def test_now_must_be_an_instant(db):
    with pytest.raises(CommandError, match="Write it like 2026-11-24T16:00:00Z"):
        run("--now", "tomorrow")


def test_a_database_that_is_away_is_told_in_a_line(db, monkeypatch):
    def away(now: dt.datetime | None) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(run_due, "run_due", away)
    with pytest.raises(CommandError, match="cannot be used now .database is locked."):
        run()
