"""Bytes of mail are forgotten when their time is over, and never while somebody needs them."""

import datetime as dt

import pytest
from django.utils import timezone

from failforward import testing
from failforward.inbound.models import InboundMail
from failforward.inbound.retention import forget_due
from failforward.outbox.models import CapturedMail, Mail

pytestmark = pytest.mark.django_db
OLD, YOUNG = dt.timedelta(days=91), dt.timedelta(days=89)


def came_in(name: str, ago: dt.timedelta = OLD, **fields) -> InboundMail:
    at = timezone.now() - ago
    values = {"sha256": name, "raw": b"raw", "size": 3, "channel": "pipe", "received_at": at, "next_at": at}
    return InboundMail.objects.create(**values | fields)


def went_out(name: str, ago: dt.timedelta = OLD, **fields) -> Mail:
    at = timezone.now() - ago
    values = {"key": name, "kind": "news", "state": "sent", "due_at": at, "next_at": at, "sent_at": at, "body": b"x"}
    return Mail.objects.create(**values | fields)


def test_of_old_mail_only_what_nobody_needs_any_more_is_emptied():
    for state in ("stored", "applied", "held", "note", "ignored", "quarantined"):
        came_in(state, state=state, text="It went well")
    came_in("young", YOUNG, state="applied")
    forget_due(timezone.now())
    emptied = InboundMail.objects.filter(raw=None)
    assert {(mail.sha256, mail.text) for mail in emptied} == {
        (state, "It went well") for state in ("applied", "note", "ignored")
    }


def test_of_sent_mail_what_may_go_out_again_or_explains_a_reply_stays():
    gone = timezone.now() - OLD
    for state in ("planned", "ready", "retry", "claimed", "sending", "failed", "bounced", "expired", "withheld"):
        went_out(state, state=state, sent_at=None)
    went_out("dropped", state="failed", dropped_at=gone)
    went_out("dropped today", state="failed", dropped_at=timezone.now())
    went_out("written already", state="withheld", kind="message")
    went_out("sent")
    went_out("sent late", sent_at=timezone.now() - YOUNG)
    came_in("waits", state="held", answers=went_out("replied"))
    came_in("done", state="applied", answers=went_out("answered"))
    forget_due(timezone.now())
    assert set(Mail.objects.filter(body=None).values_list("key", flat=True)) == {
        "sent",
        "answered",
        "dropped",
        "withheld",
    }


def test_the_mailbox_forgets_with_it(settings):
    settings.KEEP_MAIL_DAYS = 10
    mail = went_out("sent")
    for days in (9, 11):
        caught = CapturedMail.objects.create(mail=mail, message_id=f"<{days}>", address="a@b.c", subject="x", body=b"x")
        CapturedMail.objects.filter(pk=caught.pk).update(captured_at=timezone.now() - dt.timedelta(days=days))
    forget_due(timezone.now())
    assert [one.message_id for one in CapturedMail.objects.all()] == ["<9>"]


def test_it_walks_once_a_day_in_small_steps(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("failforward.inbound.retention.BATCH", 2)
    for number in range(5):
        came_in(str(number), state="note")
    now = timezone.now()
    assert forget_due(now) == 5
    came_in("next", state="note")
    with django_assert_num_queries(1):
        assert forget_due(now + dt.timedelta(hours=23)) == 0
    assert forget_due(now + dt.timedelta(hours=24)) == 1


def test_a_walk_that_took_too_long_goes_on_at_the_next_ring(monkeypatch):
    monkeypatch.setattr("failforward.inbound.retention.LONGEST_RUN_SECONDS", -1)
    came_in("old", state="note")
    assert forget_due(timezone.now()) == 0
    monkeypatch.undo()
    assert forget_due(timezone.now()) == 1


def test_a_reply_whose_question_was_forgotten_is_shown_all_the_same(client):
    cast = testing.cast()
    asked = went_out("asked", kind="digest", recipient=cast.rep, body=None)
    reply = came_in("late", state="held", why="several", person=cast.rep, answers=asked, text="It went well")
    client.force_login(cast.rep)
    page = client.get(f"/replies/{reply.pk}/")
    assert page.status_code == 200
    assert "It went well" in page.content.decode()
