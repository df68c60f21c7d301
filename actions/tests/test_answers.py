import datetime as dt

import pytest

from actions import answers
from actions.models import ActionItem, Answer, Commitment, DateChange, FollowUp, Milestone
from failforward import testing
from failforward.guards import Refused
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
FRIDAY = dt.date(2026, 11, 27)
MONDAY = dt.date(2026, 11, 30)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def made(cast):
    return Commitment.make(cast.rep, cast.rep, "Try the gateways", TODAY, asked_by=cast.list_owner, now=NOW - DAY)


@pytest.fixture
def on_milestone(cast):
    owned = testing.action_list(cast, people=(cast.rep, cast.other_rep))
    action = testing.action(cast, action_list=owned, responsible=cast.rep)
    milestone = Milestone.objects.create(action=action, what="All pair", due_on=FRIDAY, first_due_on=FRIDAY)
    return Commitment.make(cast.rep, cast.rep, "Try them", TODAY, milestone=milestone, now=NOW - DAY)


def asked(commitment) -> FollowUp:
    return commitment.follow_ups.order_by("-occurrence").first()


def give(commitment, status, follow_up=None, now=NOW, **words):
    answer = answers.give(follow_up or asked(commitment), commitment.person, status, now=now, **words)
    commitment.refresh_from_db()
    return answer


def questions(commitment) -> list[tuple]:
    return list(commitment.follow_ups.order_by("occurrence").values_list("occurrence", "due_on", "state"))


def promises() -> list[tuple]:
    return list(Commitment.objects.order_by("pk").values_list("what", "state", "due_on"))


def test_done_keeps_it_and_asks_no_more(made):
    give(made, "done", outcome="All three pair")
    assert (made.state, made.kept_on, made.kept_late) == ("kept", TODAY, False)
    assert questions(made) == [(1, TODAY, "answered")]


@pytest.mark.parametrize(
    ("now", "done_on", "late"),
    [
        (NOW, None, False),
        (NOW + DAY, None, True),
        (NOW + DAY, TODAY, False),
        (NOW + 3 * DAY, FRIDAY, True),
        (NOW + DAY, dt.date(2030, 1, 1), True),
    ],
)
def test_later_than_first_said_is_kept_late(made, now, done_on, late):
    give(made, "done", now=now, done_on=done_on)
    assert made.kept_late is late


def test_a_question_put_off_to_a_working_day_makes_nobody_late(cast):
    saturday = dt.date(2026, 11, 28)
    made = Commitment.make(cast.rep, cast.rep, "Ring", saturday, now=NOW)
    give(made, "done", now=dt.datetime(2026, 11, 30, 16, tzinfo=dt.UTC))
    assert made.kept_late is False


def test_partly_stays_open_with_a_new_date(made):
    with pytest.raises(Refused) as refused:
        give(made, "partly")
    assert refused.value.field == "new_on"
    give(made, "partly", new_on=FRIDAY)
    assert (made.state, made.due_on, made.first_due_on) == ("partly", FRIDAY, TODAY)
    assert questions(made) == [(1, TODAY, "answered"), (2, FRIDAY, "planned")]


def test_partly_takes_the_day_of_its_next_step(made):
    give(made, "partly", next_what="Ask Lena", next_on=FRIDAY)
    assert made.due_on == FRIDAY
    assert promises() == [("Try the gateways", "partly", FRIDAY), ("Ask Lena", "accepted", FRIDAY)]


@pytest.mark.parametrize(
    ("words", "field"),
    [({}, "new_on"), ({"new_on": FRIDAY}, "reason"), ({"new_on": TODAY - DAY, "reason": "Away"}, "new_on")],
)
def test_moved_has_a_day_and_a_reason(made, words, field):
    with pytest.raises(Refused) as refused:
        give(made, "moved", **words)
    assert refused.value.field == field
    assert questions(made) == [(1, TODAY, "planned")]
    assert not Answer.objects.exists()


def test_moved_is_asked_again_on_the_new_day(made):
    answer = give(made, "moved", new_on=FRIDAY, reason="They are away")
    assert (made.state, made.due_on) == ("moved", FRIDAY)
    assert (answer.date_change.from_on, answer.date_change.to_on) == (TODAY, FRIDAY)
    assert questions(made) == [(1, TODAY, "answered"), (2, FRIDAY, "planned")]


def test_a_third_move_of_a_milestone_is_asked_for(on_milestone):
    now = NOW
    for day in (FRIDAY, MONDAY, dt.date(2026, 12, 1)):
        answer = give(on_milestone, "moved", new_on=day, reason="Again", now=now)
        now += DAY
    assert answer.date_change.state == DateChange.State.ASKED_FOR
    assert on_milestone.due_on == MONDAY
    assert questions(on_milestone)[-1] == (4, dt.date(2026, 12, 1), "planned")


