import datetime as dt
import threading

import pytest
from django.conf import settings as project
from django.core.mail import send_mail
from django.db import OperationalError, ProgrammingError, connection
from django.utils import timezone

from failforward import ending, links, testing
from failforward.outbox import catalogue, crash, plan, replan, run_due, withhold
from failforward.outbox.models import CapturedMail, Mail, MailAttempt, State, Tick
from failforward.outbox.rendering import render_due


def reload(mail: Mail) -> Mail:
    return Mail.objects.get(pk=mail.pk)


def test_a_planned_mail_goes_out_when_due_and_only_once(anna, past, smtp):
    mail = plan("note:1", "note", anna, past)

    first, second = run_due(), run_due()

    assert (first.sent, second.sent) == (1, 0)
    assert [(one.sender, one.address) for one in smtp.accepted] == [(links.sender_address(), "anna@firm.internal")]
    mail = reload(mail)
    assert (mail.state, mail.last_code, mail.attempts, mail.lease_token) == (State.SENT, 250, 1, None)
    assert smtp.accepted[0].content == bytes(mail.body)
    assert smtp.accepted[0].message_id == mail.message_id
    attempt = MailAttempt.objects.get()
    assert (attempt.number, attempt.code, attempt.may_be_second) == (1, 250, False)
    assert attempt.finished_at is not None


def test_planning_the_same_key_again_gives_the_same_row(anna, past):
    assert plan("note:1", "note", anna, past) == plan("note:1", "note", anna, past + dt.timedelta(1))
    assert Mail.objects.count() == 1


def test_what_is_not_due_stays(anna, smtp):
    soon, later = timezone.now() + dt.timedelta(minutes=5), timezone.now() + dt.timedelta(hours=5)
    written, planned = plan("note:1", "note", anna, soon), plan("note:2", "note", anna, later)

    run_due()

    assert smtp.accepted == []
    assert (reload(written).state, reload(planned).state) == (State.READY, State.PLANNED)
    assert Tick.objects.get(name="run_due").at <= timezone.now()


def test_many_mails_share_one_connection(anna, past, smtp):
    for number in range(45):
        plan(f"note:{number}", "note", anna, past)

    assert run_due().sent == 45
    assert smtp.connections == 1
    assert len({one.message_id for one in smtp.accepted}) == 45


def test_a_mail_planned_anew_is_written_anew(anna, past, smtp, notes):
    mail = plan("note:1", "note", anna, timezone.now() + dt.timedelta(minutes=5), subject_id=1)
    run_due()
    first = reload(mail)
    notes.texts[1] = "It is on the other desk."

    assert replan(mail, past) is True
    assert reload(mail).body is None
    run_due()

    assert b"the other desk" in smtp.accepted[0].content
    assert smtp.accepted[0].message_id == first.message_id


def test_a_sent_mail_cannot_be_planned_anew_or_withheld(anna, past, smtp):
    mail = plan("note:1", "note", anna, past)
    run_due()

    assert replan(mail, past) is False
    assert withhold(mail, "Too late.") is False
    assert reload(mail).state == State.SENT


def test_a_withheld_mail_is_not_sent_and_says_why(anna, past, smtp):
    mail = plan("note:1", "note", anna, past)

    withhold(mail, "Ines has answered already.")
    run_due()

    assert smtp.accepted == []
    assert (reload(mail).state, reload(mail).last_text) == (State.WITHHELD, "Ines has answered already.")


def test_what_nobody_wants_any_more_is_withheld_even_when_written(anna, past, smtp, notes):
    mail = plan("note:1", "note", anna, timezone.now() + dt.timedelta(seconds=30), subject_id=7)
    run_due()
    assert reload(mail).state == State.READY

    notes.called_off[7] = "The promise was dropped."
    run_due(timezone.now() + dt.timedelta(minutes=1))

    assert smtp.accepted == []
    assert (reload(mail).state, reload(mail).last_text) == (State.WITHHELD, "The promise was dropped.")


