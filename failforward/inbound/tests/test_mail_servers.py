"""Real mail servers of our own: Postfix pipes into `receive_mail`, Dovecot is drained by `fetch_mail`."""

import functools
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import django
import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection

from failforward.inbound import imap
from failforward.inbound.models import ImapFolder, InboundMail
from failforward.inbound.storing import MAX_BYTES, store
from failforward.outbox.tests.test_crashes import database_url
from tools import servers
from tools.programs import find

needs_dovecot = pytest.mark.skipif(not find("dovecot"), reason="Dovecot is not installed")
needs_postfix = pytest.mark.skipif(not find("postfix") or os.geteuid() != 0, reason="Postfix has to be started by root")
ADDRESS = f"reply+{'a' * 26}@mail.tarnholm.example"


def letter(text: str, number: int = 1) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "ines@tarnholm.example", ADDRESS
    mail["Subject"], mail["Message-ID"] = "Re: How did it go?", f"<{number}@phone.example>"
    mail.set_content(text)
    return mail.as_bytes()


# --- Dovecot --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with servers.dovecot() as url:
        yield url


@pytest.fixture
def account(server, settings, db) -> Path:
    """The folder of an account that starts empty."""
    mail = servers.maildir_of(server)
    settings.IMAP_URL = server
    for path in [path for name in ("cur", "new") for path in (mail / name).iterdir()]:
        path.unlink()
    return mail


def deliver(account: Path, raw: bytes, name: str) -> None:
    path = account / "tmp" / name
    path.write_bytes(raw)
    owner = account.stat()
    os.chown(path, owner.st_uid, owner.st_gid)
    path.rename(account / "new" / name)


@needs_dovecot
def test_the_account_is_fetched_once_and_marked_as_seen(account):
    for number in range(3):
        deliver(account, letter("done", number), f"{number}.mail")
    call_command("fetch_mail")
    assert sorted(bytes(mail.raw) for mail in InboundMail.objects.all()) == sorted(
        letter("done", number).replace(b"\n", b"\r\n") for number in range(3)
    )
    assert set(InboundMail.objects.values_list("channel", flat=True)) == {"imap"}
    assert [path.name.rpartition("2,")[2] for path in (account / "cur").iterdir()] == ["S"] * 3
    assert imap.fetch() == imap.Fetched(0, 0)


@needs_dovecot
def test_what_somebody_read_in_the_account_before_us_is_fetched_too(account):
    raw = letter("done", 20)
    deliver(account, raw, "20.mail")
    (account / "new" / "20.mail").rename(account / "cur" / "20.mail:2,S")
    assert imap.fetch() == imap.Fetched(1, 0)


@needs_dovecot
def test_fetched_mail_can_be_moved_away(account, settings):
    settings.IMAP_URL += "?move=Done"
    deliver(account, letter("done", 30), "30.mail")
    assert imap.fetch() == imap.Fetched(1, 0)
    assert not list((account / "new").iterdir()) and not list((account / "cur").iterdir())
    assert len([path for name in ("cur", "new") for path in (account / ".Done" / name).iterdir()]) == 1


@needs_dovecot
def test_a_crash_before_the_place_is_noted_fetches_the_same_mail_once(account, monkeypatch):
    for number in range(40, 43):
        deliver(account, letter("done", number), f"{number}.mail")
    calls = []

    def broken_off(*arguments, **fields):
        stored = store(*arguments, **fields)
        calls.append(stored)
        if len(calls) == 2:
            raise ConnectionResetError("the line broke")
        return stored

    monkeypatch.setattr(imap, "store", broken_off)
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("fetch_mail")
    assert InboundMail.objects.count() == 2
    assert imap.fetch() == imap.Fetched(1, 1)
    assert InboundMail.objects.count() == 3


@needs_dovecot
def test_a_folder_numbered_anew_is_read_from_its_beginning(account):
    deliver(account, letter("done", 50), "50.mail")
    assert imap.fetch() == imap.Fetched(1, 0)
    ImapFolder.objects.update(uid_validity=1, last_uid=10_000)
    deliver(account, letter("stuck", 51), "51.mail")
    assert imap.fetch() == imap.Fetched(1, 1)


