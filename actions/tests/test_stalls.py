"""Stalled actions: asked of the database, and the same by the rule."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import stalls
from actions.models import ActionItem, Answer, FollowUp, Milestone, Step, Update
from actions.progress import BUSY, QUIET
from failforward import testing

TODAY = testing.TODAY
STATES = ["proposed", "committed", "in_progress", "blocked", "claimed_done"]


@pytest.fixture
def cast(db):
    return testing.cast()


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def at(days: int, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime.combine(ago(days), time(hour)))


def running(cast, days: int = 60, state: str = "in_progress", **fields) -> ActionItem:
    blocked = {"blocked_by": "a signature"} if state == "blocked" else {}
    done = {"claimed_done_at": at(days)} if state == "claimed_done" else {}
    more = {"committed_at": at(days), "done_criterion": "Not seen"} | blocked | done | fields
    return testing.action(cast, state=state, **more)


def told(action, days: int, **carried) -> Update:
    said = {"text": "Something"} | carried
    return Update.objects.create(action=action, by=action.responsible, on=ago(days), at=at(days), **said)


def answered(cast, days: int, **parent):
    made = testing.commitment(cast, state="kept", kept_on=ago(days), due_on=ago(days), **parent)
    asked = FollowUp.objects.create(
        commitment=made, due_on=ago(days), hour=16, zone="Europe/Berlin", due_at=at(days), state="answered"
    )
    Answer.objects.create(follow_up=asked, status="done", learned="A lot", by=made.person, answered_at=at(days))


def kind_of(action) -> str:
    found = stalls.stalls_of([action], TODAY)
    assert ActionItem.objects.stalled(TODAY).filter(pk=action.pk).exists() == bool(found)
    return found[action.pk].kind if found else ""


def test_answering_a_follow_up_is_no_progress_by_itself(cast):
    action = running(cast)
    assert kind_of(action) == QUIET

    answered(cast, 2, action=action, action_list=action.action_list)

    assert kind_of(action) == BUSY


def test_a_milestone_reached_with_evidence_is_progress(cast):
    action = running(cast)
    Milestone.objects.create(
        action=action, what="Ten quotes", due_on=TODAY, first_due_on=TODAY, reached_on=ago(3), evidence="The ten"
    )

    assert kind_of(action) == ""


def test_a_promise_ahead_holds_the_stall_off_while_none_is_past(cast):
    action = running(cast)
    step = Step.objects.create(action=action, position=1, what="Ask around")
    ahead = testing.commitment(cast, step=step, action_list=action.action_list, due_on=TODAY)
    assert kind_of(action) == ""

    testing.commitment(cast, action=action, action_list=action.action_list, due_on=ago(1))
    assert kind_of(action) == QUIET

    ahead.delete()
    assert kind_of(action) == QUIET


def test_what_was_only_asked_for_holds_nothing_off(cast):
    action = running(cast)
    testing.commitment(
        cast, action=action, action_list=action.action_list, due_on=TODAY, state="requested", agreed_on=None
    )

    assert kind_of(action) == QUIET


def test_the_stalls_of_a_hundred_take_as_many_queries_as_those_of_one(cast, django_assert_num_queries):
    rows = [running(cast) for _number in range(4)]
    with django_assert_num_queries(1):
        stalls.stalls_of(rows[:1], TODAY)
    with django_assert_num_queries(1):
        stalls.stalls_of(rows, TODAY)


CARRIED = [
    {},
    {"measure": "errors", "measure_from": 5, "measure_to": 3, "better": "down"},
    {"measure": "errors", "measure_from": 3, "measure_to": 5, "better": "down"},
    {"question": "Who signs?"},
    {"question": "Who signs?", "learned": "Their finance lead does."},
]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_database_and_the_rule_say_the_same(cast, data):
    days = st.integers(0, 20)
    action = running(cast, data.draw(days), data.draw(st.sampled_from(STATES)))
    step = Step.objects.create(action=action, position=1, what="Ask around")
    milestone = Milestone.objects.create(action=action, what="Ten", due_on=TODAY, first_due_on=TODAY)
    parents = [{"action": action}, {"step": step}, {"milestone": milestone}]
    for _number in range(data.draw(st.integers(0, 2))):
        told(action, data.draw(days), **data.draw(st.sampled_from(CARRIED)))
    if data.draw(st.booleans()):
        step.done_at = at(data.draw(days), data.draw(st.sampled_from([0, 23])))
        step.save()
    if data.draw(st.booleans()):
        milestone.reached_on, milestone.evidence = ago(data.draw(days)), "Seen"
        milestone.save()
    if data.draw(st.booleans()):
        answered(cast, data.draw(days), action_list=action.action_list, **data.draw(st.sampled_from(parents)))
    for _number in range(data.draw(st.integers(0, 2))):
        due_on = TODAY + timedelta(data.draw(st.integers(-2, 2)))
        parent = data.draw(st.sampled_from(parents))
        testing.commitment(cast, due_on=due_on, action_list=action.action_list, **parent)

    kind_of(action)
