"""How often people hear from us: digests, reminders, who is told when nobody answers, and the asker's daily mail."""

import datetime as dt
import email
import email.policy
import re
from email.message import EmailMessage

import pytest
from django.test import Client
from django.utils import timezone

from actions import answers, follow_ups
from actions.models import Commitment, FollowUp, Meeting, MeetingSeries, SilenceStep, StopToken
from actions.rhythm import silence
from failforward import testing
from failforward.guards import Refused
from failforward.outbox import plan
from failforward.outbox.models import CapturedMail, Mail
from failforward.outbox.models import State as MailState
from failforward.outbox.run import run_due

pytestmark = pytest.mark.django_db
UTC = dt.UTC
# A Monday; everybody here is asked at 16:00 in UTC and works from Monday to Friday.
MONDAY = dt.date(2026, 11, 23)
LIST_MEETS_ON = 3


@pytest.fixture
def cast():
    cast = testing.cast()
    for user in cast.people.values():
        user.time_zone = "UTC"
        user.save(update_fields=["time_zone"])
    return cast


@pytest.fixture
def owned(cast):
    return testing.action_list(
        cast, people=(cast.rep,), time_zone="UTC", meeting_weekday=LIST_MEETS_ON, sponsor=cast.sponsor
    )


def at(days: int = 0, hour: int = 16, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(MONDAY + dt.timedelta(days), dt.time(hour, minute), UTC)


def promise(cast, what="Call Brandt", on=MONDAY, person=None, **fields) -> Commitment:
    person = person or cast.rep
    fields.setdefault("asked_by", cast.manager)
    return Commitment.make(person, person, what, on, now=at(hour=8), **fields)


def on_list(cast, owned, what="Call Brandt", **fields) -> Commitment:
    action = testing.action(cast, action_list=owned)
    return promise(cast, what, action=action, **fields)


def tick(now: dt.datetime) -> None:
    """What the clock does in one go: send, mind the silence, send what that planned."""
    run_due(now)
    silence.mind(now)
    run_due(now + dt.timedelta(minutes=2))


def go_through(*moments: dt.datetime) -> None:
    for moment in moments:
        tick(moment)


def sent(kind: str) -> list[Mail]:
    return list(Mail.objects.filter(kind=kind, state="sent").order_by("pk"))


def letters(kind: str) -> list[EmailMessage]:
    bodies = CapturedMail.objects.filter(mail__kind=kind).order_by("pk").values_list("body", flat=True)
    return [email.message_from_bytes(bytes(body), policy=email.policy.default) for body in bodies]


def texts(kind: str) -> list[str]:
    return [one.get_body(("plain",)).get_content() for one in letters(kind)]


def links_in(text: str, start: str) -> list[str]:
    """The tokens, each once, in their order."""
    return list(dict.fromkeys(re.findall(start + "([a-z2-7]{26})", text)))


def steps(commitment: Commitment) -> list[tuple]:
    taken = SilenceStep.objects.filter(follow_up__commitment=commitment)
    return [(one.step, one.to and one.to.name, one.taken_at.date().isoformat()) for one in taken]


# --- Digests ---------------------------------------------------------------------------------------


def test_three_questions_are_three_mails(cast):
    for number in range(3):
        promise(cast, f"Thing {number}")
    tick(at())
    assert (len(sent("follow_up")), len(sent("digest"))) == (3, 0)


def test_four_questions_for_one_day_are_one_mail_with_a_link_each(cast):
    made = [promise(cast, f"Thing {number}") for number in range(4)]
    tick(at())
    assert (len(sent("follow_up")), len(sent("digest"))) == (0, 1)
    (text,) = texts("digest")
    for number, commitment in enumerate(made, start=1):
        assert f"[{number}]" in text
        assert commitment.what in text
    assert len(links_in(text, "/f/")) == 4
    assert FollowUp.objects.filter(mail=sent("digest")[0]).count() == 4


def test_each_question_of_a_digest_is_answered_by_itself(cast):
    made = [promise(cast, f"Thing {number}") for number in range(4)]
    tick(at())
    raw = links_in(texts("digest")[0], "/f/")[0]
    response = Client().post(f"/f/{raw}/", {"status": "done", "outcome": "Fine", "seen": ""})
    assert response.status_code == 302
    states = sorted(Commitment.objects.filter(pk__in=[one.pk for one in made]).values_list("state", flat=True))
    assert states == ["accepted", "accepted", "accepted", "kept"]


def test_what_is_answered_before_the_digest_goes_out_is_not_in_it(cast):
    made = [promise(cast, f"Thing {number}") for number in range(5)]
    run_due(at(hour=15, minute=55))
    assert FollowUp.objects.filter(mail__kind="digest").count() == 5
    answers.give(follow_ups.waiting_for(made[0]), cast.rep, "done", via="desk", now=at(hour=15, minute=56))
    tick(at())
    (text,) = texts("digest")
    assert "Thing 0" not in text
    assert "Thing 1" in text


def test_a_date_moved_before_the_digest_goes_out_leaves_it(cast):
    made = [promise(cast, f"Thing {number}") for number in range(5)]
    run_due(at(hour=15, minute=55))
    made[0].move(cast.rep, MONDAY + dt.timedelta(days=1), "Tomorrow", now=at(hour=15, minute=56))
    tick(at())
    assert "Thing 0" not in texts("digest")[0]
    tick(at(1))
    assert [mail.subject_id for mail in sent("follow_up")] == [made[0].follow_ups.get().pk]


def test_what_joins_a_digest_while_another_worker_writes_it_is_in_it(cast, monkeypatch):
    def seen_before_it_was_written(*about, **more) -> Mail:
        mail = plan(*about, **more)
        mail.state = MailState.PLANNED
        return mail

    for number in range(4):
        promise(cast, f"Thing {number}")
    run_due(at(hour=15, minute=55))
    assert Mail.objects.get(kind="digest").state == MailState.READY
    for number in range(4, 8):
        promise(cast, f"Thing {number}")
    monkeypatch.setattr("failforward.outbox.plan", seen_before_it_was_written, raising=False)
    tick(at())
    (text,) = texts("digest")
    assert [number for number in range(8) if f"Thing {number}" not in text] == []


def test_a_digest_of_which_nothing_is_left_is_not_sent(cast):
    made = [promise(cast, f"Thing {number}") for number in range(4)]
    run_due(at(hour=15, minute=55))
    for commitment in made:
        commitment.drop(cast.rep, "No need")
    tick(at())
    assert texts("digest") == []


def test_what_waited_while_everything_was_down_comes_as_one_mail(cast):
    promise(cast, "One")
    promise(cast, "Two", on=MONDAY + dt.timedelta(days=1))
    tick(at(30, hour=9))
    (text,) = texts("digest")
    assert "while we were away" in text
    assert sent("follow_up") == []
    # Being down told nobody that they were silent.
    assert not SilenceStep.objects.exists()


def test_two_people_are_never_in_one_digest(cast):
    for number in range(4):
        promise(cast, f"Ines {number}")
        promise(cast, f"Tom {number}", person=cast.other_rep)
    tick(at())
    assert {mail.address for mail in sent("digest")} == {cast.rep.email, cast.other_rep.email}
    assert all(("Ines 0" in text) != ("Tom 0" in text) for text in texts("digest"))


# --- Silence ---------------------------------------------------------------------------------------


def test_silence_on_a_list_is_a_reminder_then_the_owner_then_the_meeting(cast, owned):
    made = on_list(cast, owned)
    go_through(*[at(day) for day in range(10)])
    assert steps(made) == [
        ("nudge", "Ines Duarte", "2026-11-24"),
        ("list_owner", "Jonas Weil", "2026-11-26"),
        # The list meets on Wednesdays at 15:00.
        ("meeting", None, "2026-12-02"),
    ]
    assert (len(sent("nudge")), len(sent("unanswered")), len(sent("sponsor_help"))) == (1, 1, 0)
    assert FollowUp.objects.get(commitment=made).silence_over


def test_the_sponsor_is_asked_to_help_where_the_list_wants_it_and_the_question_says_so(cast, owned):
    owned.change(cast.list_owner, sponsor_step=True)
    made = on_list(cast, owned)
    go_through(*[at(day) for day in range(12)])
    assert [step[0] for step in steps(made)] == ["nudge", "list_owner", "meeting", "sponsor"]
    assert "Sofia Berg is asked to help" in " ".join(texts("follow_up")[0].split())
    assert sent("sponsor_help")[0].address == cast.sponsor.email


@pytest.mark.parametrize(
    ("change", "on"),
    [
        (lambda meeting, by, now: meeting.move(by, at(8, 9), "The fair.", now=now), "2026-12-01"),
        (lambda meeting, by, now: meeting.move(by, at(10, 9), "The fair.", now=now), "2026-12-03"),
        (lambda meeting, by, now: meeting.skip(by, "The fair.", now=now), "2026-12-09"),
        (lambda meeting, by, now: MeetingSeries.objects.get().end(by, at(5).date(), now=now), "2026-12-02"),
    ],
    ids=["moved to a day before", "moved to a day after", "skipped", "the last was before"],
)
def test_the_step_that_waits_for_a_meeting_follows_it(cast, owned, change, on):
    made, early = on_list(cast, owned), on_list(cast, owned, "Ring Holm", on=MONDAY + dt.timedelta(4))
    MeetingSeries.plan(cast.list_owner, owned, now=at(2, 18))
    go_through(*[at(day) for day in range(5)])
    for _press in range(2):
        change(Meeting.objects.for_detail().earliest("pk"), cast.list_owner, at(4, 17))
    go_through(*[at(day) for day in range(5, 20)])
    assert steps(made)[:2] == [("nudge", "Ines Duarte", "2026-11-24"), ("list_owner", "Jonas Weil", "2026-11-26")]
    assert steps(made)[2:] == [("meeting", None, on)]
    # Nobody was reminded of this one when the meeting moved.
    assert [step[0] for step in steps(early)] == ["nudge", "list_owner", "meeting"]


def test_without_a_list_the_asker_is_told_and_then_it_stops(cast):
    made = promise(cast)
    go_through(*[at(day) for day in range(10)])
    assert [step[:2] for step in steps(made)] == [("nudge", "Ines Duarte"), ("asker", "Mara Lindqvist")]


def test_a_private_promise_is_between_its_person_and_us(cast):
    made = promise(cast, private=True, asked_by=None)
    go_through(*[at(day) for day in range(10)])
    assert [step[:2] for step in steps(made)] == [("nudge", "Ines Duarte")]
    assert {mail.recipient for mail in Mail.objects.all()} == {cast.rep}


def test_nobody_is_reached_twice(cast, owned):
    owned.change(cast.manager, owner=cast.rep)
    made = on_list(cast, owned)
    go_through(*[at(day) for day in range(10)])
    assert [step[0] for step in steps(made)] == ["nudge", "meeting"]


def test_weekends_are_no_silence(cast):
    made = promise(cast, on=MONDAY + dt.timedelta(days=4))
    go_through(*[at(day) for day in range(4, 12)])
    assert [step[2] for step in steps(made)] == ["2026-11-30", "2026-12-02"]


@pytest.mark.parametrize("how", ["answer", "snooze", "drop"])
def test_an_answer_a_snooze_and_a_drop_stop_the_steps(cast, owned, how):
    made = on_list(cast, owned)
    go_through(at(0), at(1))
    if how == "answer":
        answers.give(follow_ups.waiting_for(made), cast.rep, "done", via="desk", now=at(1, 17))
    elif how == "snooze":
        made.snooze(cast.rep, MONDAY + dt.timedelta(days=20), "They are away", now=at(1, 17))
    else:
        made.drop(cast.rep, "No need")
    go_through(*[at(day) for day in range(2, 10)])
    assert [step[0] for step in steps(made)] == ["nudge"]


def test_a_reminder_answered_before_it_goes_out_is_not_sent(cast):
    made = promise(cast)
    tick(at())
    silence.mind(at(1))
    answers.give(follow_ups.waiting_for(made), cast.rep, "done", via="desk", now=at(1))
    run_due(at(1, 17))
    assert sent("nudge") == []


def test_reminders_of_one_day_are_one_mail_and_the_first_links_go_on_working(cast):
    promise(cast, "One")
    promise(cast, "Two")
    go_through(at(0), at(1))
    (text,) = texts("nudge")
    assert "One" in text
    assert "Two" in text
    first = links_in(texts("follow_up")[0], "/f/")[0]
    assert Client().get(f"/f/{first}/").status_code == 200


def test_a_question_that_never_went_out_starts_no_clock(cast):
    cast.rep.email = None
    cast.rep.save(update_fields=["email"])
    made = promise(cast)
    go_through(*[at(day) for day in range(10)])
    assert steps(made) == []


def test_clocks_are_started_without_reading_the_mails_that_wait():
    """A join lets PostgreSQL begin with a million of them, which took 18 seconds a minute."""
    assert "JOIN" not in str(FollowUp.objects.just_asked(at()).query)


def test_minding_twice_takes_each_step_once(cast, owned):
    made = on_list(cast, owned)
    for day in range(4):
        for _time in range(3):
            tick(at(day))
    assert [step[0] for step in steps(made)] == ["nudge", "list_owner"]
    assert (len(sent("nudge")), len(sent("unanswered"))) == (1, 1)


def test_whoever_switched_reminders_off_gets_none_and_the_owner_hears_as_usual(cast, owned):
    made = on_list(cast, owned)
    cast.rep.nudges = False
    cast.rep.save(update_fields=["nudges"])
    go_through(*[at(day) for day in range(4)])
    assert sent("nudge") == []
    assert [step[0] for step in steps(made)] == ["nudge", "list_owner"]


def test_reminders_stop_by_a_bare_post_of_a_mail_program_and_by_the_pages_button(cast):
    raw = StopToken.issue(person=cast.rep)
    assert Client().get(f"/stop/{raw}/").status_code == 200
    cast.rep.refresh_from_db()
    assert cast.rep.nudges
    program = Client(enforce_csrf_checks=True)
    assert program.post(f"/stop/{raw}/", {"List-Unsubscribe": "One-Click"}).status_code == 200
    cast.rep.refresh_from_db()
    assert not cast.rep.nudges
    assert program.post("/stop/aaaaaaaaaaaaaaaaaaaaaaaaaa/", {"List-Unsubscribe": "One-Click"}).status_code == 404


def test_a_reminder_says_how_to_stop_reminders_in_its_head_too(cast):
    promise(cast)
    go_through(at(0), at(1))
    (letter,) = letters("nudge")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/stop/" in letter["List-Unsubscribe"]


# --- Putting a question off --------------------------------------------------------------------------


def test_a_question_put_off_comes_again_and_the_promised_date_stays(cast):
    made = promise(cast)
    tick(at())
    made.snooze(cast.rep, MONDAY + dt.timedelta(days=2), "They are away", now=at(0, 17))
    assert Commitment.objects.get(pk=made.pk).due_on == MONDAY
    go_through(at(1), at(2))
    assert [mail.due_at for mail in sent("follow_up")] == [at(0), at(2)]
    assert list(made.follow_ups.order_by("occurrence").values_list("occurrence", "state")) == [
        (1, "snoozed"),
        (2, "planned"),
    ]


def test_a_question_is_put_off_twice_at_most_and_with_a_reason(cast):
    made = promise(cast)
    later = MONDAY + dt.timedelta(days=2)
    with pytest.raises(Refused):
        made.snooze(cast.rep, later, " ", now=at())
    with pytest.raises(Refused):
        made.snooze(cast.manager, later, "Not now", now=at())
    with pytest.raises(Refused):
        made.snooze(cast.rep, MONDAY, "Not now", now=at())
    made.snooze(cast.rep, later, "Not now", now=at())
    made.snooze(cast.rep, later, "Not now", now=at())
    with pytest.raises(Refused, match="twice"):
        made.snooze(cast.rep, later, "Not now", now=at())


def test_a_question_is_put_off_by_the_page_of_its_link_which_still_takes_the_answer(cast):
    made = Commitment.make(cast.rep, cast.rep, "Call", timezone.localdate(), now=timezone.now())
    run_due(timezone.now() + dt.timedelta(days=4))
    raw = links_in(texts("follow_up")[0], "/f/")[0]
    later = timezone.localdate() + dt.timedelta(days=9)
    page = f"/f/{raw}/"
    assert Client().post(page, {"snooze": "1", "later-to_on": later.isoformat()}).status_code == 400
    done = Client().post(page, {"snooze": "1", "later-to_on": later.isoformat(), "later-reason": "Away"})
    assert done.status_code == 200
    assert made.follow_ups.count() == 2
    assert Client().post(page, {"status": "done", "outcome": "Did it", "seen": ""}).status_code == 302
    made.refresh_from_db()
    assert made.state == "kept"


# --- What the asker hears ----------------------------------------------------------------------------


def give(commitment: Commitment, status: str = "done", **words):
    return answers.give(
        follow_ups.waiting_for(commitment), commitment.person, status, via="desk", now=at(0, 17), **words
    )


def test_stuck_reaches_the_asker_at_once_and_everything_else_once_a_day(cast):
    give(promise(cast, "One"), "stuck", outcome="Nobody answers")
    give(promise(cast, "Two"), outcome="Went well")
    give(promise(cast, "Three"), outcome="Went well too")
    run_due(at(0, 17, 5))
    assert [mail.address for mail in sent("answer")] == [cast.manager.email]
    assert sent("answers") == []
    tick(at(1))
    (mail,) = sent("answers")
    assert (mail.address, mail.due_at) == (cast.manager.email, at(1))
    (text,) = texts("answers")
    assert "Two" in text
    assert "Three" in text
    assert len(links_in(text, "/t/")) == 2


def test_the_daily_mail_waits_for_the_askers_working_day(cast):
    cast.manager.work_days = "4"
    cast.manager.save(update_fields=["work_days"])
    give(promise(cast))
    assert Mail.objects.get(kind="answers").due_at == at(3)


def test_an_answer_the_asker_replied_to_meanwhile_is_not_told_again(cast):
    answer = give(promise(cast))
    answer.reply(cast.manager, "thanks", now=at(0, 18))
    tick(at(1))
    assert sent("answers") == []


def test_an_answer_changed_after_the_daily_mail_is_told_the_next_day(cast):
    made = promise(cast)
    give(made, outcome="Went well")
    tick(at(1))
    answers.give(made.follow_ups.get(), cast.rep, "done", via="desk", now=at(1, 17), outcome="Not so well")
    tick(at(2))
    assert len(sent("answers")) == 2
    assert "Not so well" in texts("answers")[1]


def test_an_answer_that_turns_into_stuck_is_told_at_once(cast):
    made = promise(cast)
    give(made)
    answers.give(made.follow_ups.get(), cast.rep, "stuck", via="desk", now=at(0, 18))
    run_due(at(0, 18, 1))
    assert len(sent("answer")) == 1
    tick(at(1))
    assert sent("answers") == []
