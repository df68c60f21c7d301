"""How items are left: what the room says is kept, and becomes what it means outside of the meeting."""

import datetime as dt
from email import message_from_bytes
from email.policy import default

import pytest

from actions import answers, leaving, meetings
from actions.agenda import agenda_of
from actions.leaving import LeftAlready, Said
from actions.models import ActionItem, Answer, Commitment, FollowUp, Meeting, MeetingPerson, Milestone, SponsorRequest
from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.outbox import run_due
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY
from reviews.models import Finding

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
FRIDAY = TODAY + 2 * DAY


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def weekly(cast):
    return testing.action_list(cast, people=(cast.rep, cast.other_rep), time_zone="Europe/Berlin")


@pytest.fixture
def meeting(cast, weekly):
    """Jonas has the chair and Ines is there; Tom is not."""
    meeting = Meeting.call(cast.list_owner, weekly, now=NOW)
    meeting.begin(cast.list_owner, [cast.rep.pk], now=NOW)
    return meeting


def work(cast, weekly, **fields):
    given = {"state": "in_progress", "done_criterion": "Seen", "action_list": weekly, "no_steps_needed": True}
    made = testing.action(cast, **given | fields)
    Milestone.objects.create(action=made, what="First", due_on=TODAY - DAY, first_due_on=TODAY - DAY)
    made.refresh_next_due()
    return made


def promise(cast, weekly, person=None, **fields):
    person = person or cast.rep
    given = {"action": work(cast, weekly, responsible=person), "action_list": weekly, "due_on": TODAY - DAY}
    given["asked_by"] = cast.list_owner
    made = testing.commitment(cast, person=person, **given | fields)
    Commitment.objects.filter(pk=made.pk).update(created_at=NOW - 7 * DAY)
    return made


KINDS = {Commitment: "commitment", ActionItem: "action", Finding: "finding", SponsorRequest: "sponsor_request"}


def leave(cast, meeting, thing, how, by=None, seen=None, **words):
    key = f"{KINDS[type(thing)]}:{thing.pk}"
    item = leaving.leave(meeting, by or cast.list_owner, key, Said(how, **words), now=NOW, seen=seen)
    thing.refresh_from_db()
    return item


def test_done_is_the_answer_of_who_promised(cast, weekly, meeting):
    made = promise(cast, weekly)
    item = leave(cast, meeting, made, "done", happened="Tried it twice.", learned="Ask first.")
    answer = Answer.objects.get()
    assert (answer.by, answer.via, answer.status) == (cast.rep, "meeting", "done")
    assert (answer.outcome, answer.learned) == ("Tried it twice.", "Ask first.")
    assert made.state == "kept"
    assert (item.left_as, item.left_by, item.left_at, item.happened) == (
        "done",
        cast.list_owner,
        NOW,
        "Tried it twice.",
    )
    assert agenda_of(meeting, NOW).lines == []


def test_a_milestone_counts_with_what_happened_as_its_evidence(cast, weekly, meeting):
    first = work(cast, weekly).milestones.get()
    made = promise(cast, weekly, action=None, milestone=first)
    leave(cast, meeting, made, "done", happened="The rig runs.")
    first.refresh_from_db()
    assert (first.reached_on, first.evidence) == (TODAY, "The rig runs.")


def test_moved_says_to_when_and_why(cast, weekly, meeting):
    made = promise(cast, weekly)
    for missing in ({"because": "Ill"}, {"moved_to": FRIDAY}):
        with pytest.raises(Refused):
            leave(cast, meeting, made, "moved", **missing)
    leave(cast, meeting, made, "moved", because="Ill", moved_to=FRIDAY)
    assert (made.state, made.due_on) == ("moved", FRIDAY)
    assert made.date_changes.get().reason == "Ill"


def test_a_third_date_is_agreed_aloud_by_the_owner(cast, weekly, meeting):
    made = promise(cast, weekly, action=None, milestone=work(cast, weekly).milestones.get())
    for days in (1, 2):
        made.shift(cast.rep, TODAY + days * DAY, "Again", "moved", NOW, False)
    meeting.hand_over(cast.list_owner, cast.rep)
    leave(cast, meeting, made, "moved", by=cast.rep, because="Rain", moved_to=TODAY + 5 * DAY)
    assert (made.due_on, [change.state for change in made.date_changes.all()]) == (TODAY + 5 * DAY, ["agreed"] * 3)


