import datetime as dt

import pytest
from django.utils import timezone

from failforward.outbox import plan, replan, run_due
from failforward.outbox.models import Mail, MailAttempt, State
from failforward.outbox.tests.sink import free_port


def reload(mail: Mail) -> Mail:
    return Mail.objects.get(pk=mail.pk)


def later(mail: Mail) -> dt.datetime:
    return reload(mail).next_at + dt.timedelta(seconds=1)


@pytest.mark.parametrize("answer", ["452 too busy", "421 closing"])
def test_a_mail_put_off_is_tried_again_with_the_same_bytes(answer, anna, past, smtp):
    smtp.at_recipient = [answer]
    mail = plan("note:1", "note", anna, past)

    assert run_due().sent == 0
    put_off = reload(mail)
    assert (put_off.state, put_off.last_code, put_off.uncertain) == (State.RETRY, int(answer[:3]), False)
    assert 20 <= (put_off.next_at - timezone.now()).total_seconds() <= 37
    assert run_due().sent == 0

    assert run_due(later(mail)).sent == 1
    assert [one.content for one in smtp.accepted] == [bytes(put_off.body)]
    assert list(MailAttempt.objects.order_by("number").values_list("number", "code", "may_be_second")) == [
        (1, int(answer[:3]), False),
        (2, 250, False),
    ]


def test_a_refused_address_fails_at_once_and_says_so(anna, past, smtp):
    smtp.at_recipient = ["550 no such user"]
    bad, good = plan("note:1", "note", anna, past), plan("note:2", "note", anna, past + dt.timedelta(seconds=1))

    done = run_due()

    assert (done.sent, done.failed) == (1, 1)
    assert reload(bad).state == State.FAILED
    assert reload(bad).says == "Anna's address was refused: no such user"
    assert reload(good).state == State.SENT
    assert smtp.connections == 1


def test_a_server_that_is_away_is_called_once_a_run(anna, past, settings, monkeypatch):
    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": free_port()}
    mails = [plan(f"note:{number}", "note", anna, past) for number in range(30)]
    calls = []
    from failforward.outbox import transports

    connect = transports.connect
    monkeypatch.setattr(transports, "connect", lambda smtp: (calls.append(1), connect(smtp))[1])

    assert run_due().sent == 0

    assert len(calls) == 1
    assert {(reload(mail).state, reload(mail).attempts) for mail in mails} == {(State.RETRY, 1)}


def test_a_mail_nobody_takes_fails_after_three_days_and_says_so(anna, past, settings):
    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": free_port()}
    mail = plan("note:1", "note", anna, past)
    run_due()

    for _ in range(200):
        if reload(mail).state != State.RETRY:
            break
        run_due(later(mail))

    failed = reload(mail)
    assert failed.state == State.FAILED
    assert 60 < failed.attempts < 150  # three working days are up to five with a weekend
    assert failed.says == "Nobody answered at the mail server for three working days, so the mail to Anna was given up."


def test_a_connection_lost_after_the_message_means_it_may_have_arrived(anna, past, smtp):
    smtp.drop_after_accepting = 1
    mail = plan("note:1", "note", anna, past)

    run_due()
    assert (reload(mail).state, reload(mail).uncertain) == (State.RETRY, True)
    run_due(later(mail))

    first, second = smtp.accepted
    assert first.content == second.content
    assert reload(mail).state == State.SENT
    assert reload(mail).says == "Handed over to Anna's mail server; it may have arrived twice."
    assert list(MailAttempt.objects.order_by("number").values_list("may_be_second", flat=True)) == [False, True]


def test_told_to_hold_what_is_uncertain_stays_and_says_so(anna, past, smtp, settings):
    settings.WHEN_UNCERTAIN = "hold"
    smtp.drop_after_accepting = 1
    mail = plan("note:1", "note", anna, past)

    run_due()
    run_due(later(mail))

    assert len(smtp.accepted) == 1
    assert reload(mail).state == State.FAILED
    assert reload(mail).says == "Sending broke off. The mail may have arrived, so it was not sent again."


def test_a_server_that_hangs_up_between_two_messages_is_called_again(anna, past, smtp, monkeypatch):
    from failforward.outbox.transports import SmtpTransport

    begin = SmtpTransport.begin
    monkeypatch.setattr(SmtpTransport, "begin", lambda self: (self.smtp.sock.shutdown(2), begin(self))[1])
    plan("note:1", "note", anna, past)

    assert run_due().sent == 1
    assert smtp.connections == 2


def test_what_breaks_off_three_times_is_not_sent_for_ever(anna, past, smtp):
    smtp.drop_after_accepting = 10
    mail = plan("note:1", "note", anna, past)

    for _ in range(5):
        run_due(later(mail))

    assert len(smtp.accepted) == 3
    assert (reload(mail).state, reload(mail).says) == (
        State.FAILED,
        "Sending broke off several times. The mail may have arrived.",
    )


def test_a_mail_planned_anew_after_a_failed_try_goes_out_and_stops_nobody(anna, past, smtp):
    smtp.at_recipient = ["451 try again"]
    moved = plan("note:1", "note", anna, past)
    run_due()
    assert replan(moved, past)
    other = plan("note:2", "note", anna, past + dt.timedelta(seconds=1))

    assert run_due().sent == 2

    assert (reload(moved).state, reload(other).state) == (State.SENT, State.SENT)
    tries = MailAttempt.objects.filter(mail=moved).order_by("number")
    assert list(tries.values_list("number", "code")) == [(1, 451), (2, 250)]


def test_planned_anew_a_mail_has_its_three_days_again(anna, past, settings):
    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": free_port()}
    mail = plan("note:1", "note", anna, past)
    for _ in range(8):
        run_due(later(mail))
    a_week_on = past + dt.timedelta(days=7)
    assert replan(reload(mail), a_week_on)

    run_due(a_week_on)

    tried = reload(mail)
    assert tried.state == State.RETRY
    assert 20 <= (tried.next_at - a_week_on).total_seconds() <= 37


def test_what_may_have_arrived_is_not_written_anew(anna, past, smtp):
    smtp.drop_after_accepting = 1
    mail = plan("note:1", "note", anna, past)
    run_due()
    assert reload(mail).state == State.RETRY

    assert not replan(mail, past + dt.timedelta(days=7))

    run_due(later(mail))
    first, second = smtp.accepted
    assert first.content == second.content
