import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from actions.models import ActionItem, DateChange
from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import TODAY

pytestmark = pytest.mark.django_db


def day(days):
    return TODAY + dt.timedelta(days=days)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def action(cast):
    return testing.action(cast, state="committed", done_criterion="Not seen", no_steps_needed=True)


@pytest.fixture
def milestone(cast, action):
    return action.add_milestone(cast.rep, "The sheet is in use", day(7), today=TODAY)


def verbs(action):
    return [change.verb for change in Change.objects.about(action).order_by("pk")]


def next_due(action):
    return ActionItem.objects.get(pk=action.pk).next_due_on


def test_the_action_knows_its_next_deadline(cast, action, milestone):
    sooner = action.add_milestone(cast.rep, "Sooner", day(2), today=TODAY)
    assert next_due(action) == day(2)
    sooner.reach(cast.rep, today=TODAY, evidence="Done")
    assert next_due(action) == day(7)
    sooner.take_back(cast.rep)
    assert next_due(action) == day(2)
    sooner.move(cast.rep, day(9), "Waiting for somebody", today=TODAY)
    assert next_due(action) == day(7)
    milestone.call_off(cast.rep, "Not needed")
    sooner.reach(cast.rep, today=TODAY, evidence="Done")
    assert next_due(action) is None


@pytest.mark.parametrize(
    ("due_on", "says"),
    [
        (day(-1), "Tue 24 Nov 2026 is past"),
        (dt.date(202, 11, 25), "is past"),
        (dt.date(2032, 1, 1), "2032 is far ahead"),
        (dt.date(9999, 12, 31), "9999 is far ahead"),
    ],
)
def test_a_deadline_lies_ahead_and_not_too_far(cast, action, milestone, due_on, says):
    for try_it in (
        lambda: action.add_milestone(cast.rep, "What", due_on, today=TODAY),
        lambda: milestone.move(cast.rep, due_on, "Why", today=TODAY),
    ):
        with pytest.raises(Refused, match=says) as refused:
            try_it()
        assert refused.value.field == "due_on"
    assert list(action.milestones.values_list("due_on", flat=True)) == [day(7)]


def test_a_milestone_is_reached_with_evidence_a_link_or_a_witness(cast, action):
    for number, shown in enumerate(
        [{"evidence": "Ten of ten"}, {"evidence_url": "https://wiki.example/sheet"}, {"seen_by": cast.manager}]
    ):
        milestone = action.add_milestone(cast.rep, f"Number {number}", day(1), today=TODAY)
        for _ in range(2):
            milestone.reach(cast.rep, today=TODAY, **shown)
        milestone.refresh_from_db()
        assert (milestone.reached_on, {name: getattr(milestone, name) for name in shown}) == (TODAY, shown)
    assert verbs(action).count("milestone_reached") == 3


@pytest.mark.parametrize(
    ("shown", "field", "says"),
    [
        ({}, "evidence", "Say what shows that it is reached"),
        ({"evidence": "  "}, "evidence", "Say what shows that it is reached"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url", "A link begins with https"),
        ({"seen_by": "rep"}, "seen_by", "Name somebody else who saw it"),
        ({"seen_by": "outsider"}, "seen_by", "neither on the list nor in its team"),
    ],
)
def test_a_milestone_is_not_reached_on_somebodys_own_word(cast, milestone, shown, field, says):
    shown = {name: getattr(cast, value) if name == "seen_by" else value for name, value in shown.items()}
    with pytest.raises(Refused, match=says) as refused:
        milestone.reach(cast.rep, today=TODAY, **shown)
    assert refused.value.field == field
    milestone.refresh_from_db()
    assert milestone.reached_on is None


def test_the_database_too_asks_for_evidence(milestone):
    with pytest.raises(IntegrityError), transaction.atomic():
        type(milestone).objects.filter(pk=milestone.pk).update(reached_on=TODAY)


def test_taking_a_reached_milestone_back_keeps_what_was_said(cast, action, milestone):
    milestone.reach(cast.rep, today=TODAY, evidence="Ten of ten")
    for _ in range(2):
        milestone.take_back(cast.rep)
    assert (milestone.reached_on, milestone.evidence) == (None, "Ten of ten")
    milestone.reach(cast.rep, today=day(1))
    assert milestone.reached_on == day(1)
    assert verbs(action)[1:] == ["milestone_reached", "milestone_taken_back", "milestone_reached"]


def test_a_date_moves_only_with_a_reason_and_keeps_the_first_one(cast, action, milestone):
    with pytest.raises(Refused, match="only with a reason") as refused:
        milestone.move(cast.rep, day(9), "  ", today=TODAY)
    assert refused.value.field == "reason"
    assert milestone.move(cast.rep, day(7), "Same day", today=TODAY) is None
    for _ in range(2):
        milestone.move(cast.rep, day(14), "Waiting for somebody", today=TODAY)
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.first_due_on, milestone.moved_times) == (day(14), day(7), 1)
    assert verbs(action) == ["milestone_added", "milestone_moved"]


