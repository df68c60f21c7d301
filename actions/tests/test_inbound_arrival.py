"""What becomes of a mail that comes in, group by group of what there is: answers, robots, strangers, doubts."""

import datetime as dt
import time
from email.message import EmailMessage

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from actions import follow_ups
from actions.models import Answer, AskerReply, Commitment, FollowUp
from actions.tests.arriving import Question, arrive, ask, reply, told
from failforward import testing
from failforward.inbound import reading
from failforward.inbound.addresses import address_for
from failforward.inbound.models import InboundMail, ReplyAddress
from failforward.inbound.storing import store
from failforward.mail import LOOP_HEADER
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def replies_come_in(settings):
    settings.DEFAULT_FROM_EMAIL = "FailForward <ask@tarnholm.example>"
    settings.REPLY_ADDRESS = "reply@mail.tarnholm.example"
    # pytest-django puts its own in place of it.
    settings.EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def made(cast, now):
    return promise(cast.rep, cast.manager, now)


@pytest.fixture
def question(made, now):
    return ask(made, now)


def promise(person, asked_by, now, what: str = "Try the gateways") -> Commitment:
    return Commitment.make(person, person, what, timezone.localdate(now), asked_by=asked_by, now=now)


def became(mail: InboundMail) -> tuple[str, str]:
    return mail.state, mail.why


def standing(made: Commitment) -> tuple[str, int]:
    made.refresh_from_db()
    return made.state, Answer.objects.filter(follow_up__commitment=made).count()


UNTOUCHED = ("accepted", 0)


# --- An answer ------------------------------------------------------------------------------------


def test_a_reply_is_the_answer(question, made, cast, now):
    mail = arrive(reply(question, "done\n\nTwo of three pair with the new firmware."), now)
    assert became(mail) == ("applied", "")
    answer = Answer.objects.get()
    assert (answer.status, answer.via, answer.by) == ("done", "mail", cast.rep)
    assert answer.outcome == "Two of three pair with the new firmware."
    assert standing(made) == ("kept", 1)
    assert Mail.objects.filter(kind__in=["answer", "answers"], recipient=cast.manager).count() == 1


def test_the_mail_says_that_one_can_just_reply(question):
    text = question.letter.get_body(("plain",)).get_content()
    html = question.letter.get_body(("html",)).get_content()
    assert text.splitlines()[0] == "Write your answer above this line"
    assert "Or just reply, beginning with: done, partly, moved to Friday, stuck, drop." in text
    assert question.address.startswith("reply+") and question.address.endswith("@mail.tarnholm.example")
    assert f'href="mailto:{question.address}?subject=Re%3A%20How%20did%20it%20go%3F&amp;body=done"' in html


def test_where_replies_cannot_come_in_the_mail_says_nothing_of_it(made, now, settings):
    settings.REPLY_ADDRESS = ""
    question = ask(made, now)
    text = question.letter.get_body(("plain",)).get_content()
    assert "above this line" not in text and "just reply" not in text
    assert question.address == "mara@tarnholm.example"
    assert not ReplyAddress.objects.exists()


def test_the_address_is_kept_hashed_and_a_mail_written_anew_leaves_one(question, now):
    token = question.address.split("+")[1].split("@")[0]
    assert not ReplyAddress.objects.filter(digest__icontains=token).exists()
    again = address_for(question.mail)
    assert again != question.address
    assert ReplyAddress.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [("Done.", "done"), ("Erledigt.", "done"), ("stuck\nNobody answers.", "stuck"), ("drop", "dropped")],
)
def test_one_word_is_enough(question, text, status, now):
    assert became(arrive(reply(question, text), now)) == ("applied", "")
    assert Answer.objects.get().status == status


@pytest.mark.parametrize(
    ("text", "outcome"), [("done with Karin", "done with Karin"), ("done\nIt works.", "It works.")]
)
def test_a_first_line_that_says_more_than_the_word_is_not_lost(question, text, outcome, now):
    arrive(reply(question, text), now)
    assert Answer.objects.get().outcome == outcome


def test_moved_to_friday_moves_it_to_friday(question, made, now):
    arrive(reply(question, "moved to Friday\nTheir IT is away."), now)
    answer = Answer.objects.get()
    assert (answer.status, answer.reason, answer.new_on.weekday()) == ("moved", "Their IT is away.", 4)
    assert 0 < (answer.new_on - timezone.localdate(now)).days <= 8
    assert [one.state for one in FollowUp.objects.order_by("occurrence")] == ["answered", "planned"]


