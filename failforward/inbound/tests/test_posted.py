"""A mail service posts replies in its own form: the mail as it came is stored once, and only with the secret."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from failforward.inbound.models import InboundMail
from failforward.inbound.tests.test_storing import MAIL

pytestmark = pytest.mark.django_db
SECRET = "hook:" + "s" * 24
ENVELOPE = ("hook", "reply+abc@tarnholm.example", "ines@tarnholm.example")


@pytest.fixture(autouse=True)
def service(settings):
    settings.MAIL_SERVICE = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_API_KEY": "key", "MAILGUN_WEBHOOK_SIGNING_KEY": "sign"}


def basic(secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def postmark(client, headers: dict | None = None, **fields):
    body = {
        "RawEmail": MAIL.decode(),
        "Headers": [{"Name": "Return-Path", "Value": f"<{ENVELOPE[2]}>"}],
        "OriginalRecipient": ENVELOPE[1],
        "MessageID": "abc",
    }
    body = json.dumps({name: value for name, value in (body | fields).items() if value is not None})
    return client.post("/inbound/postmark/", body, content_type="application/json", headers=headers or basic())


def mailgun(client, key: str = "sign"):
    stamp, token = str(int(time.time())), "t" * 50
    signature = hmac.new(key.encode(), (stamp + token).encode(), hashlib.sha256).hexdigest()
    fields = {"timestamp": stamp, "token": token, "signature": signature, "body-mime": MAIL.decode()}
    fields |= {"recipient": ENVELOPE[1], "sender": ENVELOPE[2]}
    return client.post("/inbound/mailgun/", fields, headers=basic())


def test_the_mail_as_it_came_is_stored_once_with_its_envelope(client):
    assert [postmark(client).status_code for _time in range(3)] == [200, 200, 200]
    mail = InboundMail.objects.get()
    assert bytes(mail.raw) == MAIL
    assert (mail.channel, mail.envelope_to, mail.envelope_from, mail.state) == (*ENVELOPE, "stored")


def test_by_whatever_way_it_comes_it_is_one_mail(client, settings):
    settings.INBOUND_SECRET = "a long secret"
    postmark(client)
    own = client.post(
        "/inbound/", MAIL, content_type="message/rfc822", headers={"authorization": "Bearer a long secret"}
    )
    assert (own.status_code, InboundMail.objects.count()) == (200, 1)


def test_a_signed_form_counts_and_a_forged_one_does_not(client, settings):
    settings.MAIL_SERVICE = "mailgun"
    assert mailgun(client, key="guessed").status_code == 400
    assert not InboundMail.objects.exists()
    assert mailgun(client).status_code == 200
    mail = InboundMail.objects.get()
    assert bytes(mail.raw) == MAIL
    assert (mail.channel, mail.envelope_to, mail.envelope_from) == ENVELOPE


def test_without_the_raw_mail_its_parts_are_put_together_and_still_once(client):
    parts = {"RawEmail": None, "TextBody": "Done.", "HtmlBody": "<p>Done.</p>", "Subject": "Re: x"}
    parts |= {"FromFull": {"Email": "ines@tarnholm.example", "Name": "Ines"}, "MailboxHash": "abc"}
    assert [postmark(client, **parts).status_code for _time in range(2)] == [200, 200]
    raw = bytes(InboundMail.objects.get().raw)
    assert all(said in raw for said in (base64.b64encode(b"Done."), b"Re: x", b"ines@tarnholm.example"))


def test_without_the_secret_nothing_is_taken(client, settings):
    for wrong in ("hook:wrong", ":", "a"):
        assert postmark(client, basic(wrong)).status_code == 400
    assert client.post("/inbound/postmark/", b"{}", content_type="application/json").status_code == 400
    assert client.post("/inbound/mailgun/", {}, headers=basic()).status_code == 404
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert postmark(client).status_code == 404
    assert not InboundMail.objects.exists()