def test_the_third_move_waits_for_the_list_owner(cast, action, milestone):
    milestone.move(cast.rep, day(8), "One", today=TODAY)
    milestone.move(cast.manager, day(9), "Two", today=TODAY)
    asked = milestone.move(cast.rep, day(20), "Three", today=TODAY)
    assert milestone.move(cast.rep, day(20), "Three", today=TODAY) == asked
    milestone.refresh_from_db()
    assert (asked.state, milestone.due_on, milestone.asked_for) == ("asked_for", day(9), asked)
    for _ in range(2):
        asked.agree(cast.list_owner)
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.first_due_on, next_due(action)) == (day(20), day(7), day(20))
    assert (asked.decided_by, milestone.moved_times) == (cast.list_owner, 3)
    asked.refuse(cast.list_owner)
    assert asked.state == "agreed"
    assert verbs(action)[1:] == ["milestone_moved", "milestone_moved", "date_asked_for", "date_agreed"]


def test_a_refused_date_leaves_the_promised_one(cast, action, milestone):
    for number in (8, 9):
        milestone.move(cast.rep, day(number), "Why", today=TODAY)
    asked = milestone.move(cast.rep, day(20), "Three", today=TODAY)
    asked.refuse(cast.list_owner)
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.moved_times, milestone.asked_for) == (day(9), 2, None)
    again = milestone.move(cast.rep, day(10), "Four", today=TODAY)
    assert again.state == "asked_for"


def test_a_newer_wish_takes_the_place_of_the_older_one(cast, milestone):
    for number in (8, 9):
        milestone.move(cast.rep, day(number), "Why", today=TODAY)
    milestone.move(cast.rep, day(20), "Three", today=TODAY)
    milestone.move(cast.rep, day(12), "Rather this", today=TODAY)
    assert list(DateChange.objects.values_list("to_on", "state")) == [
        (day(8), "agreed"),
        (day(9), "agreed"),
        (day(20), "withdrawn"),
        (day(12), "asked_for"),
    ]


def test_the_list_owner_moves_a_third_time_without_asking(cast, milestone):
    for number in (8, 9, 10):
        milestone.move(cast.list_owner, day(number), "Why", today=TODAY)
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.moved_times) == (day(10), 3)


def test_while_proposed_a_date_is_a_promise_to_nobody(cast):
    proposed = testing.action(cast)
    milestone = proposed.add_milestone(cast.rep, "First", day(3), today=TODAY)
    milestone.edit(cast.rep, "First of all", day(5), today=TODAY)
    assert (milestone.due_on, milestone.first_due_on, next_due(proposed)) == (day(5), day(5), day(5))


def test_a_promised_date_is_not_edited_away(cast, milestone):
    with pytest.raises(Refused, match="This date was promised. Move it") as refused:
        milestone.edit(cast.rep, "Other words", day(9), today=TODAY)
    assert refused.value.field == "due_on"
    milestone.edit(cast.rep, "Other words", day(7), today=TODAY)
    milestone.refresh_from_db()
    assert (milestone.what, milestone.due_on) == ("Other words", day(7))


def test_a_milestone_that_is_over_does_not_move(cast, action, milestone):
    second = action.add_milestone(cast.rep, "Second", day(1), today=TODAY)
    milestone.reach(cast.rep, today=TODAY, evidence="Seen")
    second.call_off(cast.rep, "Not needed")
    for over, says in ((milestone, "reached already"), (second, "called off")):
        with pytest.raises(Refused, match=says):
            over.move(cast.rep, day(30), "Why", today=TODAY)
    with pytest.raises(Refused, match="reached already"):
        milestone.call_off(cast.rep, "Why")
    with pytest.raises(Refused, match="called off"):
        second.reach(cast.rep, today=TODAY, evidence="Yes")


def test_calling_off_needs_a_reason_and_happens_once(cast, action, milestone):
    action.add_milestone(cast.rep, "Second", day(1), today=TODAY)
    with pytest.raises(Refused, match="Say why it is not needed"):
        milestone.call_off(cast.rep, " ")
    for _ in range(2):
        milestone.call_off(cast.rep, "The buyer left")
    assert [one.what for one in action.milestones_wanted] == ["Second"]
    assert verbs(action).count("milestone_called_off") == 1