def test_a_person_without_an_address_gets_nothing_and_the_row_says_so(cast, past, smtp):
    nameless = testing.person("Sol Sponsor", email=None)

    mail = plan("note:1", "note", nameless, past)
    run_due()

    assert (reload(mail).state, reload(mail).last_text) == (State.WITHHELD, "Sol Sponsor has no e-mail address.")


def test_a_poison_row_fails_alone(anna, past, smtp, notes):
    notes.texts[1] = "poison"
    bad = plan("note:bad", "note", anna, past, subject_id=1)
    good = [plan(f"note:{number}", "note", anna, past) for number in range(3)]

    done = run_due()

    assert (done.sent, done.failed) == (3, 1)
    assert reload(bad).state == State.FAILED
    assert "poison" in reload(bad).last_text
    assert {reload(mail).state for mail in good} == {State.SENT}


@pytest.mark.parametrize("broken", ["rendering", "asking whether it is wanted"])
@pytest.mark.parametrize("error", [OperationalError, ProgrammingError])
def test_what_is_wrong_with_the_database_fails_no_mail(error, broken, anna, past, smtp, notes, settings):
    """For instance new code before its migration, or old code after it: a column is missing for a while."""
    settings.SEND_LEASE_SECONDS = 0
    mail = plan("note:1", "note", anna, past, subject_id=1)

    def breaks(*about):
        raise error("column talk_id does not exist")

    if broken == "rendering":
        catalogue.register("note", breaks)
    else:
        render_due(timezone.now())
        catalogue.register("note", notes.written, breaks)
    catalogue.register("fine", notes.written, lambda pk: True)
    other = plan("fine:1", "fine", anna, past)
    assert run_due().sent == 1
    assert (reload(mail).state in (State.PLANNED, State.READY), reload(other).state) == (True, State.SENT)

    notes.register()
    assert run_due(timezone.now() + dt.timedelta(minutes=2)).sent == 1
    assert (reload(mail).state, reload(mail).attempts) == (State.SENT, 1)


def test_told_to_end_it_finishes_the_mail_it_is_at_and_leaves_the_rest_due(anna, past, smtp, monkeypatch):
    for number in range(5):
        plan(f"note:{number}", "note", anna, past)
    with monkeypatch.context() as told:
        told.setattr(ending, "is_told", lambda: len(smtp.accepted) >= 2)
        assert run_due().sent == 2

    states = list(Mail.objects.order_by("pk").values_list("state", "attempts", "lease_token"))
    assert states == [(State.SENT, 1, None)] * 2 + [(State.READY, 0, None)] * 3
    assert run_due().sent == 3
    assert len(smtp.accepted) == 5


def test_mail_to_an_example_address_never_leaves_by_smtp(cast, past, smtp):
    for number, person in enumerate((cast.rep, cast.manager)):
        plan(f"note:{number}", "note", person, past)

    assert run_due().sent == 2
    assert (smtp.accepted, smtp.connections) == ([], 0)
    assert set(CapturedMail.objects.values_list("address", flat=True)) == {cast.rep.email, cast.manager.email}


def test_without_a_mail_server_everything_is_captured(anna, past):
    assert project.SMTP == {}
    mail = plan("note:1", "note", anna, past)

    run_due()

    captured = CapturedMail.objects.get()
    assert (captured.mail, captured.subject, captured.message_id) == (mail, "Note note:1", reload(mail).message_id)
    assert bytes(captured.body) == bytes(reload(mail).body)


def test_the_mail_carries_its_due_instant_as_date_and_speaks_the_persons_zone(anna, past, smtp):
    due = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)
    plan("note:1", "note", anna, due)

    run_due()

    assert b"Date: Fri, 20 Nov 2026 15:00:00 +0000\r\n" in smtp.accepted[0].content


