"""Mail services by their own interface: Postmark's, answered by a server of the test's own."""

import base64
import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.urls import reverse

from failforward.outbox import plan, run_due
from failforward.outbox.models import Channel, Mail, MailAttempt, State

SECRET = "hook:" + "s" * 24


class Service:
    """Remembers what it took and answers as it is told, then that all is well."""

    def __init__(self) -> None:
        self.taken: list[dict] = []
        self.answers: list[tuple[int, dict]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:
                body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
                fine = (200, {"ErrorCode": 0, "Message": "OK", "MessageID": "abc", "To": body["To"]})
                status, answer = self.answers.pop(0) if self.answers else fine
                if status == 200:
                    self.taken.append(body)
                handler.send_response(status)
                handler.send_header("Content-Type", "application/json")
                handler.end_headers()
                handler.wfile.write(json.dumps(answer).encode())

            def log_message(self, *args) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(settings):
    found = Service()
    settings.MAIL_SERVICE = "postmark"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": f"http://127.0.0.1:{found.server.server_port}/",
        "WEBHOOK_SECRET": SECRET,
        "IGNORE_UNSUPPORTED_FEATURES": True,
    }
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def mail(anna, past) -> Mail:
    return plan("note:1", "note", anna, past)


def now_of(mail: Mail) -> Mail:
    return Mail.objects.get(pk=mail.pk)


def minutes(count: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(minutes=count)


def test_a_service_gets_the_stored_message_with_its_own_headers_and_a_number(mail, service):
    assert run_due().sent == 1
    (taken,) = service.taken
    headers = {one["Name"]: one["Value"] for one in taken["Headers"]}
    assert (taken["To"], taken["Subject"]) == ("anna@firm.internal", "Note note:1")
    assert "The demo unit is on your desk." in taken["TextBody"]
    assert "The demo unit is on your desk." in taken["HtmlBody"]
    assert headers["Message-ID"] == now_of(mail).message_id
    assert headers["Auto-Submitted"] == "auto-generated"
    assert taken["Metadata"] == {"failforward_mail": str(mail.pk)}
    assert (taken["TrackOpens"], taken["TrackLinks"]) == (False, "None")


@pytest.mark.parametrize(
    ("status", "answer", "state", "tries", "is_paused"),
    [
        (401, {"ErrorCode": 10, "Message": "Bad token"}, State.READY, 0, True),
        (429, {"Message": "slow down"}, State.RETRY, 1, False),
        (500, {"Message": "oops"}, State.RETRY, 1, False),
        (422, {"ErrorCode": 300, "Message": "Invalid email request"}, State.FAILED, 1, False),
    ],
)
def test_what_a_service_answers_means_what_a_mail_server_would_mean(
    status, answer, state, tries, is_paused, mail, service
):
    service.answers = [(status, answer)]
    run_due()
    assert (now_of(mail).state, now_of(mail).attempts) == (state, tries)
    assert Channel.objects.exclude(paused_since=None).exists() is is_paused


def test_a_refused_key_is_told_once_and_a_sent_mail_ends_the_pause(mail, service, caplog):
    service.answers = [(401, {"ErrorCode": 10, "Message": "Bad token"})] * 2
    for minute in (0, 2, 5):
        run_due(minutes(minute))
    assert len([record for record in caplog.records if "Mail is paused" in record.message]) == 1
    assert now_of(mail).state == State.SENT
    assert MailAttempt.objects.count() == 1
    assert not Channel.objects.exclude(paused_since=None).exists()


def report(client, mail: Mail, kind: str = "Bounce", secret: str = SECRET, **fields):
    body = {
        "RecordType": kind,
        "Type": {"Bounce": "HardBounce", "SpamComplaint": "SpamComplaint"}.get(kind, ""),
        "TypeCode": 1,
        "ID": 7,
        "MessageID": "abc",
        "Email": "anna@firm.internal",
        "Details": "smtp;550 5.1.1 unknown user",
        "Description": "The server was unable to deliver your message",
        "BouncedAt": "2026-11-22T01:00:00Z",
        "Metadata": {"failforward_mail": str(mail.pk)},
    }
    return client.post(
        reverse("mail_events", args=["postmark"]),
        json.dumps(body | fields),
        content_type="application/json",
        headers={"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()},
    )


@pytest.mark.parametrize(("kind", "trouble"), [("Bounce", "bounced"), ("SpamComplaint", "complained")])
def test_what_comes_back_is_marked_once_and_flags_the_address(kind, trouble, mail, anna, service, client):
    run_due()
    for _ in range(2):
        assert report(client, mail, kind).status_code == 200
    anna.refresh_from_db()
    assert (now_of(mail).state, anna.address_trouble) == (State.BOUNCED, trouble)


def test_reports_out_of_order_of_others_or_of_nothing_do_no_harm(mail, anna, service, client):
    assert report(client, mail).status_code == 200
    run_due()
    for fields in (
        {"Email": "somebody@else.internal"},
        {"Metadata": {}},
        {"Metadata": {"failforward_mail": "9" * 30}},
        {"Metadata": {"failforward_mail": "x'; --"}},
        {"RecordType": "Delivery", "DeliveredAt": "2026-11-22T01:00:00Z"},
    ):
        assert report(client, mail, **fields).status_code == 200
    anna.refresh_from_db()
    assert (now_of(mail).state, anna.address_trouble) == (State.SENT, "")


@pytest.mark.parametrize("secret", ["hook:wrong", ":", ""])
def test_a_report_without_the_secret_is_turned_away(secret, mail, service, client):
    run_due()
    assert report(client, mail, secret=secret).status_code == 400
    assert now_of(mail).state == State.SENT


def test_without_a_secret_or_of_another_service_there_is_no_such_page(mail, service, client, settings):
    assert client.post(reverse("mail_events", args=["sendgrid"])).status_code == 404
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": ""}
    assert report(client, mail, secret="").status_code == 404


def test_mail_to_an_example_address_goes_to_no_service(cast, past, service):
    plan("note:1", "note", cast.rep, past)
    assert run_due().sent == 1
    assert service.taken == []