def test_stuck_asks_for_help_at_once_and_is_not_forgotten(made, cast):
    give(made, "stuck", outcome="Nobody answers")
    assert (made.state, made.due_on) == ("stuck", TODAY)
    assert questions(made) == [(1, TODAY, "answered"), (2, dt.date(2026, 12, 2), "planned")]
    mail = Mail.objects.get(kind="answer")
    assert (mail.recipient, mail.due_at) == (cast.list_owner, NOW)


def test_not_doing_it_drops_the_promise_and_leaves_the_action(on_milestone):
    give(on_milestone, "dropped", reason="Not worth it")
    assert on_milestone.state == "dropped"
    assert on_milestone.milestone.action.state == "proposed"
    assert questions(on_milestone) == [(1, TODAY, "answered")]


def test_the_milestone_counts_once_something_shows_it(on_milestone):
    give(on_milestone, "done")
    assert Milestone.objects.get().reached_on is None
    give(on_milestone, "done", evidence="A page on the site")
    reached = Milestone.objects.get()
    assert (reached.reached_on, reached.evidence) == (TODAY, "A page on the site")


def test_the_milestone_counts_once_somebody_saw_it(on_milestone, cast):
    give(on_milestone, "done", seen_by=cast.other_rep)
    assert Milestone.objects.get().seen_by == cast.other_rep


def test_an_answer_taken_back_takes_the_milestone_back(on_milestone):
    give(on_milestone, "done", evidence="A page on the site")
    give(on_milestone, "partly", follow_up=asked(on_milestone), new_on=FRIDAY)
    assert Milestone.objects.get().reached_on is None
    assert on_milestone.state == "partly"


def test_the_next_commitment_is_made_from_the_answer(made, cast):
    answer = give(made, "done", next_what="Ask Lena", next_with="Lena Brandt", next_on=FRIDAY)
    made_next = answer.next_commitment
    assert (made_next.previous, made_next.state, made_next.with_whom) == (made, "accepted", "Lena Brandt")
    assert (made_next.person, made_next.asked_by) == (cast.rep, cast.list_owner)
    assert questions(made_next) == [(1, FRIDAY, "planned")]


@pytest.mark.parametrize(
    ("words", "field"), [({"next_what": "Ask Lena"}, "next_on"), ({"next_on": FRIDAY}, "next_what")]
)
def test_a_next_step_has_a_day_and_a_day_has_a_step(made, words, field):
    with pytest.raises(Refused) as refused:
        give(made, "done", **words)
    assert refused.value.field == field


def test_the_same_answer_twice_is_one(made):
    words = {"next_what": "Ask Lena", "next_on": FRIDAY, "new_on": FRIDAY, "reason": "Away"}
    first = give(made, "moved", **words)
    again = give(made, "moved", follow_up=first.follow_up, now=NOW + DAY, seen="", **words)
    assert (first, again.changed_at) == (again, None)
    assert len(promises()) == 2
    assert DateChange.objects.count() == 1
    assert Mail.objects.filter(kind="answers").count() == 1


CHANGES = [
    ("done", {}, ("kept", TODAY), []),
    ("partly", {"new_on": MONDAY}, ("partly", MONDAY), [(2, MONDAY, "planned")]),
    ("moved", {"new_on": MONDAY, "reason": "Away"}, ("moved", MONDAY), [(2, MONDAY, "planned")]),
    ("stuck", {}, ("stuck", TODAY), [(2, dt.date(2026, 12, 2), "planned")]),
    ("dropped", {}, ("dropped", TODAY), []),
]


@pytest.mark.parametrize("first", CHANGES, ids=lambda row: row[0])
@pytest.mark.parametrize("second", CHANGES, ids=lambda row: row[0])
def test_a_changed_answer_means_what_it_would_have_meant_at_first(made, first, second):
    follow_up = asked(made)
    give(made, first[0], **first[1])
    give(made, second[0], follow_up=follow_up, now=NOW + dt.timedelta(hours=1), **second[1])
    status, _words, (state, due_on), ahead = second
    assert (made.state, made.due_on, made.first_due_on) == (state, due_on, TODAY)
    waiting = made.follow_ups.filter(state="planned").values_list("occurrence", "due_on", "state")
    assert list(waiting) == ahead
    assert made.times_moved() == (status in ("partly", "moved"))
    assert Answer.objects.get().status == status