def test_partly_without_a_date_stays_open_a_week(question, now):
    arrive(reply(question, "partly\nHalf of it."), now)
    answer = Answer.objects.get()
    assert (answer.status, answer.outcome) == ("partly", "Half of it.")
    assert 5 <= (answer.new_on - timezone.localdate(now)).days <= 9


def test_who_answered_is_told_what_was_noted(question, cast, now):
    arrive(reply(question, "done"), now)
    run_due()
    note = CapturedMail.objects.get(mail__kind="reply_taken")
    assert (note.address, note.subject) == (cast.rep.email, "Noted: Done")
    assert b"/f/" in bytes(note.body)


# --- 1. Out of office -----------------------------------------------------------------------------

AWAY = {
    "auto-replied": {"Auto_Submitted": "auto-replied (vacation)"},
    "x-autoreply": {"X_Autoreply": "yes"},
    "outlook": {"X_MS_Exchange_Inbox_Rules_Loop": "ines@tarnholm.example"},
    "english subject": {"Subject": "Automatic reply: How did it go?"},
    "german subject": {"Subject": "Abwesenheit: How did it go?"},
    "french subject": {"Subject": "Réponse automatique : How did it go?"},
}


@pytest.mark.parametrize("headers", AWAY.values(), ids=AWAY.keys())
def test_a_robot_of_a_person_is_kept_for_them_and_answers_nothing(question, made, cast, now, headers):
    mails = Mail.objects.count()
    mail = arrive(reply(question, "done\nI am back on 3 May.", **headers), now)
    assert became(mail) == ("note", "away")
    assert mail.person == cast.rep
    assert standing(made) == UNTOUCHED
    assert Mail.objects.count() == mails


def test_an_absence_that_no_header_marks_is_no_answer(question, made, now):
    mails = Mail.objects.count()
    assert became(arrive(reply(question, "I am out of office until 3 May."), now)) == ("note", "away")
    assert standing(made) == UNTOUCHED
    assert Mail.objects.count() == mails


def test_an_answer_about_somebody_else_s_absence_waits_for_the_person(question, cast, now):
    text = "The buyer is on vacation until Monday, so nothing yet."
    assert became(arrive(reply(question, text), now)) == ("held", "unclear")
    assert told("reply_held") == [cast.rep.email]


# --- 2. Other robots ------------------------------------------------------------------------------


def test_auto_submitted_no_is_a_person(question, now):
    assert became(arrive(reply(question, "done", Auto_Submitted="no"), now)) == ("applied", "")


def test_a_calendar_acceptance_answers_nothing(question, made, now):
    mail = arrive(reply(question, "done", Auto_Submitted="auto-generated", Subject="Accepted: How did it go?"), now)
    assert mail.state in ("note", "ignored")
    assert standing(made) == UNTOUCHED