def test_blocked_asks_for_help(cast, weekly, meeting):
    made = promise(cast, weekly)
    with pytest.raises(Refused, match="what or whom"):
        leave(cast, meeting, made, "blocked")
    leave(cast, meeting, made, "blocked", because="the lab", happened="Half of it.")
    assert made.state == "stuck"
    assert Answer.objects.get().outcome == "Half of it.\nWaits for: the lab"


def test_the_next_commitment_of_who_is_there_is_accepted(cast, weekly, meeting):
    made = promise(cast, weekly)
    item = leave(
        cast, meeting, made, "next", next_what="Ask Lena", next_who=cast.rep, next_on=FRIDAY, happened="Two of three."
    )
    new = item.next_commitment
    assert (new.what, new.person, new.due_on, new.state) == ("Ask Lena", cast.rep, FRIDAY, "accepted")
    assert (new.action, new.previous, new.asked_by) == (made.action, made, cast.list_owner)
    assert weekly.name in new.agreed_where
    assert FollowUp.objects.filter(commitment=new, state="planned").count() == 1


def test_the_next_commitment_takes_the_place_of_the_old_one(cast, weekly, meeting):
    made = promise(cast, weekly)
    said = {"next_what": "Ask Lena", "next_who": cast.rep, "next_on": FRIDAY}
    leave(cast, meeting, made, "next", happened="Two of three.", **said)
    assert (made.state, made.due_on, made.date_changes.count()) == ("dropped", TODAY - DAY, 0)
    assert not made.follow_ups.waiting().exists()
    assert (Answer.objects.get().status, Answer.objects.get().outcome) == ("partly", "Two of three.")
    assert Change.objects.filter(subject_id=made.pk, verb="followed").exists()


def test_what_is_parked_after_all_goes_on(cast, weekly, meeting):
    made = promise(cast, weekly)
    said = {"next_what": "Ask Lena", "next_who": cast.rep, "next_on": FRIDAY}
    new = leave(cast, meeting, made, "next", **said).next_commitment
    leaving.take_up(meeting, cast.list_owner, f"commitment:{made.pk}", now=NOW)
    leave(cast, meeting, made, "parked")
    new.refresh_from_db()
    assert (made.state, made.due_on, new.state) == ("accepted", TODAY - DAY, "dropped")
    assert made.follow_ups.waiting().count() == 1


def test_what_is_promised_for_the_absent_leaves_theirs_as_it_is(cast, weekly, meeting):
    made = promise(cast, weekly, cast.other_rep)
    leave(cast, meeting, made, "next", next_what="Ask Lena", next_who=cast.rep, next_on=FRIDAY)
    assert (made.state, made.due_on) == ("accepted", TODAY - DAY)


@pytest.mark.parametrize(
    ("how", "field", "words"),
    [
        ("next", "next_on", {"next_what": "x"}),
        ("moved", "moved_to", {"because": "Ill"}),
    ],
)
@pytest.mark.parametrize("days", [-1, 6 * 366])
def test_a_day_that_is_over_or_far_off_is_refused_at_its_field(cast, weekly, meeting, how, field, words, days):
    made = promise(cast, weekly)
    words |= {"next_who": cast.rep} if how == "next" else {}
    before = testing.every_row()
    with pytest.raises(Refused) as refused:
        leave(cast, meeting, made, how, **words | {field: TODAY + days * DAY})
    assert (refused.value.field, testing.every_row()) == (field, before)


def test_who_is_not_there_is_asked(cast, weekly, meeting):
    item = leave(
        cast,
        meeting,
        promise(cast, weekly),
        "done",
        next_what="Send it",
        next_who=cast.other_rep,
        next_on=FRIDAY,
    )
    assert (item.next_commitment.state, item.next_commitment.asked_by) == ("requested", cast.list_owner)
    assert Mail.objects.filter(kind="request", recipient=cast.other_rep).count() == 1


@pytest.mark.parametrize(
    ("words", "field"),
    [({}, "next_what"), ({"next_what": "x"}, "next_who"), ({"next_what": "x", "next_who": True}, "next_on")],
)
def test_a_next_commitment_says_what_who_and_when(cast, weekly, meeting, words, field):
    words = words | ({"next_who": cast.rep} if "next_who" in words else {})
    with pytest.raises(Refused) as refused:
        leave(cast, meeting, promise(cast, weekly), "next", **words)
    assert refused.value.field == field


