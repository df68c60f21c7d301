"""Who helps besides the responsible person, and how much work it is."""

import pytest

from actions.models import ActionHelper, ActionItem, ActionList
from failforward import testing
from failforward.guards import Refused
from failforward.outbox.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def action(cast):
    return testing.action(cast, action_list=testing.action_list(cast, people=(cast.rep,)))


def seen_by(user):
    return list(ActionItem.objects.visible_to(user))


def test_who_helps_sees_the_action_and_is_told(cast, action):
    other = testing.action(cast, action_list=action.action_list)
    assert seen_by(cast.support) == []
    for _ in range(2):
        action.add_helper(cast.list_owner, cast.support)
    assert seen_by(cast.support) == [action]
    assert other not in seen_by(cast.support)
    assert list(Mail.objects.values_list("kind", "recipient__name")) == [("news", "Priya Nair")]
    action.remove_helper(cast.list_owner, cast.support)
    assert seen_by(cast.support) == []


@pytest.mark.parametrize("who", ["rep", "outsider", "partner", "sponsor"])
def test_the_responsible_and_people_outside_the_list_and_its_team_do_not_help(cast, action, who):
    with pytest.raises(Refused) as refused:
        action.add_helper(cast.list_owner, getattr(cast, who))
    assert refused.value.field == "person"
    assert ActionHelper.objects.count() == 0


def test_who_is_taken_off_the_list_helps_with_nothing_on_it(cast, action):
    action.action_list.add_person(cast.list_owner, cast.outsider)
    action.add_helper(cast.list_owner, cast.outsider)
    action.add_helper(cast.list_owner, cast.support)
    elsewhere = testing.action(cast, action_list=testing.action_list(cast, people=(cast.outsider,)))
    elsewhere.add_helper(cast.list_owner, cast.outsider)
    ActionList.objects.get(pk=action.action_list_id).remove_person(cast.list_owner, cast.outsider)
    assert seen_by(cast.outsider) == [elsewhere]
    assert [one.user for one in action.helpers.all()] == [cast.support]


def test_effort_is_said_in_hours_or_by_size(cast, action):
    action.size_up(cast.list_owner, hours=12)
    assert action.effort == 12
    action.size_up(cast.list_owner, size="L")
    assert (action.effort, action.effort_hours) == (40, None)
    action.size_up(cast.list_owner)
    assert action.effort is None


@pytest.mark.parametrize("said", [{"hours": 3, "size": "S"}, {"hours": 0}, {"hours": 20_001}, {"size": "Z"}])
def test_effort_that_says_nothing_is_refused(cast, action, said):
    with pytest.raises(Refused):
        action.size_up(cast.list_owner, **said)
    assert ActionItem.objects.get().effort is None