def test_a_read_receipt_is_ignored(question, made, now):
    raw = (
        f"From: ines@tarnholm.example\r\nTo: {question.address}\r\nSubject: Read: How did it go?\r\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\ndone\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    )
    assert became(arrive(raw.encode(), now)) == ("ignored", "receipt")
    assert standing(made) == UNTOUCHED


# --- 3. What comes back ---------------------------------------------------------------------------


def bounce(question, action: str = "failed", status: str = "5.1.1", message_id: str | None = None) -> bytes:
    returned = question.mail.message_id if message_id is None else message_id
    return (
        "From: MAILER-DAEMON@mx.tarnholm.example\r\nTo: ask@tarnholm.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.tarnholm.example\r\n\r\n"
        f"Final-Recipient: rfc822; ines@tarnholm.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {returned}\r\n"
        "Subject: How did it go?\r\n\r\n--b--\r\n"
    ).encode()


def test_a_bounce_marks_the_mail_and_the_question_stays_open(question, made, now):
    mail = arrive(bounce(question), now, envelope_from="<>")
    question.mail.refresh_from_db()
    assert became(mail) == ("applied", "bounced")
    assert question.mail.state == "bounced"
    assert standing(made) == UNTOUCHED
    assert FollowUp.objects.get().state == "planned"
    question.mail.recipient.refresh_from_db()
    assert question.mail.recipient.address_trouble == "bounced"


def test_a_complaint_stops_mail_to_that_address(question, made, now):
    raw = (
        "From: fbl@provider.example\r\nTo: ask@tarnholm.example\r\nSubject: Complaint\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
        "User-Agent: x/1\r\nOriginal-Rcpt-To: ines@tarnholm.example\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {question.mail.message_id}\r\n"
        "Subject: How did it go?\r\n\r\nx\r\n--b--\r\n"
    )
    assert became(arrive(raw.encode(), now)) == ("applied", "complaint")
    question.mail.recipient.refresh_from_db()
    assert question.mail.recipient.address_trouble == "complained"
    assert standing(made) == UNTOUCHED


def test_a_delay_is_a_note(question, now):
    assert became(arrive(bounce(question, "delayed", "4.4.1"), now, envelope_from="<>")) == ("note", "delayed")
    question.mail.refresh_from_db()
    assert question.mail.state == "sent"


@pytest.mark.parametrize("message_id", ["<of-somebody-else@example.org>", ""])
def test_a_bounce_of_another_mail_or_a_forged_one_is_ignored(question, now, message_id):
    mail = arrive(bounce(question, message_id=message_id), now, envelope_from="<>")
    assert became(mail) == ("ignored", "foreign_bounce")
    question.mail.refresh_from_db()
    assert question.mail.state == "sent"


# --- 4. Loops -------------------------------------------------------------------------------------


def test_a_mail_of_our_own_that_comes_back_is_never_answered(question, made, now):
    mails = Mail.objects.count()
    looped = question.bytes.replace(b"To: ", b"To: x@forward.example\r\nX-To: ", 1)
    assert became(arrive(looped, now, envelope_to=question.address)) == ("ignored", "loop")
    other_site = reply(question, "done", **{LOOP_HEADER: "other.example", "From": "stranger@example.org"})
    assert became(arrive(other_site, now)) == ("ignored", "loop")
    ourselves = reply(question, "done", From="ask@tarnholm.example")
    assert became(arrive(ourselves, now)) == ("ignored", "loop")
    assert standing(made) == UNTOUCHED
    assert Mail.objects.count() == mails


def test_many_robots_in_a_minute_are_told_nothing(question, made, now):
    mails = Mail.objects.count()
    for number in range(60):
        store([reply(question, f"away {number}", Auto_Submitted="auto-replied")], "pipe", now=now)
    assert reading.read_due(now) == 60
    assert Mail.objects.count() == mails


def test_a_stranger_is_told_once_an_hour(question, now):
    for number in range(5):
        arrive(reply(question, f"hello {number}", From="Max <max@elsewhere.example>"), now)
    notes = Mail.objects.filter(address="max@elsewhere.example")
    assert notes.count() == 1
    arrive(reply(question, "hello again", From="max@elsewhere.example"), now + dt.timedelta(minutes=61))
    assert notes.count() == 2


def test_a_person_with_many_doubts_gets_one_mail_an_hour_about_all(cast, now):
    questions = [ask(promise(cast.rep, None, now, what=f"Thing {n}"), now) for n in range(3)]
    for one in questions:
        arrive(reply(one, "Well, what shall I say?"), now)
    run_due(now + dt.timedelta(minutes=1))
    run_due(now + dt.timedelta(hours=4))
    held = CapturedMail.objects.filter(mail__kind="reply_held")
    assert held.count() == 1
    text = bytes(held.get().body).decode()
    assert [f"Thing {n}" in text for n in range(3)] == [True] * 3
    assert text.count("/h/") >= 3


# --- 5. Another sender ----------------------------------------------------------------------------


def test_another_address_on_file_is_the_person(question, cast, now):
    EmailAddress.objects.create(user=cast.rep, email="ines.private@home.example", verified=True)
    assert became(arrive(reply(question, "done", From="Ines <Ines.Private@home.example>"), now)) == ("applied", "")


def test_an_address_that_is_not_confirmed_is_not(question, cast, made, now):
    EmailAddress.objects.create(user=cast.rep, email="max@elsewhere.example", verified=False)
    assert became(arrive(reply(question, "done", From="max@elsewhere.example"), now)) == ("held", "stranger")


@pytest.mark.parametrize("sender", ["Max <max@elsewhere.example>", "tom@tarnholm.example", "mara@tarnholm.example", ""])
def test_whoever_else_has_the_address_changes_nothing(question, made, cast, now, sender):
    mail = arrive(reply(question, "done\nI did it for her.", From=sender), now)
    assert became(mail) == ("held", "stranger")
    assert (mail.person, standing(made)) == (cast.rep, UNTOUCHED)
    assert told("reply_held") == [cast.rep.email]


def test_a_stranger_learns_nothing(question, made, now):
    arrive(reply(question, "What is this about?", From="max@elsewhere.example"), now)
    note = Mail.objects.get(address="max@elsewhere.example")
    text = bytes(note.body).decode()
    assert "Try the gateways" not in text and "Ines" not in text and "/f/" not in text and "/h/" not in text
    assert "Auto-Submitted: auto-generated" in text and LOOP_HEADER in text


# --- 6. No address, or the wrong one --------------------------------------------------------------


@pytest.mark.parametrize(("to", "why"), [("reply@mail.tarnholm.example", "no_address"), (None, "wrong_address")])
def test_without_our_address_nothing_is_applied_and_help_comes_once(question, made, cast, now, to, why):
    to = to or f"reply+{'a' * 26}@mail.tarnholm.example"
    for text in ("done", "done!"):
        mail = arrive(reply(question, text, To=to, In_Reply_To=""), now)
        assert became(mail) == ("held", why)
    assert (mail.person, mail.answers) == (cast.rep, None)
    assert standing(made) == UNTOUCHED
    run_due(now + dt.timedelta(minutes=1))
    assert CapturedMail.objects.filter(mail__kind="reply_held").count() == 1


def test_spam_is_answered_to_nobody(question, now):
    mails = Mail.objects.count()
    mail = arrive(reply(None, "Buy now", From="win@lottery.example", To="reply@mail.tarnholm.example"), now)
    assert (became(mail), mail.person) == (("held", "no_address"), None)
    assert Mail.objects.count() == mails


def test_the_address_of_another_persons_question_is_not_ones_own(question, made, cast, now):
    other = promise(cast.other_rep, cast.manager, now)
    theirs = ask(other, now)
    mail = arrive(reply(question, "done", To=theirs.address), now)
    assert (became(mail), mail.person) == (("held", "stranger"), cast.other_rep)
    assert (standing(made), standing(other)) == (UNTOUCHED, UNTOUCHED)


def test_an_address_in_the_quoted_part_is_none(question, made, now):
    text = f"done\n\n> Reply-To: {question.address}\n"
    mail = arrive(reply(question, text, To="reply@mail.tarnholm.example", In_Reply_To=""), now)
    assert became(mail) == ("held", "no_address")
    assert standing(made) == UNTOUCHED


def test_two_addresses_in_one_mail_wait_for_the_person(question, made, cast, now):
    second = ask(promise(cast.rep, cast.manager, now, what="Ask their IT"), now)
    mail = arrive(reply(question, "done", To=f"{question.address}, {second.address}"), now)
    assert (became(mail), mail.person) == (("held", "two_addresses"), cast.rep)
    assert standing(made) == UNTOUCHED
    assert standing(second.commitment) == UNTOUCHED


# --- 7. Forged ------------------------------------------------------------------------------------

FAILED = "mx.tarnholm.example; spf=fail smtp.mailfrom=evil.example; dkim=none; dmarc=fail header.from=tarnholm.example"


def test_what_our_own_mail_server_found_forged_waits(question, made, now, settings):
    settings.AUTHSERV_ID = "mx.tarnholm.example"
    assert became(arrive(reply(question, "done", Authentication_Results=FAILED), now)) == ("held", "forged")
    assert standing(made) == UNTOUCHED


@pytest.mark.parametrize(
    "results",
    [
        FAILED.replace("mx.tarnholm", "mx.evil"),
        FAILED.replace("=fail", "=pass"),
        "mx.tarnholm.example; spf=fail; dkim=pass; dmarc=pass",
        "mx.tarnholm.example; spf=softfail; dkim=pass",
        "nonsense",
    ],
)
def test_what_others_write_there_is_not_believed(question, now, settings, results):
    settings.AUTHSERV_ID = "mx.tarnholm.example"
    assert became(arrive(reply(question, "done", Authentication_Results=results), now)) == ("applied", "")


def test_only_the_topmost_of_our_own_results_counts(question, now, settings):
    settings.AUTHSERV_ID = "mx.tarnholm.example"
    passed = b"Authentication-Results: mx.tarnholm.example; dmarc=pass\r\n"
    raw = passed + b"Authentication-Results: " + FAILED.encode() + b"\r\n" + reply(question, "done")
    assert became(arrive(raw, now)) == ("applied", "")


# --- 8. Too late ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["answered", "dropped", "moved", "left", "revoked", "expired"])
def test_what_comes_late_is_a_note_and_changes_nothing(question, made, cast, now, how):
    if how == "answered":
        arrive(reply(question, "stuck"), now)
    elif how == "dropped":
        made.drop(cast.rep, "No longer needed.")
    elif how == "moved":
        made.move(cast.rep, timezone.localdate(now) + dt.timedelta(days=9), "Later", now=now)
    elif how == "left":
        cast.rep.is_active = False
        cast.rep.save()
    else:
        field = {"revoked_at": now} if how == "revoked" else {"expires_at": now - dt.timedelta(seconds=1)}
        ReplyAddress.objects.update(**field)
    before = standing(made)
    mail = arrive(reply(question, "done\nIt worked after all."), now + dt.timedelta(hours=2))
    assert mail.state == "note"
    assert standing(made) == before
    assert told("reply_taken").count(cast.rep.email) == {"left": 0, "answered": 2}.get(how, 1)


def test_a_late_note_stands_on_the_commitment(question, made, cast, client, now):
    made.drop(cast.rep, "No longer needed.")
    arrive(reply(question, "done\nIt worked after all."), now)
    for reader in (cast.rep, cast.manager):
        client.force_login(reader)
        assert "It worked after all." in client.get(made.get_absolute_url()).content.decode()


# --- 9. Little said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("\n\n-- \nInes Duarte\nTarnholm\n+49 30 1234567\n", "empty"),
        ("Sent from my iPhone", "empty"),
        ("👍", "unclear"),
        ("not done", "unclear"),
        ("done? no", "unclear"),
        ("moved to 31.02.", "unclear"),
        ("We talked and will see.", "unclear"),
    ],
)
def test_what_leaves_a_doubt_is_never_read_as_done(question, made, cast, now, text, why):
    mail = arrive(reply(question, text), now)
    assert became(mail) == ("held", why)
    assert standing(made) == UNTOUCHED
    assert told("reply_held") == [cast.rep.email]