def test_nobody_says_for_the_absent_that_it_is_done(cast, weekly, meeting):
    made = promise(cast, weekly, cast.other_rep)
    with pytest.raises(Refused, match="Tom Okafor is not here"):
        leave(cast, meeting, made, "done")
    leave(cast, meeting, made, "parked", because="Tom is ill")
    assert (made.state, Answer.objects.count()) == ("accepted", 0)


def test_a_date_of_the_absent_is_moved_by_whoever_may(cast, weekly, meeting):
    made = promise(cast, weekly, cast.other_rep)
    leave(cast, meeting, made, "moved", because="Tom is ill", moved_to=FRIDAY)
    assert made.due_on == FRIDAY
    again = promise(cast, weekly, cast.other_rep)
    meeting.hand_over(cast.list_owner, cast.rep)
    with pytest.raises(Refused, match="Only Tom Okafor or who asked"):
        leave(cast, meeting, again, "moved", by=cast.rep, because="Tom is ill", moved_to=FRIDAY)


@pytest.mark.parametrize("how", ["blocked", "dropped"])
def test_what_the_absent_promised_neither_waits_nor_is_dropped(cast, weekly, meeting, how):
    made = promise(cast, weekly, cast.other_rep)
    with pytest.raises(Refused, match="Tom Okafor is not here, and only they can say this. Park it"):
        leave(cast, meeting, made, how, because="the lab")
    made.refresh_from_db()
    assert made.state == "accepted"


@pytest.mark.parametrize("whose", ["asked", "left"])
def test_what_the_absent_cannot_be_asked_about_is_dropped_by_whoever_may(cast, weekly, meeting, whose):
    made = promise(cast, weekly, cast.other_rep)
    if whose == "asked":
        Commitment.objects.filter(pk=made.pk).update(state="requested", agreed_on=None)
    else:
        type(cast.other_rep).objects.filter(pk=cast.other_rep.pk).update(is_active=False)
    leave(cast, meeting, made, "dropped", because="No use")
    assert made.state == "dropped"


def test_a_request_is_answered_aloud(cast, weekly, meeting):
    said = {"next": "accepted", "done": "kept", "dropped": "declined"}
    for how, state in said.items():
        made = promise(cast, weekly, state="requested", agreed_on=None)
        more = {"next_what": "Then that", "next_who": cast.rep, "next_on": FRIDAY} if how == "next" else {}
        leave(cast, meeting, made, how, because="No time", **more)
        assert made.state == state


@pytest.mark.parametrize(("how", "words"), [("blocked", {"because": "the lab"}), ("done", {})])
def test_who_was_there_hears_it_by_no_mail(cast, weekly, meeting, how, words):
    leave(cast, meeting, promise(cast, weekly), how, **words)
    assert not Mail.objects.filter(recipient=cast.list_owner).exists()


@pytest.mark.parametrize("count", [1, 2])
def test_who_was_not_there_reads_who_noted_it(cast, weekly, meeting, count):
    for _number in range(count):
        leave(cast, meeting, promise(cast, weekly, asked_by=cast.manager), "done", happened="They pair.")
    run_due(NOW + DAY)
    sent = message_from_bytes(bytes(Mail.objects.get(recipient=cast.manager).body), policy=default)
    for form in ("plain", "html"):
        text = " ".join(sent.get_body((form,)).get_content().split())
        assert text.count("Ines Duarte: Done, noted in the meeting by Jonas Weil") == count and "They pair." in text
        assert not [word for word in ("answered: Done", "Thanks", "something back") if word in text]


def test_what_the_chair_promised_is_answered_by_the_chair(cast, weekly, meeting):
    made = promise(cast, weekly, cast.list_owner, asked_by=cast.manager)
    leave(cast, meeting, made, "done")
    assert Answer.objects.get().noted_by is None


def test_what_came_by_mail_is_agreed_to(cast, weekly, meeting):
    made = promise(cast, weekly, state="kept", kept_on=TODAY - DAY)
    asked = {"due_on": TODAY, "hour": 16, "zone": "UTC", "due_at": NOW, "state": "answered"}
    question = FollowUp.objects.create(commitment=made, **asked)
    Answer.objects.create(follow_up=question, status="done", by=cast.rep, answered_at=NOW - DAY)
    leave(cast, meeting, made, "done", happened="As it says.")
    assert Answer.objects.get().via == "link"
    assert not Change.objects.filter(verb="answer_changed").exists()


