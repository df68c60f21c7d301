"""What the mails say, to whom, and that pressing their links changes nothing."""

import datetime as dt
import email
import email.policy
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from actions import answers, follow_ups
from actions.models import AnswerToken, Commitment
from failforward import testing
from failforward.outbox.models import Mail
from failforward.outbox.rendering import prepare
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db

BEFORE = NOW - dt.timedelta(days=14)
FRIDAY = dt.date(2026, 11, 27)
HOSTILE = "Eve\r\nBcc: all@evil.example\u2028X: y <script>alert(1)</script> https://evil.example"
WHAT = "Try the demo unit with the three gateways our buyers use most, so that no demo fails on pairing again."


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def cast():
    return testing.cast()


def make(cast, **fields):
    fields = {"asked_by": cast.list_owner, "agreed_where": "in the meeting", "now": BEFORE} | fields
    return Commitment.make(cast.rep, cast.rep, fields.pop("what", WHAT), TODAY, **fields)


def written(kind: str):
    """The mail of this kind, written and parsed."""
    row = Mail.objects.select_related("recipient").filter(kind=kind).latest("pk")
    prepare(row)
    assert row.state == "ready", row.last_text
    row.save()
    return email.message_from_bytes(bytes(row.body), policy=email.policy.default)


def text(mail) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html(mail) -> str:
    return mail.get_body(("html",)).get_content()


def links(mail) -> list[str]:
    return re.findall(r"http://127\.0\.0\.1:8000(/\S*)", text(mail))


def test_the_mail_that_asks(cast):
    members = (cast.rep, cast.other_rep, cast.manager, cast.facilitator, cast.support)
    owned = testing.action_list(cast, people=members)
    action = testing.action(cast, action_list=owned)
    made = make(cast, action=action, title="Demo unit and gateways")
    made.move(cast.rep, FRIDAY, "They arrive on Monday", now=BEFORE)
    made.move(cast.rep, TODAY, "They came early", now=BEFORE)
    mail = written("follow_up")
    assert mail["From"] == "Jonas Weil via FailForward <ask@failforward.example>"
    assert mail["To"].addresses[0].addr_spec == "ines@tarnholm.example"
    assert mail["Reply-To"] == "jonas@tarnholm.example"
    assert mail["Subject"] == "How did it go? Demo unit and gateways"
    token = re.search(r"/f/([a-z2-7]{26})/", text(mail)).group(1)
    url = f"http://127.0.0.1:8000/f/{token}/"
    assert (
        text(mail)
        == f"""Hello Ines,

you said:

    Try the demo unit with the three gateways our buyers use most, so that no
    demo fails on pairing again.

You agreed this with Jonas Weil on Wed 11 Nov (in the meeting), by today, Wed
25 Nov, moved 2 times.

How did it go? What was the outcome? What do we do next, based on it?

  Done          {url}?a=done
  Partly        {url}?a=partly
  Moved         {url}?a=moved
  Stuck         {url}?a=stuck
  Not doing it  {url}?a=dropped

Jonas reads your answer. Seen by: this list (7 people), who manages North and
admins.
Nothing is saved until you press Send on the page. A reply to this mail goes
to Jonas.

--
You get this because you made this commitment. We ask once, and remind once.
"""
    )
    assert [line for line in text(mail).splitlines() if len(line) > 77] == []
    assert re.findall(r'href="([^"]+)"', html(mail)) == [
        f"{url}?a={answer}" for answer in ("done", "partly", "moved", "stuck", "dropped")
    ]


def test_a_promise_to_oneself_has_nobody_to_reply_to(cast):
    make(cast, asked_by=None, private=True, agreed_where="")
    mail = written("follow_up")
    assert mail["Reply-To"] is None
    assert "FailForward <ask@failforward.example>" in str(mail["From"])
    assert "You said this on Wed 11 Nov" in text(mail)
    assert "Seen by: you alone." in text(mail)
    assert "reply" not in text(mail).lower()


def test_an_asker_without_an_address_is_not_written_to(cast):
    cast.list_owner.email = None
    cast.list_owner.save()
    make(cast)
    assert written("follow_up")["Reply-To"] is None


def test_a_team_may_want_subjects_that_say_nothing(cast):
    cast.north.neutral_subject = True
    cast.north.save()
    make(cast, deal=testing.deal(cast), title="Aldersund gateways")
    assert written("follow_up")["Subject"] == "How did it go?"


def test_without_a_title_the_subject_is_short(cast):
    make(cast, what="one two three " * 40)
    subject = written("follow_up")["Subject"]
    assert subject.startswith("How did it go? one two three") and len(subject) < 80


def test_one_commitment_is_one_conversation(cast):
    made = make(cast)
    first = written("follow_up")
    assert first["References"] is None
    Mail.objects.update(state="sent")
    answers.give(made.follow_ups.get(), cast.rep, "partly", new_on=FRIDAY, now=NOW)
    second = written("follow_up")
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert second["Message-ID"] != first["Message-ID"]


def test_a_mail_written_anew_leaves_one_link(cast):
    make(cast)
    old = links(written("follow_up"))[0]
    new = links(written("follow_up"))[0]
    assert old != new
    assert AnswerToken.objects.filter(revoked_at=None).count() == 1