def test_only_the_quoted_mail_says_nothing(question, made, now):
    text = question.letter.get_body(("plain",)).get_content()
    quoted = "On Tue, FailForward wrote:\n" + "".join(f"> {line}\n" for line in ["done", *text.splitlines()])
    assert became(arrive(reply(question, quoted), now)) == ("held", "empty")
    assert standing(made) == UNTOUCHED


def test_only_an_attachment_says_nothing(question, made, now):
    letter = EmailMessage()
    letter["From"], letter["To"] = question.mail.recipient.email, question.address
    letter.add_attachment(b"%PDF-1.4 done", maintype="application", subtype="pdf", filename="done.pdf")
    assert became(arrive(letter.as_bytes(), now)) == ("held", "empty")


# --- 10. Where the answer stands ------------------------------------------------------------------


def quoted(question) -> str:
    return "".join(f"> {line}\n" for line in question.letter.get_body(("plain",)).get_content().splitlines())


@pytest.mark.parametrize("place", ["top", "bottom"])
def test_an_answer_above_or_below_our_question_is_found(question, now, place):
    wrote = "On Wed, 25 Nov 2026 at 16:00, Mara Lindqvist via FailForward wrote:\n"
    whole = {"top": f"done\n\n{wrote}{quoted(question)}", "bottom": f"{wrote}{quoted(question)}\ndone\n"}[place]
    assert became(arrive(reply(question, whole), now)) == ("applied", "")
    assert Answer.objects.get().status == "done"