def test_an_action_reaches_its_milestone_and_is_claimed_done_after_the_last(cast, weekly, meeting):
    made = work(cast, weekly, state="blocked", blocked_by="the lab")
    with pytest.raises(Refused, match="what shows that it is reached"):
        leave(cast, meeting, made, "done")
    leave(cast, meeting, made, "done", happened="Signed by the buyer.")
    assert made.state == "claimed_done"
    assert made.milestones.get().evidence == "Signed by the buyer."


def test_an_action_waits_or_its_milestone_moves(cast, weekly, meeting):
    one, two = work(cast, weekly), work(cast, weekly)
    leave(cast, meeting, one, "blocked", because="the lab")
    leave(cast, meeting, two, "moved", because="Too early", moved_to=FRIDAY)
    assert (one.state, one.blocked_by, two.next_due_on) == ("blocked", "the lab", FRIDAY)


def test_a_proposal_is_not_done(cast, weekly, meeting):
    with pytest.raises(Refused, match="still a proposal"):
        leave(cast, meeting, work(cast, weekly, state="proposed"), "done", happened="x")


def test_a_finding_gets_a_next_commitment_or_waits(cast, weekly, meeting):
    one, two = testing.finding(cast), testing.finding(cast)
    type(one).objects.update(opened_at=NOW - DAY)
    with pytest.raises(Refused, match="one of the ways"):
        leave(cast, meeting, one, "done")
    said = {"next_what": "Propose an action", "next_who": cast.rep, "next_on": FRIDAY}
    item = leave(cast, meeting, one, "next", **said)
    assert (item.next_commitment.meeting, item.next_commitment.action_list) == (meeting, weekly)
    leave(cast, meeting, two, "parked")


def test_an_action_is_dropped_with_a_second_person_who_is_there(cast, weekly, meeting):
    made = work(cast, weekly)
    with pytest.raises(Refused, match="who of those here"):
        leave(cast, meeting, made, "dropped", because="The product is gone")
    leave(cast, meeting, made, "dropped", because="The product is gone", seen_by=cast.rep)
    drop = made.drops.get()
    assert (made.state, drop.reason, drop.by, drop.decided_by) == (
        "dropped",
        "The product is gone",
        cast.list_owner,
        cast.rep,
    )


def test_who_is_not_there_does_not_agree_to_a_drop(cast, weekly, meeting):
    made = work(cast, weekly)
    with pytest.raises(Refused, match="Tom Okafor is not here") as refused:
        leave(cast, meeting, made, "dropped", because="No use", seen_by=cast.other_rep)
    made.refresh_from_db()
    assert (refused.value.field, made.state, made.drops.count()) == ("seen_by", "in_progress", 0)
    MeetingPerson.say(meeting, cast.list_owner, cast.other_rep, comes=True, now=NOW)
    leave(cast, meeting, made, "dropped", because="No use", seen_by=cast.other_rep)
    assert made.drops.get().decided_by == cast.other_rep


def test_of_several_who_are_there_somebody_says_who_agrees(cast, weekly, meeting):
    made = work(cast, weekly)
    MeetingPerson.say(meeting, cast.list_owner, cast.other_rep, comes=True, now=NOW)
    with pytest.raises(Refused, match="who of those here") as refused:
        leave(cast, meeting, made, "dropped", because="No use")
    made.refresh_from_db()
    assert (refused.value.field, made.state) == ("seen_by", "in_progress")


def test_what_the_sponsor_is_asked_is_answered_by_the_sponsor_alone(cast, weekly, meeting):
    asked = {"action_list": weekly, "sponsor": cast.sponsor, "asked_by": cast.list_owner, "asked_on": TODAY}
    made = SponsorRequest.objects.create(what="A rig", needed_by=FRIDAY, asked_at=NOW, **asked)
    with pytest.raises(Refused, match="Sofia Berg is not here"):
        leave(cast, meeting, made, "done", happened="Yes")
    MeetingPerson.say(meeting, cast.list_owner, cast.sponsor, comes=True, now=NOW)
    leave(cast, meeting, made, "done", happened="Yes, from March.")
    assert (made.state, made.answer) == ("words", "Yes, from March.")


