from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail

from failforward.outbox import run_due
from failforward.outbox.models import Mail, State


@pytest.fixture(autouse=True)
def through_the_outbox(settings, db):
    settings.EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"


@pytest.mark.parametrize("text", ["Hello\n.\n..End", "Grüße\n.\nEnd"])
def test_what_django_sends_waits_in_the_outbox_and_goes_out(text, smtp):
    assert send_mail("Password reset", text, None, ["anna@firm.internal"]) == 1

    row = Mail.objects.get()
    assert (row.state, row.address) == (State.READY, "anna@firm.internal")
    assert run_due().sent == 1
    (accepted,) = smtp.accepted
    assert accepted.content == bytes(row.body)
    assert accepted.content.isascii()
    message = message_from_bytes(accepted.content, policy=policy.default)
    assert message["Message-ID"] == row.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == text.splitlines()


def test_each_recipient_has_a_row_and_all_have_one_message_id(smtp):
    message = EmailMultiAlternatives(
        "Hello", "text", to=["Anna <a@firm.internal>"], cc=["b@firm.internal"], bcc=["c@firm.internal"]
    )
    message.attach_alternative("<p>Grüße</p>", "text/html")
    message.send()

    run_due()

    assert {one.address for one in smtp.accepted} == {"a@firm.internal", "b@firm.internal", "c@firm.internal"}
    assert len({one.message_id for one in smtp.accepted}) == 1
    assert all(b"c@firm.internal" not in one.content for one in smtp.accepted)
