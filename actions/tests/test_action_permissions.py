import pytest

from actions import permissions
from failforward import testing

pytestmark = pytest.mark.django_db

LEADS = {"admin", "manager", "list_owner"}
TABLE = {
    "can_open_lists": {"admin", "manager", "outsider"},
    "can_edit_list": LEADS,
    "can_edit_action": LEADS,
    "can_work_on": LEADS | {"rep"},
    "can_decide_date": {"admin", "list_owner"},
}


@pytest.fixture
def cast():
    return testing.cast()


@pytest.mark.parametrize("question", TABLE)
def test_who_may(cast, question):
    """Ines is responsible, Jonas owns the list, Mara manages its team; Tom is on the list, Sofia sponsors it."""
    owned = testing.action_list(cast, people=(cast.other_rep,))
    about = {
        "can_open_lists": (),
        "can_edit_list": (owned,),
        "can_edit_action": (testing.action(cast, action_list=owned),),
        "can_work_on": (testing.action(cast, action_list=owned),),
        "can_decide_date": (owned,),
    }[question]
    ask = getattr(permissions, question)
    assert {name for name, user in cast.people.items() if ask(user, *about)} == TABLE[question]


def test_who_has_left_may_nothing_although_their_name_still_stands_there(cast):
    owned = testing.action_list(cast)
    action = testing.action(cast, action_list=owned)
    for user in (cast.list_owner, cast.rep, cast.manager, cast.admin):
        user.is_active = False
        assert not permissions.can_edit_list(user, owned)
        assert not permissions.can_work_on(user, action)
        assert not permissions.can_decide_date(user, owned)


def test_a_manager_above_the_team_has_its_lists_and_one_beside_it_has_not(cast):
    owned = testing.action_list(cast)
    above = testing.person("Una Above", cast.company, "manager")
    assert permissions.can_edit_list(above, owned)
    assert not permissions.can_edit_list(cast.outsider, owned)
