"""What is stored is read once, by whichever process comes first, and never keeps the others waiting."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from failforward.inbound import reading
from failforward.inbound.models import Gone, InboundMail
from failforward.inbound.storing import store

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(monkeypatch) -> list[int]:
    """Mails in the order they were read."""
    seen = []

    def reader(mail: InboundMail, now: dt.datetime) -> None:
        if b"poison" in bytes(mail.raw):
            raise ZeroDivisionError("poison")
        mail.finish("ignored", "receipt", now)
        seen.append(mail.pk)

    monkeypatch.setattr(reading, "readers", [reader])
    return seen


def mail(text: bytes, **fields) -> InboundMail:
    return store([b"Subject: x\n\n" + text], "pipe", **fields)[0]


def test_the_oldest_is_read_first_and_nothing_twice(read):
    now = timezone.now()
    later = mail(b"b", now=now - dt.timedelta(minutes=1))
    first = mail(b"a", now=now - dt.timedelta(minutes=2))
    assert reading.read_due(now) == 2
    assert reading.read_due(now + dt.timedelta(hours=1)) == 0
    assert read == [first.pk, later.pk]


def test_one_that_breaks_its_reader_waits_and_ends_with_a_person(read):
    now = timezone.now()
    poison, fine = mail(b"poison", now=now), mail(b"fine", now=now)
    assert reading.read_due(now) == 1
    assert read == [fine.pk]
    assert reading.read_due(now) == 0
    for _try in range(3):
        now += reading.READ_AGAIN_AFTER
        reading.read_due(now)
    poison.refresh_from_db()
    assert (poison.state, poison.why) == ("quarantined", "breaks_us")


def test_what_another_process_has_read_has_no_second_effect(read):
    now = timezone.now()
    one = mail(b"once", now=now)
    copy = InboundMail.objects.get(pk=one.pk)
    one.finish("applied", "", now)
    with pytest.raises(Gone):
        copy.finish("note", "late", now)
    one.refresh_from_db()
    assert one.state == "applied"


def test_what_another_process_is_reading_is_left_to_it(read):
    now = timezone.now()
    one = mail(b"once", now=now)
    assert reading.begin(one.pk, now)
    assert not reading.read_one(one.pk, now)
    assert read == []


def test_the_clock_finds_what_no_task_was_rung_for(read):
    one = mail(b"quiet", now=timezone.now() - dt.timedelta(hours=1))
    call_command("run_due", "--json")
    assert read == [one.pk]