# --- 12, 14. What cannot be read, and what is too much --------------------------------------------


def test_an_encrypted_mail_is_kept_and_told(question, made, cast, now):
    raw = (
        f"From: {cast.rep.email}\r\nTo: {question.address}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n"
    ).encode()
    mail = arrive(raw, now)
    assert became(mail) == ("held", "encrypted")
    assert bytes(mail.raw) == raw
    assert (standing(made), told("reply_held")) == (UNTOUCHED, [cast.rep.email])


def test_a_mail_that_is_too_big_is_kept_in_part_and_told(question, made, cast, now):
    head = reply(question, "done")
    chunk = b"x" * 1_000_000
    mail, _new = store((head if n == 0 else chunk for n in range(51)), "pipe", now=now)
    reading.read_due(now)
    mail.refresh_from_db()
    assert (became(mail), standing(made)) == (("held", "too_big"), UNTOUCHED)


def huge(question, name: str) -> bytes:
    head = f"From: {question.mail.recipient.email}\r\nTo: {question.address}\r\n".encode()
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    nested = b"".join(b"Content-Type: message/rfc822\r\n\r\n" for _n in range(100))
    return {
        "parts": head + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * 10_000 + b"--b--\r\n",
        "header": head + b"Subject: " + b"x" * 1_000_000 + b"\r\n\r\nhello",
        "nested": head + nested + b"From: x@y\r\n\r\ndone",
        "on": head + b"\r\n" + b"On " * 10_000,
        "quotes": head + b"\r\n" + b">" * 100_000,
        "base64": head + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUFB" * 1_000_000,
        "nul": head + b"\r\n" + b"\x00" * 100_000,
        "nothing": b"\r\n" * 1000,
    }[name]


