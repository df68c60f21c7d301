"""What kind of message it is: robots are not taken for people, people never for robots."""

import pytest

from actions.inbound.parse import bounce_of, complaint_of, kind, reply_text, unreadable_because
from actions.tests.inbound_samples import SAID, mail

REPORT = """From: Mail Delivery System <MAILER-DAEMON@mx.north.example>
To: ask+7h2k@north.example
Subject: {subject}
Message-ID: <report@mx.north.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type={type}; boundary="b"

--b
Content-Type: text/plain

{words}
--b
Content-Type: {status_type}

{status}
--b
Content-Type: text/rfc822-headers

From: ask@north.example
To: anna@north.example
Message-ID: <abc@north.example>
Subject: How did it go?
--b--
"""
STATUS = """Reporting-MTA: dns; mx.north.example

Final-Recipient: rfc822; Anna@North.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} told by the other server
"""


def report(action: str = "failed", status: str = "5.1.1") -> bytes:
    text = STATUS.format(action=action, status=status)
    return REPORT.format(
        subject="Undelivered Mail Returned to Sender",
        type="delivery-status",
        words="This is the mail system.",
        status_type="message/delivery-status",
        status=text,
    ).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "1"},
        {"X_MS_Exchange_Inbox_Rules_Loop": "anna@north.example"},
        {"Precedence": "auto_reply"},
        {"X_Apple_Action": "VACATION"},
        {"Return_Path": "<>"},
        {"X_FailForward_Loop": "north.example"},
        {"subject": "Automatic reply: How did it go?"},
        {"subject": "Auto: How did it go?"},
        {"subject": "Out of Office: How did it go?"},
        {"subject": "Abwesenheitsnotiz: How did it go?"},
        {"subject": "Automatische Antwort: How did it go?"},
        {"subject": "Réponse automatique : How did it go?"},
        {"subject": "Respuesta automática: How did it go?"},
        {"subject": "Risposta automatica: How did it go?"},
        {"subject": "Resposta automática: How did it go?"},
        {"subject": "Automatisch antwoord: How did it go?"},
        {"subject": "Автоответ: How did it go?"},
        {"subject": "自動応答: How did it go?"},
    ],
)
def test_a_robot_that_answers_for_a_person(headers: dict):
    assert kind(mail("I am out of office until 3 May.", **headers)) == "auto_reply"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto_Submitted": "no"},
        {"Precedence": "list"},
        {"Return_Path": "<anna@north.example>"},
        {"subject": "Re: Automatic reply: How did it go?"},
        {"subject": "AW: Undeliverable goods: how did it go?"},
        {"subject": "Re: How did it go? Delivery failure at Kranbau"},
        {"subject": "How did it go? We absent-mindedly lost it"},
        {"X_Auto_Response_Suppress": "All"},
        {"sender": "Postmaster Sales <postmaster@north.example>"},
    ],
)
def test_a_person_is_not_taken_for_a_robot(headers: dict):
    raw = mail("The goods could not be delivered, the address does not exist.", **headers)
    assert kind(raw) == ("bounce" if "sender" in headers else "reply")


def test_a_person_out_of_office_by_their_own_words_is_a_reply():
    assert kind(mail("I am out of office until 3 May")) == "reply"


def test_a_calendar_answer_is_a_robots():
    raw = mail(SAID).replace(b"Content-Type: text/plain", b"Content-Type: text/calendar; method=REPLY")
    assert kind(raw) == "auto_reply"


def test_a_read_receipt():
    raw = REPORT.format(
        subject="Read: How did it go?",
        type="disposition-notification",
        words="Your message was read.",
        status_type="message/disposition-notification",
        status="Final-Recipient: rfc822;anna@north.example\nDisposition: manual-action/MDN-sent-manually; displayed",
    )
    assert kind(raw.encode()) == "receipt"


