"""The page on which a person says what a reply of theirs meant, and what an admin does with mail that is nobody's."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from actions import held
from actions.models import Answer, AskerReply, Commitment, FollowUp, SilenceStep
from actions.tests.arriving import arrive, ask, reply
from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.inbound.models import Gone, InboundMail
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail
from failforward.tests.test_access import fingerprint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def replies_come_in(settings):
    cache.clear()
    settings.DEFAULT_FROM_EMAIL = "FailForward <ask@tarnholm.example>"
    settings.REPLY_ADDRESS = "reply@mail.tarnholm.example"
    settings.EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def question(cast):
    now = timezone.now()
    made = Commitment.make(
        cast.rep, cast.rep, "Try the gateways", timezone.localdate(now), asked_by=cast.manager, now=now
    )
    return ask(made, now)


@pytest.fixture
def unclear(question) -> InboundMail:
    return arrive(reply(question, "done? no, only two of three pair"), timezone.now())


def link_in_mail(kind: str = "reply_held") -> str:
    run_due(timezone.now() + dt.timedelta(minutes=1))
    text = bytes(CapturedMail.objects.get(mail__kind=kind).body).decode()
    return re.search(r"/h/[a-z2-7]{26}/", text.replace("=\r\n", ""))[0]


def test_the_link_of_the_mail_says_what_it_meant_without_a_log_in(unclear, question, cast, client):
    link = link_in_mail()
    before = fingerprint()
    page = client.get(link).content.decode()
    assert page.count("done? no, only two of three pair") == 2
    assert "We could not tell which of the five answers you meant." in page
    assert fingerprint() == before
    sent = client.post(link, {"status": "stuck", "outcome": "Only two of three pair", "seen": ""})
    assert (sent.status_code, sent.url) == (302, link)
    answer = Answer.objects.get()
    assert (answer.status, answer.outcome, answer.via, answer.by) == (
        "stuck",
        "Only two of three pair",
        "mail",
        cast.rep,
    )
    unclear.refresh_from_db()
    assert (unclear.state, unclear.settled_by) == ("applied", cast.rep)
    assert "This reply is settled" in client.get(link).content.decode()


def test_what_is_missing_is_said_and_the_words_stay(unclear, client):
    page = client.post(link_in_mail(), {"status": "moved", "outcome": "Their IT is away", "seen": ""})
    assert page.status_code == 400
    assert "Say to which day it moves." in page.content.decode()
    assert "Their IT is away" in page.content.decode()
    assert not Answer.objects.exists()


def test_it_was_no_answer_leaves_everything_as_it_was(unclear, question, client):
    client.post(link_in_mail(), {"aside": "1"})
    unclear.refresh_from_db()
    question.commitment.refresh_from_db()
    assert (unclear.state, question.commitment.state) == ("ignored", "accepted")
    assert bytes(unclear.raw)


def test_sent_twice_is_once(unclear, cast):
    now = timezone.now()
    held.answer(unclear, cast.rep, "done", now)
    with pytest.raises(Refused):
        held.answer(InboundMail.objects.get(), cast.rep, "dropped", now)
    with pytest.raises(Gone):
        held.put_aside(InboundMail.objects.get(), cast.rep, now)
    assert Answer.objects.get().status == "done"


def test_nobody_else_says_what_it_meant(unclear, cast, client):
    for person in (cast.manager, cast.admin, cast.outsider):
        client.force_login(person)
        assert client.get(f"/replies/{unclear.pk}/").status_code == 404
        assert client.post(f"/replies/{unclear.pk}/", {"status": "done"}).status_code == 404
        with pytest.raises(Refused):
            held.answer(unclear, person, "done", timezone.now())
    assert not Answer.objects.exists()


def test_the_person_finds_it_in_the_product_too(unclear, question, cast, client):
    client.force_login(cast.rep)
    assert f'href="/replies/{unclear.pk}/"' in client.get("/replies/").content.decode()
    assert f'href="/replies/{unclear.pk}/"' in client.get(question.commitment.get_absolute_url()).content.decode()
    client.post(f"/replies/{unclear.pk}/", {"status": "done", "seen": ""})
    assert Answer.objects.get().status == "done"
    assert "No replies wait." in client.get("/replies/").content.decode()


def test_was_this_you(question, cast, client):
    mail = arrive(reply(question, "done\nAll three pair.", From="Ines <ines@home.example>"), timezone.now())
    link = link_in_mail()
    sent = bytes(CapturedMail.objects.get(mail__kind="reply_held").body).decode()
    assert "ines@home.example" in sent and "All three pair" not in sent
    page = client.get(link).content.decode()
    assert "Was this you?" in page and "All three pair." in page
    assert re.findall(r'value="(\w+)" checked', page) == ["done"]
    client.post(link, {"status": "done", "outcome": "All three pair.", "seen": ""})
    mail.refresh_from_db()
    assert (mail.state, Answer.objects.get().by) == ("applied", cast.rep)


def test_one_answered_by_the_link_waits_no_longer(unclear, question, cast, client):
    from actions import answers
    from actions.follow_ups import waiting_for

    link = link_in_mail()
    answers.give(waiting_for(question.commitment), cast.rep, "done", now=timezone.now())
    assert "This reply is settled" in client.get(link).content.decode()
    assert list(held.waiting_for(cast.rep)) == []


@pytest.mark.parametrize("kind", ["nudge", "digest"])
def test_a_reply_to_a_mail_about_several_stands_with_each_until_answered(unclear, question, cast, client, kind):
    from actions import answers
    from actions.follow_ups import waiting_for

    several, asked = unclear.answers, waiting_for(question.commitment)
    Mail.objects.filter(pk=several.pk).update(kind=kind, subject_id=several.pk)
    if kind == "nudge":
        FollowUp.objects.filter(pk=asked.pk).update(mail=None)
        SilenceStep.objects.create(follow_up=asked, step="nudge", to=cast.rep, mail=several, taken_at=timezone.now())
    address = question.commitment.get_absolute_url()
    for reader, is_shown in ((cast.rep, True), (cast.manager, False)):
        client.force_login(reader)
        assert (f'href="/replies/{unclear.pk}/"' in client.get(address).content.decode()) == is_shown
    assert list(held.waiting_for(cast.rep)) == [unclear]

    answers.give(asked, cast.rep, "done", now=timezone.now())
    assert list(held.waiting_for(cast.rep)) == []


def test_words_of_an_asker_from_another_address_are_passed_on_after_a_yes(question, cast, client):
    arrive(reply(question, "stuck\nNobody answers."), timezone.now())
    run_due()
    captured = CapturedMail.objects.select_related("mail__recipient").get(mail__kind="answer")
    asked = type(question)(question.commitment, captured.mail, bytes(captured.body))
    arrive(reply(asked, "I'll ring her.", From="mara@home.example"), timezone.now())
    assert not AskerReply.objects.exists()
    link = link_in_mail()
    assert "Pass these words on to Ines" in client.get(link).content.decode()
    client.post(link, {"pass_on": "1"})
    assert [(one.kind, one.text, one.by) for one in AskerReply.objects.all()] == [
        ("wrote", "I'll ring her.", cast.manager)
    ]


def test_without_our_address_the_page_names_the_open_promises(question, cast, client):
    arrive(reply(question, "done", To="reply@mail.tarnholm.example", In_Reply_To=""), timezone.now())
    page = client.get(link_in_mail()).content.decode()
    assert "Try the gateways" in page
    assert f'href="/commitments/{question.commitment.pk}/answer/"' in page


def test_hostile_words_are_shown_as_words(question, client):
    text = "<script>alert(1)</script>\n<img src=x onerror=alert(1)>{{7*7}}"
    arrive(reply(question, text, Subject="<script>alert(2)</script>"), timezone.now())
    page = client.get(link_in_mail()).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page


def test_mail_that_is_nobodys_is_read_by_an_admin_and_that_is_written_down(question, cast, client):
    mail = arrive(reply(None, "Buy now", From="win@lottery.example", To="reply@x.example"), timezone.now())
    client.force_login(cast.admin)
    listed = client.get("/replies/").content.decode()
    assert "win@lottery.example" in listed and "Buy now" not in listed
    assert "Buy now" in client.post(f"/replies/{mail.pk}/read/").content.decode()
    assert [(change.verb, change.by) for change in Change.objects.about(mail)] == [("read", cast.admin)]
    client.post(f"/replies/{mail.pk}/read/", {"aside": "1"})
    assert "win@lottery.example" not in client.get("/replies/").content.decode()
    client.force_login(cast.manager)
    assert client.post(f"/replies/{mail.pk}/read/").status_code == 404


def test_an_admin_does_not_read_what_belongs_to_somebody(unclear, cast, client):
    client.force_login(cast.admin)
    assert client.post(f"/replies/{unclear.pk}/read/").status_code == 404
    assert "only two of three" not in client.get("/replies/").content.decode()


def test_the_list_costs_the_same_whatever_its_length(question, cast, client, django_assert_max_num_queries):
    client.force_login(cast.rep)
    arrive(reply(question, "hm"), timezone.now())
    client.get("/replies/")
    with django_assert_max_num_queries(50) as one:
        client.get("/replies/")
    for number in range(3):
        arrive(reply(question, f"hm {number}"), timezone.now())
    with django_assert_max_num_queries(len(one)):
        client.get("/replies/")
