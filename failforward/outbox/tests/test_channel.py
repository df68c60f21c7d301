import datetime as dt
import logging

import pytest
from django.utils import timezone

from failforward.outbox import plan, run_due
from failforward.outbox.models import Channel, Mail, MailAttempt, State
from failforward.outbox.tests import sink


def minutes(count: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(minutes=count)


def states() -> list[tuple]:
    return list(Mail.objects.order_by("pk").values_list("state", "attempts"))


@pytest.fixture
def locked(settings):
    """A server that wants a password, and we have a wrong one."""
    with sink.running(password="right") as server:
        settings.SMTP = {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": server.port,
            "EMAIL_HOST_USER": "failforward",
            "EMAIL_HOST_PASSWORD": "wrong",
        }
        yield server


def test_a_wrong_password_pauses_all_mail_counts_no_try_and_is_told_once(anna, past, locked, settings, caplog):
    for number in range(3):
        plan(f"note:{number}", "note", anna, past)
    with caplog.at_level(logging.ERROR):
        for minute in (0, 0.5, 2, 5):
            assert run_due(minutes(minute)).sent == 0

    assert states() == [(State.READY, 0)] * 3
    assert not MailAttempt.objects.exists()
    assert [record.levelname for record in caplog.records if "Mail is paused" in record.message] == ["ERROR"]
    paused = Channel.objects.get()
    assert (paused.last_code, paused.paused_since is not None, paused.probes) == (535, True, 2)

    settings.SMTP["EMAIL_HOST_PASSWORD"] = "right"
    assert run_due(minutes(6)).sent == 0
    assert run_due(minutes(30)).sent == 3
    assert Channel.objects.get().paused_since is None


def test_a_server_without_starttls_pauses_all_mail(anna, past, smtp, settings):
    settings.SMTP = {**settings.SMTP, "EMAIL_USE_TLS": True}
    plan("note:1", "note", anna, past)
    run_due()
    assert states() == [(State.READY, 0)]
    assert "STARTTLS" in Channel.objects.get().last_text


def test_a_sender_that_is_refused_pauses_all_mail_until_it_is_taken(anna, past, smtp):
    smtp.at_sender = ["550 5.7.60 not as this sender"] * 2
    for number in range(2):
        plan(f"note:{number}", "note", anna, past)
    assert run_due().sent == 0
    assert run_due(minutes(2)).sent == 0
    assert states() == [(State.READY, 0)] * 2
    assert run_due(minutes(10)).sent == 2


def test_what_was_sent_before_the_pause_stays_sent(anna, past, smtp):
    plan("note:1", "note", anna, past)
    run_due()
    smtp.at_sender = ["530 5.7.0 log in first"]
    for number in (2, 3):
        plan(f"note:{number}", "note", anna, past)
    run_due()
    assert states() == [(State.SENT, 1), (State.READY, 0), (State.READY, 0)]
    assert run_due(minutes(2)).sent == 2
    assert len(smtp.accepted) == 3


def test_greylisting_is_waited_out_in_its_own_pauses(anna, past, smtp):
    smtp.at_recipient = ["451 4.7.1 greylisting in action"]
    mail = plan("note:1", "note", anna, past)
    run_due()
    again = Mail.objects.get(pk=mail.pk).next_at
    assert 235 <= (again - timezone.now()).total_seconds() <= 361
    assert run_due(again).sent == 1


def test_a_crowded_server_gets_the_rest_little_by_little(anna, past, smtp):
    smtp.at_sender = ["432 4.3.2 concurrent connections limit exceeded"]
    for number in range(5):
        plan(f"note:{number}", "note", anna, past)
    assert run_due().sent == 0
    assert states() == [(State.RETRY, 1)] + [(State.READY, 0)] * 4
    waits = [(at - timezone.now()).total_seconds() for at in Mail.objects.values_list("next_at", flat=True)]
    assert all(55 <= wait <= 600 for wait in waits)
    assert len(set(waits)) == 5
    assert run_due(minutes(11)).sent == 5


def test_a_refused_address_is_flagged_and_another_one_is_not(anna, past, smtp):
    smtp.at_recipient = ["550 5.1.1 no such user"]
    plan("note:1", "note", anna, past)
    run_due()
    anna.refresh_from_db()
    assert (anna.address_trouble, anna.address_trouble_text) == ("refused", "5.1.1 no such user")
    assert anna.address_trouble_at is not None
    assert not anna.note_trouble("old@firm.internal", "bounced", "x", timezone.now())


@pytest.mark.parametrize("answer", ["554 5.7.1 relay access denied", "552 5.2.2 mailbox full"])
def test_an_answer_about_something_else_flags_no_address(answer, anna, past, smtp):
    smtp.at_recipient = [answer]
    mail = plan("note:1", "note", anna, past)
    run_due()
    anna.refresh_from_db()
    assert (Mail.objects.get(pk=mail.pk).state, anna.address_trouble) == (State.FAILED, "")


def test_who_complained_gets_nothing_more(anna, past, smtp):
    anna.note_trouble(anna.email, "complained", "", timezone.now())
    mail = plan("note:1", "note", anna, past)
    run_due()
    mail.refresh_from_db()
    assert (mail.state, mail.last_text) == (
        State.WITHHELD,
        "Anna Berg reported our mail as spam, so we write no more.",
    )
    assert smtp.accepted == []