def test_the_same_twice_is_once_and_other_words_come_back(cast, weekly, meeting):
    made = promise(cast, weekly)
    said = {"happened": "Two of three.", "next_what": "Ask Lena", "next_who": cast.rep, "next_on": FRIDAY}
    item = leave(cast, meeting, made, "next", **said)
    before = testing.every_row()
    assert leave(cast, meeting, made, "next", by=cast.manager, **said) == item
    assert testing.every_row() == before
    with pytest.raises(LeftAlready) as refused:
        leave(cast, meeting, made, "done", by=cast.manager, happened="All of it.")
    assert refused.value.current == item
    assert testing.every_row() == before


def test_what_was_left_too_early_is_taken_up_and_left_anew(cast, weekly, meeting):
    made = promise(cast, weekly)
    said = {"next_what": "Ask Lena", "next_who": cast.rep, "next_on": FRIDAY}
    first = leave(cast, meeting, made, "next", happened="Two of three.", **said).next_commitment
    key = f"commitment:{made.pk}"
    assert leaving.take_up(meeting, cast.list_owner, key, now=NOW)
    assert not leaving.take_up(meeting, cast.list_owner, key, now=NOW)
    assert agenda_of(meeting, NOW).current.key == key
    leave(cast, meeting, made, "done", happened="All three.")
    first.refresh_from_db()
    assert (made.state, first.state, Answer.objects.get().status) == ("kept", "dropped", "done")
    assert meeting.items.get().happened == "All three."


def test_what_was_settled_meanwhile_is_said(cast, weekly, meeting):
    made = promise(cast, weekly)
    made.drop(cast.rep, "No use")
    with pytest.raises(Refused, match="not on the agenda any more"):
        leave(cast, meeting, made, "done")


def test_closing_freezes_the_agenda_and_counts_what_was_achieved(cast, weekly, meeting):
    done, away, quiet = promise(cast, weekly), promise(cast, weekly, cast.other_rep), work(cast, weekly)
    quiet.milestones.update(due_on=TODAY + 30 * DAY)
    quiet.refresh_next_due()
    reached = promise(cast, weekly, action=None, milestone=work(cast, weekly).milestones.get())
    leave(cast, meeting, done, "done")
    leave(cast, meeting, reached, "done", happened="Seen by all")
    assert meetings.close(meeting, cast.list_owner, now=NOW)
    assert not meetings.close(meeting, cast.list_owner, now=NOW)
    assert meetings.in_words(meeting) == [
        (1, "milestone reached with evidence"),
        (2, "promises kept"),
        (0, "problems proved gone"),
    ]
    rows = [(item.key, item.left_as) for item in meeting.items.order_by("position")]
    assert rows[:2] == [(f"commitment:{done.pk}", "done"), (f"commitment:{reached.pk}", "done")]
    assert (f"commitment:{away.pk}", "") in rows
    assert FollowUp.objects.filter(commitment=away, state="planned").count() == 1
    done.what = "Other words"
    done.save()
    assert meeting.items.get(commitment=done).title != "Other words"


def test_a_closed_meeting_stays_as_it_was(cast, weekly, meeting):
    made = promise(cast, weekly)
    meetings.close(meeting, cast.list_owner, now=NOW)
    with pytest.raises(Refused, match="is over"):
        leave(cast, meeting, made, "done")


def test_who_leaves_another_item_takes_nobody_from_the_one_they_look_at(cast, weekly, meeting):
    shown, other = promise(cast, weekly), promise(cast, weekly)
    meeting.name_note_keeper(cast.list_owner, cast.rep)
    meeting.look_at(cast.list_owner, f"commitment:{shown.pk}")
    leave(cast, meeting, other, "done", by=cast.rep)
    assert Meeting.objects.get().current == f"commitment:{shown.pk}"
    leave(cast, meeting, shown, "done", by=cast.rep)
    assert Meeting.objects.get().current == ""


def test_whom_and_what_an_action_waits_for_besides_stays(cast, weekly, meeting):
    made, other = work(cast, weekly), work(cast, weekly)
    made.block(cast.list_owner, "", person=cast.rep, action=other)
    leave(cast, meeting, made, "blocked", because="the lab")
    assert (made.blocked_by, made.blocked_by_person, made.blocked_by_action) == ("the lab", cast.rep, other)


