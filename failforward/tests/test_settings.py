"""Every mistake in the environment is named with a hint, and the right settings raise nothing at all."""

import importlib.util
import os
import secrets
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings as project

from failforward import checks

KEY = secrets.token_urlsafe(64)
HOOK = f"name:{KEY}"
PRODUCTION = {
    "SITE_URL": "https://failforward.acme.test",
    "ALLOWED_HOSTS": "failforward.acme.test",
    "SECRET_KEY": KEY,
    "DATABASE_URL": "postgres://ff:pass%40word@db.acme.test:5432/failforward",
    "REDIS_URL": "rediss://:secret@redis.acme.test:6379/0",
    "EMAIL_URL": "smtp+tls://ff:secret@mail.acme.test:587",
    "DEFAULT_FROM_EMAIL": "FailForward <ask@acme.test>",
    "REPLY_ADDRESS": "reply@mail.acme.test",
    "IMAP_URL": "imaps://ff:secret@mail.acme.test/INBOX?move=Done",
    "INBOUND_SECRET": KEY,
}
MISTAKES = [
    ("E001", {"DATABASE_URL": "mysql://db/ff"}),
    ("E001", {"DATABASE_URL": "failforward.sqlite3"}),
    ("E002", {"DATABASE_URL": "postgres://ff:pa/ss@db:port/ff"}),
    ("E003", {"DATABASE_URL": "postgres:///ff"}),
    ("E004", {"DATABASE_URL": "postgres://db:5432"}),
    ("E001", {"REDIS_URL": "amqp://broker"}),
    ("E003", {"REDIS_URL": "redis://"}),
    ("E001", {"EMAIL_URL": "mail.acme.test"}),
    ("E001", {"EMAIL_URL": "imap://mail.acme.test"}),
    ("E003", {"EMAIL_URL": "smtp://"}),
    ("E002", {"EMAIL_URL": "postmark://token@:port", "WEBHOOK_SECRET": HOOK}),
    ("E019", {"EMAIL_URL": "postmark://", "WEBHOOK_SECRET": HOOK}),
    ("E019", {"EMAIL_URL": "mailgun://key@", "WEBHOOK_SECRET": HOOK}),
    ("E019", {"EMAIL_URL": "mailjet://key@", "WEBHOOK_SECRET": HOOK}),
    ("E020", {"WEBHOOK_SECRET": "", "EMAIL_URL": "sendgrid://key@"}),
    ("E020", {"WEBHOOK_SECRET": "name:short", "EMAIL_URL": "sendgrid://key@"}),
    ("W002", {"EMAIL_URL": "smtp://ff:secret@mail.acme.test"}),
    ("E005", {"SECRET_KEY": ""}),
    ("E006", {"SECRET_KEY": "change-me-" * 9}),
    ("E007", {"SECRET_KEY": KEY[:49]}),
    ("E008", {"SITE_URL": "failforward.acme.test"}),
    ("E009", {"ALLOWED_HOSTS": "*"}),
    ("E010", {"ALLOWED_HOSTS": "other.test,.acme.example"}),
    ("E011", {"DEFAULT_FROM_EMAIL": "FailForward", "REPLY_ADDRESS": "", "IMAP_URL": ""}),
    ("E012", {"REPLY_ADDRESS": "acme.test"}),
    ("E013", {"REPLY_ADDRESS": "reply@other.test"}),
    ("E001", {"IMAP_URL": "mail.acme.test"}),
    ("E001", {"IMAP_URL": "smtp://ff:secret@mail.acme.test"}),
    ("E002", {"IMAP_URL": "imaps://ff:se/cret@mail.acme.test:port"}),
    ("E003", {"IMAP_URL": "imaps:///INBOX"}),
    ("E015", {"IMAP_URL": "imaps://ff@mail.acme.test"}),
    ("E016", {"IMAP_URL": "imaps://ff:secret@mail.acme.test", "REPLY_ADDRESS": ""}),
    ("W003", {"IMAP_URL": "imap://ff:secret@mail.acme.test"}),
    ("E017", {"INBOUND_SECRET": "short"}),
    ("E018", {"REPLY_ADDRESS": "reply+x@acme.test"}),
    ("E021", {"WHEN_UNCERTAIN": "maybe"}),
    ("E014", {"CATCH_UP_HOLD": "an hour"}),
    ("E014", {"PORT": "abc"}),
    ("E014", {"PORT": "65536"}),
    ("E014", {"TICK_SECONDS": "abc"}),
    ("E014", {"TICK_SECONDS": "0"}),
    ("E014", {"SEND_LEASE_SECONDS": "-900"}),
    ("E014", {"IMPORT_MAX_ROWS": "100.000"}),
    ("W001", {"SITE_URL": "http://failforward.acme.test"}),
]


