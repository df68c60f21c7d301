"""Bytes first and once, whatever comes and however often."""

import hashlib
import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings as project
from django.db import connection

from failforward.inbound.models import InboundMail
from failforward.inbound.storing import KEPT_OF_TOO_BIG, MAX_BYTES, message_id_of, store
from failforward.outbox.tests.test_crashes import database_url

MAIL = b"From: ines@tarnholm.example\r\nMessage-ID: <1@tarnholm.example>\r\nSubject: Re: How did it go?\r\n\r\ndone\r\n"


def receive(raw: bytes, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": project.SECRET_KEY,
        "LOG_LEVEL": "CRITICAL",
        "SENDER": "",
        "RECIPIENT": "",
        "ORIGINAL_RECIPIENT": "",
    }
    command = [sys.executable, "manage.py", "receive_mail", *arguments]
    return subprocess.run(command, input=raw, env=env | environment, cwd=project.BASE_DIR, capture_output=True)


@pytest.mark.django_db
def test_the_bytes_are_kept_as_they_came():
    raw = MAIL + bytes(range(256)) + b"\r\n\x00\xff no line end"
    mail, new = store([raw[:50], raw[50:]], "pipe", "ines@tarnholm.example", "reply+a@tarnholm.example")
    stored = InboundMail.objects.get()
    assert new
    assert bytes(stored.raw) == raw
    assert (stored.size, stored.sha256) == (len(raw), hashlib.sha256(raw).hexdigest())
    assert (stored.message_id, stored.state, stored.attempts) == ("<1@tarnholm.example>", "stored", 0)
    assert (stored.envelope_from, stored.envelope_to) == ("ines@tarnholm.example", "reply+a@tarnholm.example")


@pytest.mark.django_db
def test_the_same_mail_again_is_the_one_that_is_there():
    first, _new = store([MAIL], "pipe")
    second, new = store([MAIL], "imap")
    assert (second.pk, new) == (first.pk, False)
    assert InboundMail.objects.get().channel == "pipe"


@pytest.mark.django_db
def test_of_a_mail_that_is_too_big_its_beginning_is_kept():
    size = 50 * 1024 * 1024
    chunk = b"x" * 1024 * 1024
    mail, _new = store((MAIL if n == 0 else chunk for n in range(51)), "pipe")
    assert mail.size == size + len(MAIL)
    assert len(mail.raw) == KEPT_OF_TOO_BIG
    assert bytes(mail.raw).startswith(MAIL)
    assert mail.size > MAX_BYTES


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (MAIL, "<1@tarnholm.example>"),
        (b"message-id:\r\n <folded@x>\r\n\r\n", "<folded@x>"),
        (b"Subject: no id\n\nMessage-ID: <in-the-body@x>\n", ""),
        (b"Message-ID: none\n\n", ""),
        (b"", ""),
        (b"\xff\xfe\x00" * 1000, ""),
    ],
)
def test_the_message_id_is_read_from_the_headers_alone(raw, found):
    assert message_id_of(raw) == found


@pytest.mark.django_db
def test_nothing_a_mail_server_says_of_the_envelope_breaks_it():
    mail, _new = store([MAIL], "pipe", "a\x00b\r\nc", "x" * 5000)
    assert (mail.envelope_from, len(mail.envelope_to)) == ("abc", 320)


@pytest.mark.django_db(transaction=True)
def test_at_once_from_two_sides_it_is_stored_once():
    news = []

    def deliver() -> None:
        try:
            news.append(store([MAIL], "pipe")[1])
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(news) == [False] * 5 + [True]
    assert InboundMail.objects.count() == 1


# --- The pipe -------------------------------------------------------------------------------------


def test_the_pipe_stores_and_says_so(transactional_db):
    done = receive(MAIL, "reply+abc@tarnholm.example", "--sender", "ines@tarnholm.example")
    assert (done.returncode, done.stdout) == (0, b"")
    mail = InboundMail.objects.get()
    assert bytes(mail.raw) == MAIL
    assert (mail.channel, mail.envelope_to) == ("pipe", "reply+abc@tarnholm.example")
    assert receive(MAIL).returncode == 0
    assert InboundMail.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "envelope"),
    [
        ([], {"ORIGINAL_RECIPIENT": "reply+a@x", "SENDER": "i@x"}, ("i@x", "reply+a@x")),
        ([], {"RECIPIENT": "reply+b@x", "SENDER": ""}, ("<>", "reply+b@x")),
        (["reply+c@x", "--sender", "MAILER-DAEMON"], {}, ("<>", "reply+c@x")),
        (["reply+d@x", "--sender", ""], {"RECIPIENT": "other@x"}, ("<>", "reply+d@x")),
    ],
)
def test_the_envelope_comes_by_argument_or_environment(transactional_db, arguments, environment, envelope):
    assert receive(MAIL, *arguments, **environment).returncode == 0
    mail = InboundMail.objects.get()
    assert (mail.envelope_from, mail.envelope_to) == envelope


@pytest.mark.parametrize(
    ("raw", "arguments", "environment"),
    [
        (b"", [], {}),
        (MAIL, [], {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}),
        (MAIL, [], {"DATABASE_URL": "sqlite:////proc/no/such/file"}),
        (MAIL, ["--no-such-option"], {}),
        (MAIL, [], {"DJANGO_SETTINGS_MODULE": "no.such.settings"}),
    ],
)
def test_on_any_doubt_the_mail_server_keeps_the_mail(transactional_db, raw, arguments, environment):
    assert receive(raw, *arguments, **environment).returncode == 75
    assert not InboundMail.objects.exists()