def test_a_changed_next_step_is_the_same_commitment(made):
    follow_up = asked(made)
    give(made, "done", next_what="Ask Lena", next_on=FRIDAY)
    give(made, "done", follow_up=follow_up, next_what="Ask Tom", next_on=MONDAY)
    assert promises()[1:] == [("Ask Tom", "accepted", MONDAY)]
    give(made, "done", follow_up=follow_up)
    assert promises()[1:] == [("Ask Tom", "dropped", MONDAY)]
    give(made, "done", follow_up=follow_up, next_what="Ask Tom", next_on=FRIDAY)
    assert promises()[1:] == [("Ask Tom", "accepted", FRIDAY)]
    following = Answer.objects.get().next_commitment
    assert questions(following) == [(1, FRIDAY, "planned")]


def test_after_seven_days_the_answer_stands(made):
    follow_up = asked(made)
    give(made, "done")
    give(made, "done", follow_up=follow_up, now=NOW + 7 * DAY, learned="Ask earlier")
    with pytest.raises(Refused):
        give(made, "dropped", follow_up=follow_up, now=NOW + 7 * DAY + dt.timedelta(seconds=1))


def test_what_was_answered_after_it_stands(made):
    first = asked(made)
    give(made, "partly", new_on=FRIDAY)
    give(made, "done", now=NOW + DAY)
    with pytest.raises(Refused):
        give(made, "dropped", follow_up=first, now=NOW + DAY)


def test_what_somebody_has_not_seen_they_do_not_overwrite(made):
    follow_up = asked(made)
    first = give(made, "done")
    with pytest.raises(answers.AnsweredAlready) as already:
        give(made, "dropped", follow_up=follow_up, seen="")
    assert already.value.stamp == first.stamp
    give(made, "dropped", follow_up=follow_up, seen=first.stamp)
    assert made.state == "dropped"


@pytest.mark.parametrize("who", ["list_owner", "manager", "admin", "other_rep"])
def test_only_the_right_persons_answer_counts(made, cast, who):
    with pytest.raises(Refused):
        answers.give(asked(made), getattr(cast, who), "done", now=NOW)
    assert not Answer.objects.exists()


def test_an_answer_before_the_question_takes_the_question_back(made):
    give(made, "done", via="desk", now=NOW - dt.timedelta(hours=12))
    assert Mail.objects.get(kind="follow_up").state == "withheld"


def test_what_is_said_of_something_settled_is_kept_and_changes_nothing(made, cast):
    follow_up = asked(made)
    made.drop(cast.list_owner, "Not needed")
    answer = give(made, "done", follow_up=follow_up, outcome="All three pair")
    assert (answer.too_late, answer.outcome, made.state) == (True, "All three pair", "dropped")
    assert list(answers.for_asker(cast.list_owner)) == [answer]
    give(made, "stuck", follow_up=follow_up, outcome="Two of three pair")
    assert (Answer.objects.get().outcome, made.state) == ("Two of three pair", "dropped")
    assert not FollowUp.objects.filter(state="planned").exists()


def test_a_question_that_moved_meanwhile_hands_its_answer_on(made, cast):
    first = asked(made)
    Mail.objects.filter(kind="follow_up").update(state="sent")
    made.move(cast.list_owner, FRIDAY, "They are away", now=NOW)
    answer = give(made, "done", follow_up=first)
    assert (answer.follow_up.occurrence, made.state) == (2, "kept")


def claimed_done(milestone) -> None:
    ActionItem.objects.filter(pk=milestone.action_id).update(
        state="claimed_done", claimed_done_at=NOW, done_criterion="Not seen"
    )


def test_done_is_kept_though_the_action_was_claimed_done_meanwhile(on_milestone):
    claimed_done(on_milestone.milestone)
    answer = give(on_milestone, "done", evidence="A page on the site")
    assert (on_milestone.state, answer.evidence, answer.reached_milestone) == ("kept", "A page on the site", False)
    assert "settled otherwise meanwhile" in answer.milestone_note


def test_an_answer_changes_though_its_milestone_can_no_longer_be_taken_back(on_milestone):
    follow_up = asked(on_milestone)
    give(on_milestone, "done", evidence="A page on the site")
    claimed_done(on_milestone.milestone)
    answer = give(on_milestone, "stuck", follow_up=follow_up)
    on_milestone.milestone.refresh_from_db()
    assert (on_milestone.state, on_milestone.milestone.reached_on) == ("stuck", TODAY)
    assert "stays reached" in answer.milestone_note


def test_a_witness_that_cannot_be_is_said_at_its_field(on_milestone, cast):
    with pytest.raises(Refused) as refused:
        give(on_milestone, "done", seen_by=cast.outsider)
    assert refused.value.field == "seen_by"


def test_unknown_words_are_no_answer(made):
    with pytest.raises(Refused):
        give(made, "finished")


def test_every_answer_reaches_its_asker_and_no_private_one_anybody(cast):
    alone = Commitment.make(cast.rep, cast.rep, "Sleep more", TODAY, private=True, now=NOW)
    give(alone, "stuck", next_what="Go to bed", next_on=FRIDAY)
    assert {mail.recipient for mail in Mail.objects.all()} == {cast.rep}
    assert set(Commitment.objects.values_list("private", "asked_by")) == {(True, None)}