@pytest.mark.parametrize(
    ("action", "status", "failed", "permanent"),
    [
        ("failed", "5.1.1", True, True),
        ("failed", "4.4.7", True, False),
        ("delayed", "4.2.0", False, False),
        ("relayed", "2.0.0", False, False),
        ("expanded", "2.0.0", False, False),
        ("delivered", "2.1.5", False, False),
    ],
)
def test_a_delivery_report_is_told_by_its_action(action: str, status: str, failed: bool, permanent: bool):
    raw = report(action, status)
    bounce = bounce_of(raw)
    assert kind(raw) == "bounce"
    assert (bounce.recipient, bounce.status, bounce.action) == ("anna@north.example", status, action)
    assert (bounce.failed, bounce.permanent) == (failed, permanent)
    assert bounce.original_message_id == "<abc@north.example>"


@pytest.mark.parametrize(
    ("sender", "subject", "words", "status", "action"),
    [
        (
            "MAILER-DAEMON@mx.north.example",
            "failure notice",
            "Hi. This is the qmail-send program.\n\n<anna@north.example>:\nSorry, no mailbox here by that name. "
            "(#5.1.1)\n",
            "5.1.1",
            "failed",
        ),
        (
            "Mail Delivery System <Mailer-Daemon@mx.north.example>",
            "Warning: message 1abc delayed 24 hours",
            "A message that you sent has not yet been delivered to\n  anna@north.example\nDelivery will be retried.\n",
            "",
            "delayed",
        ),
        (
            "postmaster@north.example",
            "Unzustellbar: How did it go?",
            "Ihre Nachricht an anna@north.example wurde nicht zugestellt: 550 5.2.2 Postfach voll",
            "5.2.2",
            "failed",
        ),
    ],
)
def test_a_bounce_in_free_text(sender: str, subject: str, words: str, status: str, action: str):
    raw = mail(words, sender=sender, subject=subject)
    bounce = bounce_of(raw)
    assert kind(raw) == "bounce"
    assert (bounce.recipient, bounce.status, bounce.action) == ("anna@north.example", status, action)


def test_amazon_tells_in_json():
    words = '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent"}}'
    sender = "no-reply@sns.amazonaws.com"
    assert kind(mail(words, sender=sender, subject="AWS Notification Message")) == "bounce"
    assert kind(mail(words.replace("Bounce", "Complaint"), sender=sender, subject="AWS")) == "complaint"
    assert kind(mail(words, subject="Re: AWS")) == "reply"


def test_a_complaint():
    raw = REPORT.format(
        subject="Abuse report",
        type="feedback-report",
        words="This is an email abuse report.",
        status_type="message/feedback-report",
        status="Feedback-Type: abuse\nUser-Agent: Test/1\nOriginal-Rcpt-To: anna@north.example",
    ).encode()
    complaint = complaint_of(raw)
    assert kind(raw) == "complaint"
    assert (complaint.recipient, complaint.feedback_type) == ("anna@north.example", "abuse")
    assert complaint.original_message_id == "<abc@north.example>"


def test_a_bounce_that_a_person_forwards_as_an_attachment_is_a_reply():
    outer = (
        'From: anna@north.example\nSubject: look\nContent-Type: multipart/mixed; boundary="o"\n\n--o\n'
        "Content-Type: text/plain\n\nDone, but see this.\n--o\nContent-Type: message/rfc822\n\n"
    )
    raw = outer.encode() + report() + b"\n--o--\n"
    assert kind(raw) == "reply"
    assert reply_text(raw) == "Done, but see this."


@pytest.mark.parametrize("raw", [b"", b"\n \r\n", b"no header at all\n\nbody", mail(SAID)])
def test_what_is_no_report_gives_none(raw: bytes):
    assert bounce_of(raw) is None
    assert complaint_of(raw) is None


def test_encrypted_and_wrapped_mail_is_kept_and_not_read():
    encrypted = b"From: a@a.example\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB"
    wrapped = b"From: a@a.example\nContent-Type: application/ms-tnef; name=winmail.dat\n\neJ8"
    assert (kind(encrypted), unreadable_because(encrypted)) == ("unreadable", "encrypted")
    assert (kind(wrapped), unreadable_because(wrapped)) == ("unreadable", "winmail")
    inline = mail("-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----")
    assert (kind(inline), unreadable_because(inline)) == ("unreadable", "encrypted")


def test_a_signed_mail_is_read():
    signature = "-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----"
    signed = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nDone.\n- - a list\n{signature}"
    assert reply_text(mail(signed)) == "Done.\n- a list"