@needs_dovecot
def test_of_a_mail_that_is_too_big_the_beginning_is_fetched(account):
    raw = letter("x" * 70 + "\n", 60).replace(b"\n", b"\r\n") + b"y" * 78 + b"\r\n"
    deliver(account, raw + (b"z" * 78 + b"\r\n") * (MAX_BYTES // 80), "60.mail")
    assert imap.fetch() == imap.Fetched(1, 0)
    mail = InboundMail.objects.get()
    assert mail.size > MAX_BYTES
    assert len(mail.raw) == 64 * 1024


@needs_dovecot
def test_a_wrong_password_and_a_server_that_is_away_are_said(account, settings):
    right = settings.IMAP_URL
    settings.IMAP_URL = right.replace(":secret@", ":wrong@")
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("fetch_mail")
    settings.IMAP_URL = f"imap://ines:secret@127.0.0.1:{servers.free_port()}/INBOX"
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("fetch_mail")
    settings.IMAP_URL = ""
    with pytest.raises(CommandError, match="IMAP_URL is not set"):
        call_command("fetch_mail")


# --- Postfix --------------------------------------------------------------------------------------


@pytest.fixture
def open_database(transactional_db) -> Iterator[None]:
    """Postfix runs its pipes as somebody who is not root; that person has to reach our SQLite file."""
    if connection.vendor != "sqlite":
        yield
        return
    name = Path(connection.settings_dict["NAME"])
    folders = [name.parent, *(path for path in name.parent.parents if path.stat().st_mode & 0o005 != 0o005)]
    modes = {path: path.stat().st_mode for path in [*folders, *name.parent.glob(f"{name.name}*")]}
    for path in modes:
        path.chmod(0o777 if path == name.parent else 0o755 if path.is_dir() else 0o666)
    yield
    for path, mode in modes.items():
        if path.exists():
            path.chmod(mode)


def pipe(**environment: str) -> list[str]:
    values = {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": project.SECRET_KEY,
        "VAR_DIR": str(Path(connection.settings_dict["NAME"]).parent) if connection.vendor == "sqlite" else "/tmp",
        "ENV_FILE": os.devnull,
        "LOG_LEVEL": "CRITICAL",
        "PYTHONDONTWRITEBYTECODE": "1",
    } | environment
    python, packages = python_for_nobody()
    words = [f"{name}={value}" for name, value in (values | {"PYTHONPATH": packages}).items()]
    return ["/usr/bin/env", *words, python, str(project.BASE_DIR / "manage.py"), "receive_mail"]


@functools.cache
def python_for_nobody() -> tuple[str, str]:
    """Python and its packages: ours may lie in root's home, where nobody else reads."""
    packages = str(Path(django.__file__).parent.parent)
    for python in (sys.executable, "/usr/bin/python3"):
        tried = ["runuser", "-u", "nobody", "--", "env", f"PYTHONPATH={packages}", python, "-c", "import django"]
        if subprocess.run(tried, capture_output=True, cwd="/").returncode == 0:
            return python, packages
    pytest.skip("There is no Python that somebody else than root may run")


def send(port: int, raw: bytes, sender: str = "ines@tarnholm.example", to: str = ADDRESS) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as smtp:
        smtp.sendmail(sender, [to], raw)


@pytest.fixture
def for_nobody() -> Iterator[Path]:
    """A folder of its own: the one that pytest gives lies in a place that every run beside this one closes again."""
    with servers.folder() as where:
        where.chmod(0o755)
        yield where


def wait_for(count: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while InboundMail.objects.count() < count and time.monotonic() < until:
        time.sleep(0.2)


@needs_postfix
def test_postfix_hands_a_mail_to_us_with_its_envelope(open_database):
    with servers.postfix(pipe(), "nobody") as port:
        send(port, letter("done"))
        send(port, letter("bounce", 2), sender="")
        wait_for(2)
    first, second = InboundMail.objects.order_by("message_id")
    assert (first.channel, first.envelope_from, first.envelope_to) == ("pipe", "ines@tarnholm.example", ADDRESS)
    assert second.envelope_from == "<>"
    assert b"\n\ndone\n" in bytes(first.raw)
    assert b"Delivered-To: reply+" in bytes(first.raw)


@needs_postfix
def test_while_we_cannot_store_postfix_keeps_the_mail(open_database, for_nobody):
    """The pipe answers 75 until there is a file; then the next try of Postfix brings the mail."""
    ready = for_nobody / "ready"
    script = for_nobody / "pipe.sh"
    script.write_text(f'#!/bin/sh\n[ -e {ready} ] || DATABASE_URL=postgres://x@127.0.0.1:1/x exec "$@"\nexec "$@"\n')
    script.chmod(0o755)
    command = pipe()
    database = next(word for word in command if word.startswith("DATABASE_URL="))
    command = ["/usr/bin/env", *(word for word in command[1:] if word != database)]
    command = ["/usr/bin/env", database, str(script), *command]
    with servers.postfix(command, "nobody") as port:
        send(port, letter("done"))
        time.sleep(3)
        assert not InboundMail.objects.exists()
        ready.touch()
        wait_for(1)
    assert InboundMail.objects.get().envelope_to == ADDRESS