def test_a_link_lives_ninety_days_from_its_question_and_thirty_from_its_answer(cast):
    made = make(cast)
    written("follow_up")
    follow_up = made.follow_ups.get()
    token = AnswerToken.objects.get()
    assert token.expires_at == follow_up.due_at + dt.timedelta(days=90)
    answers.give(follow_up, cast.rep, "done", now=NOW)
    token.refresh_from_db()
    assert token.expires_at == NOW + dt.timedelta(days=30)


def test_the_mail_that_asks_for_something(cast):
    Commitment.request(
        cast.manager, cast.rep, "Ask for the list", TODAY, outcome_wanted="we know it", with_whom="Tom", now=NOW
    )
    mail = written("request")
    assert mail["Subject"] == "Can you take this on? Ask for the list"
    assert mail["From"].startswith("Mara Lindqvist via FailForward <")
    assert all(words in text(mail) for words in ["So that: we know it", "With: Tom", "By: today, Wed 25 Nov"])
    assert [link.split("?")[1] for link in links(mail)] == ["a=accept", "a=redate", "a=decline"]


def test_no_and_another_date_reach_who_asked(cast):
    asked = Commitment.request(cast.manager, cast.rep, "Ask for the list", TODAY, now=NOW)
    asked.decline(cast.rep, "I am away", now=NOW)
    mail = written("request_answer")
    assert mail["To"].addresses[0].addr_spec == "mara@tarnholm.example"
    assert "Ines Duarte cannot take this on" in text(mail) and "I am away" in text(mail)
    other = Commitment.request(cast.manager, cast.rep, "Ask again", TODAY, now=NOW)
    other.redate(cast.rep, FRIDAY, now=NOW)
    assert "Ines Duarte takes this on, by Fri 27 Nov" in text(written("request_answer"))


def test_the_answer_reaches_its_asker_with_something_to_send_back(cast):
    made = make(cast)
    words = {"outcome": "Two of three", "learned": "Ask earlier", "next_what": "Ask Lena", "next_with": "Lena Brandt"}
    answers.give(made.follow_ups.get(), cast.rep, "partly", new_on=FRIDAY, next_on=FRIDAY, now=NOW, **words)
    mail = written("answers")
    assert mail["To"].addresses[0].addr_spec == "jonas@tarnholm.example"
    assert mail["Reply-To"] == "ines@tarnholm.example"
    assert mail["Subject"].startswith("Ines answered: Partly. Try the demo unit")
    said = ["It stays open until Fri 27 Nov.", "Two of three", "Ask earlier", "Next, with Lena Brandt, by Fri 27 Nov:"]
    assert all(words in text(mail) and words in html(mail) for words in said)
    assert [link.split("?")[1] for link in links(mail)] == ["r=thanks", "r=help", "r=talk", "r=new_date"]


def test_a_settled_answer_offers_no_new_date(cast):
    answers.give(make(cast).follow_ups.get(), cast.rep, "done", now=NOW)
    assert [link.split("?")[1] for link in links(written("answers"))] == ["r=thanks", "r=help", "r=talk"]


def test_stuck_says_so_in_the_subject(cast):
    answers.give(make(cast, title="Gateways").follow_ups.get(), cast.rep, "stuck", now=NOW)
    assert written("answer")["Subject"] == "Ines is stuck and asks for help. Gateways"


def test_the_askers_reply_reaches_who_answered(cast):
    answer = answers.give(make(cast, title="Gateways").follow_ups.get(), cast.rep, "stuck", now=NOW)
    answer.reply(cast.list_owner, "help", text="I know their buyer.", now=NOW)
    mail = written("asker_reply")
    assert mail["To"].addresses[0].addr_spec == "ines@tarnholm.example"
    assert mail["Subject"] == "Jonas read your answer: I’ll help. Gateways"
    assert "will help" in text(mail) and "I know their buyer." in text(mail)


def test_nobody_can_write_headers_or_markup_through_a_name_or_a_promise(cast):
    for person in (cast.rep, cast.list_owner):
        person.name = HOSTILE
        person.save()
    made = make(cast, what=HOSTILE, title=HOSTILE[:80], agreed_where=HOSTILE[:200])
    answer = answers.give(
        made.follow_ups.get(), cast.rep, "stuck", outcome=HOSTILE, next_what=HOSTILE, next_on=FRIDAY, now=NOW
    )
    answer.reply(cast.list_owner, "talk", text=HOSTILE, now=NOW)
    follow_ups.send_new_link(made.follow_ups.get(occurrence=2), NOW)
    for kind in ("follow_up", "answer", "asker_reply"):
        mail = written(kind)
        assert mail["Bcc"] is None and mail["X"] is None
        assert "\n" not in mail["Subject"]
        assert "<script>" not in html(mail)
        assert 'href="https://evil' not in html(mail)


def test_all_addresses_come_from_the_settings_never_from_a_request(cast, client):
    client.force_login(cast.rep)
    data = {"what": "Ring", "due_on": "2027-01-11", "person": cast.rep.pk}
    client.post(reverse("commitment_new"), data, headers={"host": "127.0.0.1", "x-forwarded-host": "evil.example"})
    assert Commitment.objects.get().what == "Ring"
    assert "evil" not in text(written("follow_up"))


def test_a_private_promise_is_in_nobody_elses_mail(cast):
    made = make(cast, private=True, what="walrusmarmalade")
    answers.give(made.follow_ups.get(), cast.rep, "stuck", outcome="walrusmarmalade", now=NOW)
    for row in Mail.objects.all():
        assert row.recipient == cast.rep
