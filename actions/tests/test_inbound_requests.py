"""Replies to a request and those of a partner: what they become, and what they never become."""

import datetime as dt

import pytest
from django.utils import timezone

from actions.models import Answer, Commitment, HeldToken, Partner, PartnerNote, SilenceStep
from actions.models.silence import Step
from actions.rhythm.rounds import mail_of_the_day
from actions.tests.arriving import Question, arrive, reply, told
from failforward import links, testing
from failforward.inbound.models import InboundMail
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


@pytest.fixture
def cast(settings):
    settings.REPLY_ADDRESS = "reply@mail.tarnholm.example"
    settings.EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"
    return testing.cast()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today(now):
    return timezone.localdate(now)


@pytest.fixture
def asked(cast, now, today):
    made = Commitment.request(cast.manager, cast.rep, "Ring the plant", today + 9 * DAY, now=now)
    return sent(made, f"request:{made.pk}")


def sent(commitment: Commitment, key: str) -> Question:
    run_due()
    mail = Mail.objects.select_related("recipient").get(key=key)
    return Question(commitment, mail, bytes(CapturedMail.objects.get(mail=mail).body))


def became(mail: InboundMail) -> tuple[str, str]:
    return mail.state, mail.why


# --- What was asked of somebody ---------------------------------------------------------------------


def test_the_mail_says_how_to_reply(asked):
    words = asked.letter.get_body(("plain",)).get_content()
    assert "reply+" in asked.address
    assert "Or just reply, beginning with: yes, yes by Friday, no." in words


def test_yes_accepts_it_and_says_so(cast, asked, now):
    assert became(arrive(reply(asked, "Yes, of course.\n\nInes"), now)) == ("applied", "")
    asked.commitment.refresh_from_db()
    assert asked.commitment.state == "accepted"
    run_due(now + dt.timedelta(minutes=1))
    assert told("reply_taken") == [cast.rep.email]


def test_another_day_becomes_the_day(cast, asked, now, today):
    day = today + 20 * DAY
    arrive(reply(asked, f"Yes, but by {day:%d %B %Y}"), now)
    asked.commitment.refresh_from_db()
    assert (asked.commitment.state, asked.commitment.due_on) == ("accepted", day)
    assert told("request_answer") == [cast.manager.email]


def test_no_declines_it_with_what_was_said(cast, asked, now):
    arrive(reply(asked, "No.\nI am in Porto all week."), now)
    asked.commitment.refresh_from_db()
    assert (asked.commitment.state, asked.commitment.declined_because) == ("declined", "I am in Porto all week.")


def test_a_doubt_is_held_and_one_press_says_what_it_meant(cast, client, asked, now):
    held = arrive(reply(asked, "If the budget is there, yes"), now)
    assert (became(held), told("reply_held")) == (("held", "unclear_yes"), [cast.rep.email])
    url = links.address_of("held_reply", HeldToken.issue(reply=held, person=cast.rep, expires_at=now + DAY))
    page = client.get(url)
    assert "Ring the plant" in page.content.decode()
    asked.commitment.refresh_from_db()
    assert asked.commitment.state == "requested"
    client.post(url, {"answer": "accept"})
    asked.commitment.refresh_from_db()
    held.refresh_from_db()
    assert (asked.commitment.state, held.state) == ("accepted", "applied")


def test_held_and_redated_without_a_day_keeps_what_was_typed(cast, client, asked, now):
    held = arrive(reply(asked, "Perhaps later"), now)
    client.force_login(cast.rep)
    page = client.post(links.address_of("held_reply_desk", held.pk), {"answer": "redate", "due_on": ""})
    assert page.status_code == 400
    assert "Say by which day." in page.content.decode()


def test_a_stranger_s_yes_is_held(cast, asked, now):
    assert became(arrive(reply(asked, "Yes", From="Eve <eve@elsewhere.example>"), now)) == ("held", "stranger")
    asked.commitment.refresh_from_db()
    assert asked.commitment.state == "requested"


