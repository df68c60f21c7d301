"""No sequence of verbs, by whomever and how often, leaves what is allowed."""

import datetime as dt
import random

import pytest

from actions.models import ActionItem, ActionList, Milestone
from actions.models.action_state import State
from failforward import testing
from failforward.guards import Refused
from failforward.testing import TODAY

pytestmark = pytest.mark.django_db

ARROWS = {
    (State.PROPOSED, State.COMMITTED),
    (State.COMMITTED, State.IN_PROGRESS),
    (State.COMMITTED, State.BLOCKED),
    (State.IN_PROGRESS, State.BLOCKED),
    (State.BLOCKED, State.IN_PROGRESS),
    (State.COMMITTED, State.CLAIMED_DONE),
    (State.IN_PROGRESS, State.CLAIMED_DONE),
    (State.CLAIMED_DONE, State.IN_PROGRESS),
}
RUNNING = {State.COMMITTED, State.IN_PROGRESS, State.BLOCKED, State.CLAIMED_DONE}


def day(number):
    return TODAY + dt.timedelta(days=number)


def some(rows, dice):
    rows = list(rows)
    return dice.choice(rows) if rows else None


def verbs(action, cast, dice):
    """Everything that can be done to an action, each on a thing that is there."""
    by = dice.choice([cast.list_owner, cast.rep, cast.manager])
    yield lambda: action.commit(by)
    yield lambda: action.start(by)
    yield lambda: action.block(by, dice.choice(["", "Lena", "the printer"]))
    yield lambda: action.unblock(by)
    yield from [lambda: action.claim_done(by)] * 4
    yield lambda: action.take_back(by)
    yield lambda: action.change(by, done_criterion=dice.choice(["", "Not seen", "Ten of ten"]))
    yield lambda: action.change(by, responsible=dice.choice([None, cast.rep, cast.outsider, cast.other_rep]))
    yield lambda: action.change(by, no_steps_needed=dice.choice([True, False]))
    yield lambda: action.change(by, what=dice.choice(["", "Another thing"]))
    yield lambda: action.add_step(by, dice.choice(["", "A step"]))
    if action.milestones.count() < 2:
        yield lambda: action.add_milestone(by, "A milestone", day(dice.randint(-3, 20)), today=TODAY)
    step, milestone = some(action.steps.all(), dice), some(action.milestones.all(), dice)
    if step:
        for name in ("tick", "untick", "leave_out", "take_in", "move_up", "move_down"):
            yield lambda name=name: getattr(step, name)(by)
    if milestone:
        yield from [lambda: milestone.reach(by, today=TODAY, evidence=dice.choice(["", "Seen"]))] * 4
        yield lambda: milestone.take_back(by)
        yield lambda: milestone.move(by, day(dice.randint(-3, 20)), dice.choice(["", "Why"]), today=TODAY)
        yield lambda: milestone.call_off(by, dice.choice(["", "Why"]))
        asked = milestone.date_changes.filter(state="asked_for").first()
        if asked:
            yield lambda: asked.agree(cast.list_owner)
            yield lambda: asked.refuse(cast.list_owner)


def check(action, before):
    now = ActionItem.objects.for_list().get(pk=action.pk)
    assert now.state == before or (before, now.state) in ARROWS
    if now.state in RUNNING:
        assert now.missing() == []
    assert (now.state == State.BLOCKED) == bool(now.blocked_by)
    assert (now.state == State.CLAIMED_DONE) == bool(now.claimed_done_at)
    ahead = [milestone for milestone in now.milestones.all() if milestone.is_ahead]
    assert now.next_due_on == min((milestone.due_on for milestone in ahead), default=None)
    if now.state == State.CLAIMED_DONE:
        assert ahead == []
    for milestone in Milestone.objects.filter(action=action).prefetch_related("date_changes"):
        assert len([change for change in milestone.date_changes.all() if change.state == "asked_for"]) <= 1
        assert milestone.is_ahead or milestone.asked_for is None
    places = [step.position for step in now.steps.all()]
    assert len(places) == len(set(places))
    return now.state


def test_no_sequence_of_verbs_leaves_the_allowed_states():
    cast, seen = testing.cast(), set()
    owned = ActionList.open(cast.manager, "Quotes", cast.north, cast.list_owner, people=[cast.rep])
    for seed in range(5):
        dice = random.Random(seed)
        action = ActionItem.propose(cast.list_owner, owned, "What", [testing.finding(cast)])
        if seed:
            action.change(cast.list_owner, no_steps_needed=True, responsible=cast.rep)
            action.add_milestone(cast.list_owner, "A milestone", day(5), today=TODAY)
        state = action.state
        for _ in range(50):
            try:
                dice.choice(list(verbs(action, cast, dice)))()
            except Refused:
                action.refresh_from_db()
            state = check(action, state)
            seen.add(state)
    assert seen == {State.PROPOSED, *RUNNING}
