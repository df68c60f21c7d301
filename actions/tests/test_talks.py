"""Coaching talks: read by two, what is agreed in them, and the two questions that are asked about it."""

import datetime as dt
import email
import email.policy

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from actions import answers, follow_ups
from actions.models import Answer, CoachingTalk, Commitment
from actions.tests import arriving
from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.outbox.models import Mail
from failforward.outbox.rendering import prepare

pytestmark = pytest.mark.django_db
ABOUT = "The call on Tuesday: you quoted before you asked."


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def talk(cast):
    return CoachingTalk.write_down(cast.manager, cast.rep, timezone.localdate(), ABOUT)


@pytest.fixture
def made(cast, talk):
    return agree(talk, cast.rep, cast.rep)


def in_days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(number)


def agree(talk, by, person, what="Ask three questions first", days=2, **fields) -> Commitment:
    return Commitment.request(by, person, what, in_days(days), talk=talk, **fields)


def give(commitment, status="done", **words) -> Answer:
    return answers.give(follow_ups.waiting_for(commitment), commitment.person, status, via="desk", **words)


def text_of(kind: str) -> str:
    """The newest mail of this kind, written."""
    row = Mail.objects.select_related("recipient").filter(kind=kind).latest("pk")
    prepare(row)
    assert row.state == "ready", row.last_text
    letter = email.message_from_bytes(bytes(row.body), policy=email.policy.default)
    html = " ".join(letter.get_body(("html",)).get_content().split())
    plain = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert max(map(len, plain.splitlines())) < 100
    return f"{plain}\n{html}"


def posted(client, url, data):
    with transaction.atomic():
        return client.post(url, data)


# --- The talk -------------------------------------------------------------------------------------


def test_its_two_people_read_it_and_nobody_else_does(cast, talk):
    readers = {name for name, user in cast.people.items() if CoachingTalk.objects.visible_to(user).exists()}
    assert readers == {"manager", "rep"}


def test_somebody_above_who_coaches_nobody_reads_nothing(cast):
    above = testing.person("Mo Manager", cast.company, "manager")
    talk = CoachingTalk.write_down(cast.list_owner, cast.rep, timezone.localdate(), ABOUT)
    for user in (above, cast.admin, cast.manager):
        assert list(CoachingTalk.objects.visible_to(user)) == []
    assert list(CoachingTalk.objects.visible_to(cast.list_owner)) == [talk]


@pytest.mark.parametrize(
    ("by", "person", "days", "about", "field"),
    [
        ("manager", "manager", 0, ABOUT, "person"),
        ("manager", "outsider", 0, ABOUT, "person"),
        ("sponsor", "rep", 0, ABOUT, "person"),
        ("manager", "rep", 1, ABOUT, "held_on"),
        ("manager", "rep", -9 * 366, ABOUT, "held_on"),
        ("manager", "rep", 0, " \n ", "about"),
    ],
)
def test_what_is_no_talk_is_refused_at_its_field(cast, by, person, days, about, field):
    with pytest.raises(Refused) as refused:
        CoachingTalk.write_down(getattr(cast, by), getattr(cast, person), in_days(days), about)
    assert refused.value.field == field
    assert not CoachingTalk.objects.exists()


def test_who_left_is_coached_no_more(cast):
    cast.rep.is_active = False
    cast.rep.save(update_fields=["is_active"])
    with pytest.raises(Refused):
        CoachingTalk.write_down(cast.manager, cast.rep, timezone.localdate(), ABOUT)