def test_who_has_another_address_by_now_gets_it_there_and_the_old_one_gets_nothing(anna, past, smtp):
    smtp.at_recipient = ["451 try again"]
    mail = plan("note:1", "note", anna, past)
    run_due()
    assert reload(mail).address == "anna@firm.internal"
    anna.email = "anna.berg@firm.internal"
    anna.save()

    again = reload(mail).next_at + dt.timedelta(seconds=1)
    run_due(again)
    run_due(again)

    assert [one.address for one in smtp.accepted] == ["anna.berg@firm.internal"]
    assert b"anna.berg@firm.internal" in smtp.accepted[0].content
    assert reload(mail).state == State.SENT


def test_who_has_no_address_any_more_gets_nothing(anna, past, smtp):
    mail = plan("note:1", "note", anna, timezone.now() + dt.timedelta(minutes=5))
    run_due()
    anna.email = None
    anna.save()

    due = reload(mail).due_at
    run_due(due)
    run_due(due)

    assert smtp.accepted == []
    assert (reload(mail).state, reload(mail).last_text) == (State.WITHHELD, "Anna Berg has no e-mail address.")


def test_a_domain_with_an_umlaut_is_said_as_the_name_server_knows_it(db, past, smtp):
    plan("note:1", "note", testing.person("Max Maier", email="max@bücher.internal"), past)

    assert run_due().sent == 1
    assert smtp.accepted[0].address == "max@xn--bcher-kva.internal"


def test_an_address_that_smtp_cannot_say_fails_alone(anna, smtp, settings):
    settings.EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"
    send_mail("Reset", "Here it is", None, ["jürgen@firm.internal", "anna@firm.internal"])

    done = run_due()

    assert (done.sent, done.failed) == (1, 1)
    assert {row.address: row.state for row in Mail.objects.all()} == {
        "jürgen@firm.internal": State.FAILED,
        "anna@firm.internal": State.SENT,
    }


def test_a_batch_is_asked_at_once_whether_it_is_wanted_and_one_poison_row_spoils_nothing(anna, past, smtp, notes):
    asked = []

    def settled(pks: list[int]) -> dict[int, str]:
        asked.append(sorted(pks))
        if 13 in pks:
            raise ZeroDivisionError
        return {2: "The promise was dropped."}

    catalogue.register("note", notes.written, lambda pk: 1 / 0 if pk == 13 else True, settled)
    for number in (1, 2):
        plan(f"note:{number}", "note", anna, past, subject_id=number)
    render_due(timezone.now())
    assert run_due().sent == 1
    assert asked == [[1, 2]]
    assert Mail.objects.get(subject_id=2).last_text == "The promise was dropped."

    for number in (12, 13):
        mail = plan(f"note:{number}", "note", anna, past, subject_id=number)
        Mail.objects.filter(pk=mail.pk).update(
            state=State.READY, body=b"Subject: x\r\n\r\n.\r\n", address=anna.email, message_id=f"<{number}@x>"
        )
    done = run_due()
    assert (done.sent, done.failed) == (1, 1)
    assert "could not be checked" in Mail.objects.get(subject_id=13).last_text


def test_one_sender_in_a_process_and_who_finds_it_busy_leaves_word(transactional_db, past, smtp, monkeypatch):
    anna = testing.person("Anna Berg", email="anna@firm.internal")
    plan("note:1", "note", anna, past)
    render_due(timezone.now())
    busy, go_on = threading.Event(), threading.Event()

    def stand_still(name: str, mail: int = 0) -> None:
        if name == "after_250" and not go_on.is_set():
            busy.set()
            assert go_on.wait(20)

    monkeypatch.setattr(crash, "point", stand_still)
    sent = []
    first = threading.Thread(target=lambda: (sent.append(run_due().sent), connection.close()))
    first.start()
    assert busy.wait(20)
    plan("note:2", "note", anna, past)
    assert run_due().sent == 0
    go_on.set()
    first.join()
    assert (sent, len(smtp.accepted)) == ([2], 2)
