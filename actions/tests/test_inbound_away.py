"""An out-of-office note that names its last day offers the days away; only the person's yes holds anything."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import Commitment
from actions.tests.arriving import arrive, ask, reply, told
from failforward import testing
from failforward.accounts.models import Absence
from failforward.outbox.models import Mail

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


@pytest.fixture
def cast(settings):
    settings.REPLY_ADDRESS = "reply@mail.tarnholm.example"
    return testing.cast()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def question(cast, now):
    today = timezone.localdate(now)
    return ask(Commitment.make(cast.rep, cast.rep, "Try it", today, asked_by=cast.manager, now=now), now)


def offered() -> list[tuple]:
    return [(one.person.first_name, one.until_on, one.state) for one in Absence.objects.order_by("pk")]


def note(question, until: dt.date, **headers: str) -> bytes:
    words = f"I am out of office until {until:%d %B %Y}, in urgent cases call Tom."
    return reply(question, words, **({"Auto_Submitted": "auto-replied"} | headers))


def test_the_last_day_of_a_robot_s_note_is_offered_and_nobody_is_told(cast, question, now):
    until = timezone.localdate(now) + 12 * DAY
    mails = set(Mail.objects.values_list("pk", flat=True))
    arrive(note(question, until), now)
    assert offered() == [("Ines", until, "offered")]
    assert set(Mail.objects.values_list("pk", flat=True)) == mails
    assert not hasattr(question.commitment.follow_ups.get(), "answer")


def test_the_same_note_again_offers_it_once(cast, question, now):
    until = timezone.localdate(now) + 12 * DAY
    arrive(note(question, until), now)
    arrive(note(question, until, Subject="Automatic reply: again"), now)
    assert offered() == [("Ines", until, "offered")]


def test_so_are_the_days_a_person_writes_themselves(cast, question, now):
    until = timezone.localdate(now) + 5 * DAY
    arrive(reply(question, f"I am on vacation until {until:%d %B %Y}."), now)
    assert offered() == [("Ines", until, "offered")]


@pytest.mark.parametrize("days", [-3, 900])
def test_days_that_are_past_or_too_far_offer_nothing(cast, question, now, days):
    arrive(note(question, timezone.localdate(now) + days * DAY), now)
    assert offered() == []


def test_a_note_from_somebody_else_s_address_offers_nothing(cast, question, now):
    arrive(note(question, timezone.localdate(now) + 5 * DAY, From="Tom <tom@elsewhere.example>"), now)
    assert offered() == []


def test_a_note_that_our_own_mail_server_found_forged_offers_nothing(cast, question, now, settings):
    settings.AUTHSERV_ID = "mx.tarnholm.example"
    found = "mx.tarnholm.example; spf=fail; dkim=none; dmarc=fail header.from=tarnholm.example"
    until = timezone.localdate(now) + 5 * DAY
    assert arrive(note(question, until, Authentication_Results=found), now).state == "note"
    assert offered() == []


def test_a_note_without_a_day_offers_nothing(cast, question, now):
    arrive(reply(question, "I am out of office.", Auto_Submitted="auto-replied"), now)
    assert offered() == []


def test_one_press_on_the_desk_accepts_it_and_opening_the_desk_does_not(cast, client, question, now):
    until = timezone.localdate(now) + 5 * DAY
    arrive(note(question, until), now)
    client.force_login(cast.rep)
    page = client.get("/").content.decode()
    accept = reverse("absence_verb", args=[Absence.objects.get().pk, "accept"])
    assert f'action="{accept}"' in page
    assert client.get(accept).status_code == 405
    assert offered() == [("Ines", until, "offered")]
    client.post(accept)
    assert offered() == [("Ines", until, "standing")]


def test_no_is_not_asked_again(cast, client, question, now):
    until = timezone.localdate(now) + 5 * DAY
    arrive(note(question, until), now)
    client.force_login(cast.rep)
    client.post(reverse("absence_verb", args=[Absence.objects.get().pk, "decline"]))
    arrive(note(question, until, Subject="Automatic reply: again"), now)
    assert offered() == [("Ines", until, "called_off")]


def test_a_stranger_cannot_accept_it(cast, client, question, now):
    arrive(note(question, timezone.localdate(now) + 5 * DAY), now)
    client.force_login(cast.outsider)
    accept = reverse("absence_verb", args=[Absence.objects.get().pk, "accept"])
    assert client.post(accept).status_code == 404
    assert told("reply_taken") == []