@pytest.mark.parametrize("state", ["claimed_done", "under_check", "effective"])
def test_what_is_done_already_can_be_left_as_done(cast, weekly, meeting, state):
    made = work(cast, weekly)
    item = leave(cast, meeting, made, "parked")
    ActionItem.objects.update(state=state, claimed_done_at=NOW)
    assert leave(cast, meeting, made, "done", seen=item.version).left_as == "done"
    assert made.state == state


@pytest.mark.parametrize("state", ["dropped", "ineffective", "inconclusive"])
def test_what_was_dropped_or_did_not_help_is_not_left_as_done(cast, weekly, meeting, state):
    made = work(cast, weekly)
    item = leave(cast, meeting, made, "parked")
    ActionItem.objects.update(state=state, claimed_done_at=NOW, dropped_because="No use" if state == "dropped" else "")
    with pytest.raises(Refused, match="is over") as refused:
        leave(cast, meeting, made, "done", seen=item.version)
    assert (refused.value.field, meeting.items.get().left_as) == ("how", "parked")


@pytest.mark.parametrize("of_whom", ["action", "absent"])
def test_a_date_moved_twice_in_one_meeting_moved_once(cast, weekly, meeting, of_whom):
    made = work(cast, weekly) if of_whom == "action" else promise(cast, weekly, cast.other_rep)
    leave(cast, meeting, made, "moved", because="Rain", moved_to=FRIDAY)
    leaving.take_up(meeting, cast.list_owner, f"{KINDS[type(made)]}:{made.pk}", now=NOW)
    leave(cast, meeting, made, "moved", because="Snow", moved_to=FRIDAY + DAY)
    thing = made.milestones.get() if of_whom == "action" else made
    moves = [(move.from_on, move.to_on, move.reason, move.state) for move in thing.date_changes.all()]
    assert moves == [
        (TODAY - DAY, FRIDAY, "Rain", "withdrawn"),
        (TODAY - DAY, FRIDAY + DAY, "Snow", "agreed"),
    ]
    assert (thing.due_on, thing.first_due_on) == (FRIDAY + DAY, TODAY - DAY)


def test_a_move_of_before_the_meeting_still_counts(cast, weekly, meeting):
    made = work(cast, weekly)
    milestone = made.milestones.get()
    milestone.move(cast.list_owner, FRIDAY, "Rain", today=TODAY)
    leave(cast, meeting, made, "moved", because="Rain", moved_to=FRIDAY + DAY)
    assert [move.state for move in milestone.date_changes.all()] == ["agreed", "agreed"]


def test_what_nobody_came_to_is_asked_on_the_day_of_whoever_promised(cast, weekly):
    """At nine on Wednesday in Auckland it is still Tuesday in Greenwich."""
    now = dt.datetime(2026, 11, 24, 20, 0, tzinfo=dt.UTC)
    type(cast.other_rep).objects.filter(pk=cast.other_rep.pk).update(time_zone="Pacific/Auckland")
    made = promise(cast, weekly, type(cast.other_rep).objects.get(pk=cast.other_rep.pk), due_on=TODAY - 9 * DAY)
    meeting = Meeting.call(cast.list_owner, weekly, now=now)
    meeting.begin(cast.list_owner, [], now=now)
    meetings.close(meeting, cast.list_owner, now=now)
    assert FollowUp.objects.get(commitment=made).due_on == dt.date(2026, 11, 25)


def test_what_is_left_again_comes_after_the_others_and_before_what_nobody_came_to(cast, weekly, meeting):
    one, two, three, four = (promise(cast, weekly) for _number in range(4))
    for made in (one, two, three):
        leave(cast, meeting, made, "parked")
    leaving.take_up(meeting, cast.list_owner, f"commitment:{two.pk}", now=NOW)
    leave(cast, meeting, two, "done")
    meetings.close(meeting, cast.list_owner, now=NOW)
    rows = list(meeting.items.order_by("position", "pk"))
    assert [item.commitment for item in rows][:4] == [one, three, two, four]
    assert len({item.position for item in rows}) == len(rows)


