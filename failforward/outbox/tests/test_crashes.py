"""Real worker processes, really killed, on the database of the suite."""

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.db import connection

from failforward import testing
from failforward.outbox import plan
from failforward.outbox.models import Mail, MailAttempt, State

MAILS = 6


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    login = f"{values['USER']}:{values['PASSWORD']}" if values["PASSWORD"] else values["USER"]
    return f"postgres://{login}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def worker(port: int, **environment: str) -> subprocess.Popen:
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": project.SECRET_KEY,
        "SMTP_PORT": str(port),
        "SEND_LEASE_SECONDS": "1",
        "LOG_LEVEL": "CRITICAL",
        "FAILFORWARD_TEST_BUILD": "1",
    }
    command = [sys.executable, "-m", "failforward.outbox.tests.worker"]
    return subprocess.Popen(command, env=env | environment, cwd=project.BASE_DIR)


@pytest.fixture
def mails(transactional_db, past) -> list[Mail]:
    anna = testing.person("Anna Berg", email="anna@firm.internal")
    return [plan(f"note:{n}", "note", anna, past + dt.timedelta(seconds=n)) for n in range(MAILS)]


@pytest.mark.parametrize(
    ("point", "copies"),
    [("after_claim:1", 0), ("before_smtp:2", 0), ("connected:3", 0), ("after_250:3", 1), ("after_commit:2", 0)],
)
def test_a_worker_killed_loses_nothing_and_only_after_the_250_makes_a_copy(point, copies, mails, smtp):
    killed = worker(smtp.port, OUTBOX_CRASH_AT=point)
    assert killed.wait(30) == -signal.SIGKILL

    assert worker(smtp.port).wait(30) == 0

    assert set(Mail.objects.values_list("state", flat=True)) == {State.SENT}
    received = {}
    for one in smtp.accepted:
        received.setdefault(one.message_id, []).append(one.content)
    assert len(received) == MAILS
    assert sum(len(same) - 1 for same in received.values()) == copies
    assert all(len(set(same)) == 1 for same in received.values())
    # "Sent" of one and "sending" of the next share a commit, so every crash but the first leaves one mail in doubt.
    uncertain = point != "after_claim:1"
    assert MailAttempt.objects.filter(may_be_second=True).count() == uncertain
    assert Mail.objects.filter(uncertain=True).count() == uncertain


def test_two_workers_at_once_send_each_mail_once(mails, smtp):
    workers = [worker(smtp.port), worker(smtp.port)]

    assert [process.wait(30) for process in workers] == [0, 0]

    assert sorted(one.message_id for one in smtp.accepted) == sorted(Mail.objects.values_list("message_id", flat=True))


def test_a_test_build_alone_reads_the_crash_point(mails, smtp):
    assert worker(smtp.port, OUTBOX_CRASH_AT="after_claim:1", FAILFORWARD_TEST_BUILD="").wait(30) == 0
    assert len(smtp.accepted) == MAILS