def test_the_database_wants_two_people_and_some_words(cast):
    for fields in ({"person": cast.manager}, {"about": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            testing.talk(cast, **fields)


def test_who_wrote_it_down_changes_it_and_its_words_stay_out_of_the_history(cast, talk):
    talk.change(cast.manager, in_days(-1), "The call on Monday.", seen=1)
    talk.change(cast.manager, in_days(-1), "The call on Monday.")
    with pytest.raises(Refused):
        talk.change(cast.rep, in_days(-1), "Nothing happened.")
    talk.refresh_from_db()
    assert (talk.held_on, talk.about, talk.version) == (in_days(-1), "The call on Monday.", 2)
    assert list(Change.objects.about(talk).values_list("verb", "details")) == [("changed", {}), ("written_down", {})]


def test_two_windows_do_not_overwrite_each_other(cast, talk):
    talk.change(cast.manager, talk.held_on, "First.", seen=1)
    with pytest.raises(Conflict):
        talk.change(cast.manager, talk.held_on, "Second.", seen=1)


# --- What is agreed in it -------------------------------------------------------------------------


def test_the_coach_asks_and_nobody_is_asked_how_it_went_before_the_yes(cast, talk):
    asked = agree(talk, cast.manager, cast.rep)
    assert (asked.state, asked.asked_by, asked.talk, asked.team) == ("requested", cast.manager, talk, None)
    assert not asked.follow_ups.exists()
    asked.accept(cast.rep)
    assert asked.follow_ups.count() == 1


def test_what_one_takes_on_oneself_is_accepted_at_once_and_the_other_hears_of_it(cast, talk):
    own, coachs = agree(talk, cast.rep, cast.rep), agree(talk, cast.manager, cast.manager)
    assert [(one.state, one.asked_by) for one in (own, coachs)] == [
        ("accepted", cast.manager),
        ("accepted", cast.rep),
    ]


def test_nobody_else_makes_promises_in_it(cast, talk):
    for by, person in ((cast.manager, cast.other_rep), (cast.admin, cast.admin)):
        with pytest.raises(Refused) as refused:
            agree(talk, by, person)
        assert refused.value.field == "person"


def test_a_private_one_is_its_persons_alone_also_in_the_talk(cast, talk):
    private = agree(talk, cast.rep, cast.rep, private=True)
    assert private.asked_by is None
    assert list(Commitment.objects.visible_to(cast.rep).filter(talk=talk)) == [private]
    assert not Commitment.objects.visible_to(cast.manager).exists()


def test_what_follows_from_it_belongs_to_the_talk_too(cast, talk, made):
    give(made, next_what="Ask five", next_on=in_days(4))
    assert set(talk.commitments.values_list("what", "asked_by")) == {
        ("Ask three questions first", cast.manager.pk),
        ("Ask five", cast.manager.pk),
    }


def test_a_commitment_hangs_from_a_talk_or_from_something_else(cast, talk):
    with pytest.raises(IntegrityError), transaction.atomic():
        testing.commitment(cast, talk=talk, deal=testing.deal(cast))


# --- The two questions ----------------------------------------------------------------------------


def test_the_mail_asks_the_two_questions_of_a_coaching_commitment_alone(cast, made):
    question = "What did you learn, what might we change?"
    assert text_of("follow_up").count(question) == 2
    Commitment.make(cast.rep, cast.rep, "Ring the bakery", in_days(2))
    assert question not in text_of("follow_up")


def test_a_mail_about_several_asks_them_at_that_one(cast, talk):
    now = timezone.now()
    for number in range(4):
        one = agree(talk if number == 2 else None, cast.rep, cast.rep, f"Thing {number}")
        follow_ups.ask_at(follow_ups.waiting_for(one), now - dt.timedelta(minutes=1))
    arriving.run_due()
    body = email.message_from_bytes(bytes(Mail.objects.get(kind="digest").body), policy=email.policy.default)
    before, after = body.get_body(("plain",)).get_content().split("What did you learn, what might we change?")
    assert ("Thing 2" in before, "Thing 3" in before, "Thing 3" in after) == (True, False, True)


def test_both_answers_reach_who_coached_in_either_mail(cast, talk, made):
    give(made, "stuck", outcome="They hung up", learned="They were at lunch", might_change="Ring at ten")
    assert text_of("answer").count("What might we change?") == 2
    assert text_of("answer").count("Ring at ten") == 2
    for number in range(2):
        give(agree(talk, cast.rep, cast.rep, f"More {number}"), might_change=f"The order of {number}")
    several = text_of("answers")
    assert [several.count(f"The order of {number}") for number in range(2)] == [2, 2]


def test_a_reply_by_mail_stays_the_outcome_and_nothing_more_is_asked_for(cast, made):
    now = timezone.now()
    question = arriving.ask(made, now)
    kept = arriving.arrive(arriving.reply(question, "Done\n\nAsked all three. They talked for an hour."), now)
    given = Answer.objects.get()
    assert kept.state == "applied"
    assert (given.outcome, given.learned, given.might_change) == (
        "Asked all three. They talked for an hour.",
        "",
        "",
    )


def test_the_answer_page_asks_for_it_and_keeps_it_when_the_answer_is_changed(client, cast, made):
    client.force_login(cast.rep)
    url = f"/commitments/{made.pk}/answer/"
    assert "What might we change?" in client.get(url).content.decode()
    posted(client, url, {"status": "done", "learned": "To wait", "might_change": "The script"})
    assert 'name="might_change"' in (page := client.get(url + "?change=1").content.decode())
    assert "The script" in page
    given = Answer.objects.get()
    assert (given.learned, given.might_change) == ("To wait", "The script")


def test_other_commitments_are_not_asked_for_it_and_take_none(client, cast):
    other = Commitment.make(cast.rep, cast.rep, "Ring the bakery", in_days(2))
    client.force_login(cast.rep)
    url = f"/commitments/{other.pk}/answer/"
    assert "What might we change?" not in client.get(url).content.decode()
    posted(client, url, {"status": "done", "might_change": "Smuggled in"})
    assert Answer.objects.get().might_change == ""