def test_a_changed_answer_is_written_anew_or_sent_as_its_own(made):
    follow_up = asked(made)
    give(made, "partly", new_on=FRIDAY)
    give(made, "done", follow_up=follow_up)
    assert Mail.objects.filter(kind="answers").count() == 1
    Mail.objects.filter(kind="answers").update(state="sent")
    give(made, "dropped", follow_up=follow_up, now=NOW + DAY)
    assert Mail.objects.filter(kind="answers").count() == 2


# --- What the asker sends back --------------------------------------------------------------------


def test_a_reply_says_that_it_was_read_and_reaches_the_answerer_once(made, cast):
    answer = give(made, "done")
    assert list(answers.for_asker(cast.list_owner)) == [answer]
    answer.reply(cast.list_owner, "thanks", now=NOW)
    answer.reply(cast.list_owner, "thanks", now=NOW)
    assert list(answers.for_asker(cast.list_owner)) == []
    assert [mail.recipient for mail in Mail.objects.filter(kind="asker_reply")] == [cast.rep]


def test_read_is_a_mark_without_a_mail(made, cast):
    give(made, "done").reply(cast.list_owner, "read", now=NOW)
    assert not Mail.objects.filter(kind="asker_reply").exists()
    assert list(answers.for_asker(cast.list_owner)) == []


@pytest.mark.parametrize("who", ["rep", "manager", "admin", "outsider"])
def test_only_who_asked_replies(made, cast, who):
    answer = give(made, "done")
    with pytest.raises(Refused):
        answer.reply(getattr(cast, who), "thanks", now=NOW)


def test_a_new_date_of_the_askers_moves_what_is_open(made, cast):
    answer = give(made, "stuck")
    answer.reply(cast.list_owner, "new_date", new_on=MONDAY, now=NOW)
    made.refresh_from_db()
    assert (made.due_on, questions(made)[-1]) == (MONDAY, (2, MONDAY, "planned"))
    assert made.date_changes.get().by == cast.list_owner


def test_a_second_new_date_of_the_askers_counts_too(made, cast):
    answer = give(made, "stuck")
    for day in (MONDAY, MONDAY, FRIDAY):
        answer.reply(cast.list_owner, "new_date", new_on=day, now=NOW)
    made.refresh_from_db()
    assert (made.due_on, answer.replies.get().new_on) == (FRIDAY, FRIDAY)
    assert [change.to_on for change in made.date_changes.all()] == [MONDAY, FRIDAY]
    assert Mail.objects.filter(kind="asker_reply").count() == 1
    Mail.objects.filter(kind="asker_reply").update(state="sent")
    answer.reply(cast.list_owner, "new_date", new_on=MONDAY, now=NOW + DAY)
    assert Mail.objects.filter(kind="asker_reply").count() == 2
    assert not Mail.objects.filter(kind="news").exists()


def test_other_words_with_the_same_reply_go_out_again(made, cast):
    answer = give(made, "stuck")
    answer.reply(cast.list_owner, "help", text="On Monday", now=NOW)
    Mail.objects.filter(kind="asker_reply").update(state="sent")
    answer.reply(cast.list_owner, "help", text="On Tuesday", now=NOW + DAY)
    assert answer.replies.get().text == "On Tuesday"
    assert Mail.objects.filter(kind="asker_reply").count() == 2


def test_a_settled_one_takes_no_new_date(made, cast):
    answer = give(made, "done")
    with pytest.raises(Refused):
        answer.reply(cast.list_owner, "new_date", new_on=MONDAY, now=NOW)
    assert not answer.replies.exists()


def test_the_day_it_was_done_can_be_corrected(made):
    late = NOW + 2 * DAY
    give(made, "done", now=late, outcome="All three pair")
    assert made.kept_late is True
    answer = give(made, "done", now=late, outcome="All three pair", done_on=TODAY)
    assert (made.state, made.kept_on, made.kept_late) == ("kept", TODAY, False)
    assert answer.changed_at == late
    same = give(made, "done", now=late + DAY, outcome="All three pair", done_on=TODAY)
    assert (same, same.changed_at) == (answer, late)


def test_a_next_step_dropped_since_stays_dropped_when_other_words_change(cast, made):
    answer = give(made, "done", next_what="Write it up", next_on=FRIDAY)
    answer.next_commitment.drop(cast.list_owner, "Somebody else does it")
    give(made, "done", outcome="All three pair", next_what="Write it up", next_on=FRIDAY)
    assert promises() == [("Try the gateways", "kept", TODAY), ("Write it up", "dropped", FRIDAY)]