@pytest.mark.parametrize("state", ["claimed_done", "under_check"])
def test_what_is_said_to_be_done_is_not_done_again(cast, weekly, meeting, state):
    made = work(cast, weekly, state=state, claimed_done_at=NOW - DAY)
    assert leaving.ways_of("action", state) == ["next", "parked"]
    if state == "claimed_done":
        for how in ("done", "moved", "blocked", "dropped"):
            with pytest.raises(Refused, match="one of the ways"):
                leave(cast, meeting, made, how, because="x", happened="x", moved_to=FRIDAY)
        assert leave(cast, meeting, made, "parked").left_as == "parked"
    assert made.state == state


def test_what_the_asker_heard_in_the_room_does_not_stand_on_their_desk(cast, weekly, meeting):
    """Mara asked and is not there; Jonas asked and is."""
    heard, missed = promise(cast, weekly), promise(cast, weekly, asked_by=cast.manager)
    for made in (heard, missed):
        leave(cast, meeting, made, "done", happened="It works.")
    assert list(answers.for_asker(cast.list_owner)) == []
    assert [one.follow_up.commitment_id for one in answers.for_asker(cast.manager)] == [missed.pk]
    question = heard.follow_ups.get(state="answered")
    answers.give(question, cast.rep, "done", now=NOW + DAY, outcome="No, it does not.")
    assert [one.outcome for one in answers.for_asker(cast.list_owner)] == ["No, it does not."]


def test_left_anew_it_is_one_answer_also_where_it_was_changed_by_link_meanwhile(cast, weekly, meeting):
    made = promise(cast, weekly)
    leave(cast, meeting, made, "done", happened="It works.")
    question = made.follow_ups.get(state="answered")
    answers.give(question, cast.rep, "partly", now=NOW, outcome="Half of it.", new_on=FRIDAY)
    leaving.take_up(meeting, cast.list_owner, f"commitment:{made.pk}", now=NOW)
    leave(cast, meeting, made, "done", happened="It works, all of it.")
    assert (Answer.objects.get().status, Answer.objects.get().outcome) == ("done", "It works, all of it.")
    assert (made.state, made.follow_ups.filter(state="answered").count()) == ("kept", 1)


def test_what_was_answered_by_link_before_the_room_came_to_it_keeps_its_words(cast, weekly, meeting):
    made = promise(cast, weekly)
    question = FollowUp.plan(made, TODAY, NOW)
    answers.give(question, cast.rep, "partly", now=NOW, outcome="Half of it.", new_on=FRIDAY)
    leave(cast, meeting, made, "done", happened="All of it.")
    assert list(Answer.objects.order_by("pk").values_list("outcome", flat=True)) == ["Half of it.", "All of it."]


@pytest.mark.parametrize("first_time", ["", "parked"])
def test_who_was_there_only_the_time_before_has_not_heard_it(cast, weekly, meeting, first_time):
    made = promise(cast, weekly)
    if first_time:
        leave(cast, meeting, made, first_time)
    meetings.close(meeting, cast.list_owner, now=NOW)
    assert meeting.items.filter(commitment=made, left_as=first_time).exists()
    later = NOW + 7 * DAY
    again = Meeting.call(cast.list_owner, weekly, now=later)
    again.begin(cast.list_owner, [cast.list_owner.pk, cast.rep.pk], now=later)
    again.persons.filter(user=cast.list_owner).update(attendance="absent")
    leaving.leave(again, cast.list_owner, f"commitment:{made.pk}", Said("done", happened="It works."), now=later)
    assert [one.outcome for one in answers.for_asker(cast.list_owner)] == ["It works."]
    again.persons.filter(user=cast.list_owner).update(attendance="present")
    assert list(answers.for_asker(cast.list_owner)) == []


@pytest.mark.parametrize(
    ("make", "how", "says"),
    [
        (lambda cast, weekly: work(cast, weekly), "done", "stays reached"),
        (lambda cast, weekly: work(cast, weekly), "dropped", "stays dropped"),
        (lambda cast, weekly: promise(cast, weekly), "done", ""),
    ],
)
def test_taken_up_again_it_says_what_stays(cast, weekly, meeting, make, how, says):
    made = make(cast, weekly)
    key = f"{KINDS[type(made)]}:{made.pk}"
    assert leaving.stays_of(meeting, key) == ""
    leave(
        cast,
        meeting,
        made,
        how,
        happened="It works.",
        because="Not worth it.",
        seen_by=cast.rep if how == "dropped" else None,
    )
    stays = leaving.stays_of(meeting, key)
    assert says in stays and bool(says) == bool(stays)