@pytest.mark.parametrize("name", ["parts", "header", "nested", "on", "quotes", "base64", "nul", "nothing"])
def test_what_is_made_to_break_us_is_kept_within_a_second(question, made, now, name):
    began = time.process_time()
    mail = arrive(huge(question, name), now)
    assert time.process_time() - began < 2
    assert mail.state in ("held", "quarantined")
    assert standing(made) == UNTOUCHED


# --- 13. Twice ------------------------------------------------------------------------------------


def test_the_same_mail_twice_is_one_answer(question, made, now):
    raw = reply(question, "done\nIt works.")
    first = arrive(raw, now)
    assert arrive(raw, now + dt.timedelta(minutes=3)).pk == first.pk
    by_another_way = b"Received: from relay.example\r\n" + raw
    assert became(arrive(by_another_way, now + dt.timedelta(minutes=4)))[0] == "note"
    assert standing(made) == ("kept", 1)


def test_the_same_words_two_minutes_later_are_a_note(question, made, now):
    arrive(reply(question, "stuck\nNobody answers."), now)
    again = arrive(reply(question, "stuck\nNobody answers.", Message_ID="<2@phone.example>"), now)
    assert became(again) == ("note", "late")
    assert standing(made) == ("stuck", 1)


def test_a_reply_before_we_noted_that_the_question_went_out_is_its_answer(question, made, now):
    Mail.objects.filter(pk=question.mail.pk).update(state="sending", sent_at=None)
    assert became(arrive(reply(question, "done"), now)) == ("applied", "")


# --- 15. Damaged addresses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.upper(),
        lambda address: f"<mailto:{address}>",
        lambda address: address.replace("@", ".@"),
        lambda address: f'"Mara via FailForward" <{address}>',
        lambda address: f"prvs=123={address}",
    ],
)
def test_an_address_that_was_bent_on_the_way_is_known(question, now, change):
    raw = reply(question, "done", To="undisclosed@tarnholm.example", In_Reply_To="")
    raw = raw.replace(b"To: undisclosed@tarnholm.example", f"To: {change(question.address)}".encode())
    assert became(arrive(raw, now)) == ("applied", "")


@pytest.mark.parametrize("place", ["envelope", "X-Original-To", "Delivered-To", "Cc"])
def test_the_address_is_found_wherever_the_delivery_names_it(question, now, place):
    raw = reply(question, "done", To="reply@mail.tarnholm.example", In_Reply_To="")
    if place != "envelope":
        raw = f"{place}: {question.address}\r\n".encode() + raw
    mail = arrive(raw, now, envelope_to=question.address if place == "envelope" else "")
    assert became(mail) == ("applied", "")


@pytest.mark.parametrize("name", ["In_Reply_To", "References"])
def test_a_plus_that_was_cut_off_leaves_the_conversation(question, now, name):
    headers = {"To": "reply@mail.tarnholm.example", "In_Reply_To": ""} | {name: f"<x@y> {question.mail.message_id}"}
    assert became(arrive(reply(question, "done", **headers), now)) == ("applied", "")


# --- 16. What others put around it ----------------------------------------------------------------


