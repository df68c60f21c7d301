from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.utils import timezone

from failforward.guards import Refused
from failforward.history.models import Change
from failforward.outbox import dead_letters, plan, run_due
from failforward.outbox.models import Mail, State


def reload(mail: Mail) -> Mail:
    return Mail.objects.get(pk=mail.pk)


@pytest.fixture
def refused(anna, past, smtp) -> Mail:
    smtp.at_recipient = ["550 5.1.1 no such user"]
    mail = plan("note:1", "note", anna, past)
    run_due()
    return reload(mail)


def test_a_refused_mail_goes_out_again_and_the_flag_is_gone(refused, cast, anna, smtp):
    dead_letters.send_again(refused, cast.admin, timezone.now())
    assert run_due().sent == 1
    anna.refresh_from_db()
    assert (reload(refused).state, anna.address_trouble) == (State.SENT, "")
    assert Change.objects.get(subject="outbox.mail").verb == "sent_again"
    with pytest.raises(Refused, match="on its way again already"):
        dead_letters.send_again(refused, cast.admin, timezone.now())


def test_what_may_have_arrived_goes_out_again_to_the_byte(anna, cast, past, smtp, settings):
    settings.WHEN_UNCERTAIN = "hold"
    smtp.drop_after_accepting = 1
    mail = plan("note:1", "note", anna, past)
    run_due()
    run_due(reload(mail).next_at)
    settings.WHEN_UNCERTAIN = "resend"
    assert reload(mail).state == State.FAILED
    dead_letters.send_again(mail, cast.admin, timezone.now())
    assert run_due().sent == 1
    first, second = smtp.accepted
    assert first.content == second.content


def test_what_came_written_goes_out_again_as_it_is(db, cast, smtp, settings):
    settings.EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"
    smtp.at_recipient = ["550 no such user"]
    send_mail("Reset", "Here it is", None, ["anna@firm.internal"])
    run_due()
    dead_letters.send_again(Mail.objects.get(), cast.admin, timezone.now())
    assert run_due().sent == 1


def test_another_address_is_the_persons_own_from_now_on(refused, cast, anna, smtp):
    dead_letters.use_other_address(refused, cast.admin, " Anna.Berg@firm.internal ", timezone.now())
    run_due()
    anna.refresh_from_db()
    assert (anna.email, anna.address_trouble) == ("anna.berg@firm.internal", "")
    assert [one.address for one in smtp.accepted] == ["anna.berg@firm.internal"]


def test_an_address_of_somebody_else_is_refused(refused, cast, anna):
    with pytest.raises(Refused, match="already"):
        dead_letters.use_other_address(refused, cast.admin, cast.rep.email, timezone.now())
    assert reload(refused).state == State.FAILED


def test_a_dropped_mail_leaves_the_list_and_does_not_go_again(refused, cast):
    for _ in range(2):
        dead_letters.drop(refused, cast.admin, timezone.now())
    assert not Mail.objects.dead().exists()
    assert Change.objects.filter(verb="dropped").count() == 1
    with pytest.raises(Refused):
        dead_letters.send_again(refused, cast.admin, timezone.now())


@pytest.mark.parametrize("trouble", ["bounced", "complained", "refused"])
def test_what_came_back_is_told_once_and_flags_the_address(trouble, anna, past, smtp):
    mail = plan("note:1", "note", anna, past)
    run_due()
    assert reload(mail).bounced("5.1.1 unknown", timezone.now(), trouble, 550) is True
    assert reload(mail).bounced("again", timezone.now(), "bounced") is False
    anna.refresh_from_db()
    assert (reload(mail).state, reload(mail).last_text) == (State.BOUNCED, "5.1.1 unknown")
    assert anna.address_trouble == trouble


def test_a_mail_that_never_left_cannot_come_back(anna, past, smtp):
    mail = plan("note:1", "note", anna, timezone.now() + timedelta(hours=3))
    assert mail.bounced("unknown", timezone.now()) is False
    anna.refresh_from_db()
    assert (reload(mail).state, anna.address_trouble) == (State.PLANNED, "")


def test_what_came_back_from_an_address_given_up_flags_nobody(anna, past, smtp):
    mail = plan("note:1", "note", anna, past)
    run_due()
    anna.email = "anna.berg@firm.internal"
    anna.save()
    assert reload(mail).bounced("unknown", timezone.now()) is True
    anna.refresh_from_db()
    assert anna.address_trouble == ""