def test_a_robot_s_yes_is_none(cast, asked, now):
    assert became(arrive(reply(asked, "Yes", Auto_Submitted="auto-replied"), now)) == ("note", "away")
    asked.commitment.refresh_from_db()
    assert asked.commitment.state == "requested"


def test_a_second_answer_is_a_late_note(cast, asked, now):
    arrive(reply(asked, "Yes"), now)
    assert became(arrive(reply(asked, "No"), now)) == ("note", "late")
    asked.commitment.refresh_from_db()
    assert asked.commitment.state == "accepted"


# --- The partner ------------------------------------------------------------------------------------


@pytest.fixture
def partner(cast, now, today):
    made = Commitment.make(cast.rep, cast.rep, "Tidy up", today, now=now, private=True)
    return Partner.ask(made, cast.rep, cast.partner, now)


@pytest.fixture
def consent(partner):
    return sent(partner.commitment, partner.request_key)


def help_mail(partners: list[Partner], now) -> Question:
    mail = mail_of_the_day("partner_help", partners[0].person, now)
    for one in partners:
        question = one.commitment.follow_ups.get()
        SilenceStep.objects.create(follow_up=question, step=Step.PARTNER, to=one.person, taken_at=now, mail=mail)
    return sent(partners[0].commitment, mail.key)


@pytest.mark.parametrize(("words", "state"), [("Yes", "agreed"), ("Nein, danke", "declined"), ("Who?", "asked")])
def test_a_partner_says_yes_or_no_by_reply(partner, consent, now, words, state):
    arrive(reply(consent, words), now)
    partner.refresh_from_db()
    assert partner.state == state


def test_after_a_yes_a_reply_is_a_note(partner, consent, now):
    partner.agree(now)
    arrive(reply(consent, "Call me on Monday."), now)
    assert list(PartnerNote.objects.values_list("partner", "text")) == [(partner.pk, "Call me on Monday.")]


def test_a_partner_s_reply_is_their_note_and_never_an_answer(cast, partner, now):
    partner.agree(now)
    asked = help_mail([partner], now)
    mail = arrive(reply(asked, "Done, I spoke to Ines."), now)
    assert became(mail) == ("applied", "")
    assert list(PartnerNote.objects.values_list("partner", "text")) == [(partner.pk, "Done, I spoke to Ines.")]
    assert Answer.objects.count() == 0


def test_a_mail_about_two_takes_a_note_under_each_number(cast, partner, now, today):
    other = Commitment.make(cast.rep, cast.rep, "Ring them", today, now=now, private=True)
    second = Partner.ask(other, cast.rep, cast.partner, now)
    partner.agree(now)
    second.agree(now)
    asked = help_mail([partner, second], now)
    arrive(reply(asked, "[1] Call me.\n\n[2] Let us meet."), now)
    noted = dict(PartnerNote.objects.values_list("partner__commitment__what", "text"))
    assert noted == {"Tidy up": "Call me.", "Ring them": "Let us meet."}


def test_a_stranger_s_reply_to_a_partner_s_mail_is_held_and_the_partner_may_own_it(cast, client, partner, now):
    partner.agree(now)
    held = arrive(reply(help_mail([partner], now), "Call me.", From="Eve <eve@elsewhere.example>"), now)
    assert (became(held), PartnerNote.objects.count()) == (("held", "stranger"), 0)
    url = links.address_of("held_reply", HeldToken.issue(reply=held, person=partner.person, expires_at=now + DAY))
    assert "Leave it as my note" in client.get(url).content.decode()
    assert PartnerNote.objects.count() == 0
    client.post(url, {"partner": "note"})
    assert list(PartnerNote.objects.values_list("text", flat=True)) == ["Call me."]


def test_once_it_is_ended_a_reply_changes_nothing_and_nobody_writes_to_them(cast, partner, now):
    partner.agree(now)
    asked = help_mail([partner], now)
    partner.end(cast.rep, now)
    assert became(arrive(reply(asked, "Call me."), now)) == ("note", "late")
    assert PartnerNote.objects.count() == 0
    assert told("reply_taken") == []