def test_a_banner_is_not_the_first_line(question, now):
    text = "CAUTION: This email originated from outside of the organization. Do not click links.\n\ndone\nIt works."
    assert became(arrive(reply(question, text), now)) == ("applied", "")
    assert Answer.objects.get().outcome == "It works."


# --- What the asker writes back -------------------------------------------------------------------


@pytest.fixture
def answered(question, cast, now):
    arrive(reply(question, "stuck\nNobody answers."), now)
    run_due()
    captured = CapturedMail.objects.select_related("mail__recipient").get(mail__kind="answer")
    return type(question)(question.commitment, captured.mail, bytes(captured.body))


def test_what_the_asker_writes_back_reaches_who_answered(answered, cast, now):
    mail = arrive(reply(answered, "I know somebody there.\nI'll ring her tomorrow."), now)
    assert became(mail) == ("applied", "")
    sent = AskerReply.objects.get()
    assert (sent.kind, sent.by, sent.text) == (
        "wrote",
        cast.manager,
        "I know somebody there.\nI'll ring her tomorrow.",
    )
    run_due()
    letter = CapturedMail.objects.get(mail__kind="asker_reply")
    assert letter.address == cast.rep.email
    assert b"I know somebody there." in bytes(letter.body)


def test_thanks_is_thanks_and_more_words_come_too(answered, now):
    arrive(reply(answered, "Thanks!"), now)
    arrive(reply(answered, "And one more thing."), now)
    arrive(reply(answered, "And another."), now)
    assert list(AskerReply.objects.values_list("kind", "text")) == [
        ("thanks", ""),
        ("wrote", "And one more thing."),
        ("wrote", "And another."),
    ]


def test_nobody_else_writes_back_in_the_askers_name(answered, cast, now):
    assert became(arrive(reply(answered, "Well done", From="max@elsewhere.example"), now)) == ("held", "stranger")
    assert not AskerReply.objects.exists()


# --- Its own limits -------------------------------------------------------------------------------


def test_more_than_thirty_an_hour_from_one_sender_wait(question, made, cast, now):
    for number in range(40):
        store([reply(question, f"hm {number}")], "pipe", now=now)
    reading.read_due(now)
    assert InboundMail.objects.filter(why="too_many").count() == 9
    assert made.state == "accepted"


# --- A mail about several -------------------------------------------------------------------------


@pytest.fixture
def digest(cast, now):
    """Four things due at once come as one mail."""
    for number in range(1, 5):
        made = promise(cast.rep, cast.manager, now, what=f"Thing number {number}")
        follow_ups.ask_at(follow_ups.waiting_for(made), now - dt.timedelta(seconds=10 - number))
    run_due()
    captured = CapturedMail.objects.select_related("mail__recipient").get(mail__kind="digest")
    return Question(None, captured.mail, bytes(captured.body))


def standing_of_all() -> dict[str, str]:
    return {made.what[-1]: made.state for made in Commitment.objects.order_by("pk")}


def test_each_item_of_a_digest_is_answered_under_its_number(digest, now):
    text = "[1] done\n\n[2] stuck\nNobody answers.\n\n[3] moved to Friday\nTheir IT is away.\n\n[4] drop\n"
    assert became(arrive(reply(digest, text), now)) == ("applied", "")
    assert standing_of_all() == {"1": "kept", "2": "stuck", "3": "moved", "4": "dropped"}
    assert Answer.objects.get(status="stuck").outcome == "Nobody answers."


def test_what_stands_under_no_number_waits_and_the_rest_counts(digest, cast, now):
    mail = arrive(reply(digest, "And the other thing is done too.\n\n[1] done\n\n[2] stuck\n"), now)
    assert became(mail) == ("held", "several")
    assert standing_of_all() == {"1": "kept", "2": "stuck", "3": "accepted", "4": "accepted"}
    assert "And the other thing is done too." in mail.text
    assert told("reply_held") == [cast.rep.email]


def test_one_word_to_a_digest_answers_none_of_it(digest, now):
    assert arrive(reply(digest, "done"), now).state == "held"
    assert set(standing_of_all().values()) == {"accepted"}


def test_the_digest_says_how_to_reply(digest):
    text = digest.letter.get_body(("plain",)).get_content()
    assert text.splitlines()[0] == "Write your answer above this line"
    assert "[1] done, [2] moved to Friday" in text
