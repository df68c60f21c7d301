import pytest

from failforward.inbound.models import InboundMail
from failforward.inbound.tests.test_storing import MAIL

pytestmark = pytest.mark.django_db
URL = "/inbound/?to=reply%2Babc@tarnholm.example&from=ines@tarnholm.example"


@pytest.fixture(autouse=True)
def secret(settings):
    settings.INBOUND_SECRET = "a long secret"


def post(client, raw=MAIL, secret="a long secret", content_type="message/rfc822"):
    return client.post(URL, raw, content_type=content_type, headers={"authorization": f"Bearer {secret}"})


def test_a_mail_service_hands_a_mail_over_as_often_as_it_likes(client):
    assert [post(client).status_code for _time in range(3)] == [201, 200, 200]
    mail = InboundMail.objects.get()
    assert bytes(mail.raw) == MAIL
    assert (mail.channel, mail.envelope_to, mail.envelope_from) == (
        "hook",
        "reply+abc@tarnholm.example",
        "ines@tarnholm.example",
    )


@pytest.mark.parametrize("wrong", ["", "a long secre", "a long secret2", "à"])
def test_without_the_secret_nothing_is_taken(client, wrong):
    assert post(client, secret=wrong).status_code == 403
    assert client.post(f"{URL}&secret=a long secret", MAIL, content_type="message/rfc822").status_code == 403
    assert not InboundMail.objects.exists()


def test_where_no_secret_is_set_there_is_no_such_address(client, settings):
    settings.INBOUND_SECRET = ""
    assert post(client, secret="").status_code == 404


def test_a_mail_may_be_bigger_than_a_form(client):
    raw = MAIL + b"x" * 5_000_000
    assert post(client, raw).status_code == 201
    assert InboundMail.objects.get().size == len(raw)


def test_a_form_is_no_mail(client):
    assert post(client, b"email=x", content_type="application/x-www-form-urlencoded").status_code == 415
    assert client.get(URL).status_code == 405