def test_production_settings_are_clean(tmp_path: Path):
    result = manage(tmp_path, PRODUCTION, "check", "--deploy", "--fail-level", "WARNING")
    assert (result.returncode, result.stderr) == (0, "")


def test_without_any_environment_it_is_clean(tmp_path: Path):
    result = manage(tmp_path, {}, "check", "--fail-level", "WARNING")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", ["PORT", "TICK_SECONDS"])
def test_a_number_that_is_none_ends_no_command_in_a_trace(tmp_path: Path, name: str):
    result = manage(tmp_path, {name: "abc"}, "check")
    assert result.returncode == 1
    assert f"{name} is no whole number" in result.stderr and "HINT: " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("url", ["mysql://db/ff", "postgres://ff:pa/ss@db:port/ff", "postgres://[db/ff"])
def test_a_mistake_ends_no_command_in_a_trace(tmp_path: Path, url: str):
    result = manage(tmp_path, {"DATABASE_URL": url}, "prepare")
    assert result.returncode == 1
    assert "DATABASE_URL" in result.stderr and "HINT: " in result.stderr
    assert "Traceback" not in result.stderr and "pa/ss" not in result.stderr


@pytest.mark.parametrize(("number", "change"), MISTAKES, ids=[f"{number} {change}" for number, change in MISTAKES])
def test_a_mistake_is_named_with_a_hint(monkeypatch, tmp_path: Path, number: str, change: dict[str, str]):
    monkeypatch.setattr(checks, "settings", settings_of(monkeypatch, tmp_path, PRODUCTION | change))
    told = [*checks.environment(None), *checks.public_site(None)]
    assert [message.id for message in told] == [f"failforward.{number}"]
    assert next(iter(change)) in told[0].msg and told[0].hint
    assert "secret" not in told[0].msg + told[0].hint.replace("secrets", "")


def test_a_key_of_this_machine_is_made_once_and_kept_private(monkeypatch, tmp_path: Path):
    first = settings_of(monkeypatch, tmp_path, {})
    assert settings_of(monkeypatch, tmp_path, {}).SECRET_KEY == first.SECRET_KEY
    assert len(first.SECRET_KEY) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_secret_may_stand_in_a_file(monkeypatch, tmp_path: Path):
    (tmp_path / "key").write_text(KEY)
    assert settings_of(monkeypatch, tmp_path, {"SECRET_KEY_FILE": str(tmp_path / "key")}).SECRET_KEY == KEY


def settings_of(monkeypatch, folder: Path, environment: dict[str, str]) -> ModuleType:
    """settings.py as it reads in this environment, beside the settings the tests run with."""
    for name in (*PRODUCTION, "DEBUG", "DEMO"):
        monkeypatch.delenv(name, raising=False)
    for name, value in clean(folder, environment).items():
        monkeypatch.setenv(name, value)
    path = project.BASE_DIR / "failforward" / "settings.py"
    spec = importlib.util.spec_from_file_location("settings_of_a_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def manage(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=clean(folder, environment), cwd=project.BASE_DIR, capture_output=True, text=True)


def clean(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return inherited | {"VAR_DIR": str(folder), "ENV_FILE": os.devnull} | environment
