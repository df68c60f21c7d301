"""The mailbox of an install without a mail server: a reply typed there takes the way of a real one."""

import pytest
from django.utils import timezone

from actions.models import Answer, Commitment
from actions.tests.arriving import ask
from failforward import testing
from failforward.inbound.models import InboundMail
from failforward.outbox.models import CapturedMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def captured(settings) -> CapturedMail:
    settings.MAILBOX = True
    cast, now = testing.cast(), timezone.now()
    made = Commitment.make(cast.rep, cast.rep, "Try it", timezone.localdate(now), asked_by=cast.manager, now=now)
    question = ask(made, now)
    return CapturedMail.objects.get(mail=question.mail)


def test_a_reply_typed_in_the_mailbox_is_the_answer(captured, client):
    client.force_login(captured.mail.recipient)
    url = f"/mailbox/{captured.pk}/"
    assert "Or reply as Ines" in client.get(url).content.decode()
    assert client.post(f"{url}reply/", {"text": "done\nAll three pair."}).url == url
    mail = InboundMail.objects.get()
    assert (mail.channel, mail.state) == ("mailbox", "applied")
    assert b"\r\n> Write your answer above this line" in bytes(mail.raw)
    assert (Answer.objects.get().status, Answer.objects.get().outcome) == ("done", "All three pair.")
    assert "Became the answer" in client.get(url).content.decode()


def test_nothing_typed_sends_nothing(captured, client):
    client.force_login(captured.mail.recipient)
    client.post(f"/mailbox/{captured.pk}/reply/", {"text": "  "})
    assert not InboundMail.objects.exists()


def test_where_mail_is_really_sent_there_is_no_such_form(captured, client, settings):
    client.force_login(captured.mail.recipient)
    settings.MAILBOX = False
    assert client.post(f"/mailbox/{captured.pk}/reply/", {"text": "done"}).status_code == 404
    assert not InboundMail.objects.exists()
