import pytest

from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def action(cast):
    return testing.action(cast, no_steps_needed=True)


@pytest.fixture
def steps(cast, action):
    return [action.add_step(cast.rep, what) for what in ("one", "two", "three")]


def order(action):
    return [step.what for step in action.steps.all()]


def verbs(action):
    return [change.verb for change in Change.objects.about(action).order_by("pk")]


def test_steps_keep_their_order_and_end_the_answer_that_none_is_needed(cast, action, steps):
    assert order(action) == ["one", "two", "three"]
    action.refresh_from_db()
    assert action.no_steps_needed is False


def test_a_step_moves_past_its_neighbour_and_stops_at_the_ends(cast, action, steps):
    one, two, three = steps
    one.move_down(cast.rep)
    assert order(action) == ["two", "one", "three"]
    three.move_up(cast.rep)
    assert order(action) == ["two", "three", "one"]
    two.move_up(cast.rep)
    one.move_down(cast.rep)
    assert order(action) == ["two", "three", "one"]
    assert verbs(action).count("steps_reordered") == 2


def test_a_step_jumps_over_one_that_was_left_out(cast, action, steps):
    one, two, three = steps
    two.leave_out(cast.rep)
    three.move_up(cast.rep)
    assert [step.what for step in action.steps.all() if not step.left_out_at] == ["three", "one"]


def test_ticking_and_unticking_twice_does_it_once(cast, action, steps):
    for _ in range(2):
        steps[0].tick(cast.rep)
    first = steps[0].done_at
    assert first is not None
    for _ in range(2):
        steps[0].untick(cast.rep)
    assert steps[0].done_at is None
    assert verbs(action)[3:] == ["step_done", "step_not_done"]


def test_what_is_left_out_stays_and_can_be_taken_in_again(cast, action, steps):
    for _ in range(2):
        steps[0].leave_out(cast.rep)
    with pytest.raises(Refused, match="left out"):
        steps[0].tick(cast.rep)
    assert [step.what for step in action.steps_wanted] == ["two", "three"]
    for _ in range(2):
        steps[0].take_in(cast.rep)
    assert order(action) == ["one", "two", "three"]
    assert verbs(action)[3:] == ["step_left_out", "step_taken_in"]


def test_a_step_has_words_and_their_older_version_does_not_overwrite(cast, action, steps):
    for what in ("", "  "):
        with pytest.raises(Refused, match="Say what this step is"):
            action.add_step(cast.rep, what)
        with pytest.raises(Refused, match="Say what this step is"):
            steps[0].edit(cast.rep, what)
    steps[0].edit(cast.rep, "first", seen=1)
    with pytest.raises(Conflict):
        steps[0].edit(cast.manager, "uno", seen=1)
    assert order(action) == ["first", "two", "three"]
