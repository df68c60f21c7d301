import datetime as dt

import pytest

from actions.models import ActionItem, ActionList
from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.testing import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    return ActionList.open(
        cast.manager, "Quotes", cast.north, cast.list_owner, cast.sponsor, people=[cast.rep, cast.rep, cast.list_owner]
    )


def verbs(obj):
    return [change.verb for change in Change.objects.about(obj).order_by("pk")]


def test_opening_a_list_names_its_people_once_and_takes_the_zone_of_the_team(cast, owned):
    assert (owned.name, owned.team, owned.owner, owned.sponsor) == ("Quotes", cast.north, cast.list_owner, cast.sponsor)
    assert (owned.meeting_weekday, owned.meeting_time, owned.time_zone) == (3, dt.time(15), "Europe/Berlin")
    assert set(owned.people.all()) == {cast.rep}
    assert verbs(owned) == ["opened"]


@pytest.mark.parametrize(("name", "says"), [(" ", "Give the list a name."), (" Quotes ", "North has a list")])
def test_a_list_needs_a_name_of_its_own_in_the_team(cast, owned, name, says):
    with pytest.raises(Refused, match=says) as refused:
        ActionList.open(cast.manager, name, cast.north, cast.manager)
    assert refused.value.field == "name"
    ActionList.open(cast.manager, "Quotes", cast.south, cast.manager)
    assert ActionList.objects.count() == 2


def test_changing_a_list_says_what_changed_and_the_same_again_changes_nothing(cast, owned):
    for _ in range(2):
        owned.change(cast.list_owner, name="Quotes and follow-through", meeting_weekday=1)
    owned.refresh_from_db()
    assert (owned.name, owned.meeting_weekday, owned.version) == ("Quotes and follow-through", 1, 2)
    details = Change.objects.about(owned).first().details
    assert details == {"name": ["Quotes", "Quotes and follow-through"], "meeting_weekday": ["Wednesday", "Monday"]}
    assert verbs(owned) == ["opened", "changed"]


def test_a_change_on_an_older_version_is_sent_back(cast, owned):
    owned.change(cast.list_owner, seen=1, name="First")
    with pytest.raises(Conflict):
        owned.change(cast.manager, seen=1, name="Second")
    owned.refresh_from_db()
    assert owned.name == "First"


def test_buy_in_belongs_to_the_sponsor_and_goes_with_them(cast, owned):
    for _ in range(2):
        owned.record_buy_in(cast.list_owner, " Two days a month. ", TODAY)
    assert (owned.buy_in, owned.buy_in_on) == ("Two days a month.", TODAY)
    owned.change(cast.list_owner, sponsor=cast.admin)
    owned.refresh_from_db()
    assert (owned.sponsor, owned.buy_in, owned.buy_in_on) == (cast.admin, "", None)
    assert verbs(owned) == ["opened", "buy_in_recorded", "changed"]


def test_buy_in_needs_words_and_a_sponsor(cast, owned):
    with pytest.raises(Refused, match="Say what the sponsor agreed to"):
        owned.record_buy_in(cast.list_owner, " ", TODAY)
    owned.change(cast.list_owner, sponsor=None)
    with pytest.raises(Refused, match="has no sponsor yet"):
        owned.record_buy_in(cast.list_owner, "Yes", TODAY)


def test_people_come_and_go_once(cast, owned):
    for _ in range(2):
        owned.add_person(cast.list_owner, cast.partner)
        owned.add_person(cast.list_owner, cast.list_owner)
    assert set(owned.people.all()) == {cast.rep, cast.partner}
    for _ in range(2):
        owned.remove_person(cast.list_owner, cast.partner)
    assert set(owned.people.all()) == {cast.rep}
    assert verbs(owned) == ["opened", "person_added", "person_removed"]


def test_who_has_left_is_not_added(cast, owned):
    cast.partner.is_active = False
    with pytest.raises(Refused, match="not here any more"):
        owned.add_person(cast.list_owner, cast.partner)


def test_who_answers_for_an_action_is_not_taken_off_the_list_unless_the_team_keeps_them(cast, owned):
    owned.add_person(cast.list_owner, cast.partner)
    action = testing.action(cast, action_list=owned, responsible=cast.partner)
    testing.action(cast, action_list=owned, responsible=cast.rep)
    with pytest.raises(Refused, match="Paul Partner is responsible for 1 open action here"):
        owned.remove_person(cast.list_owner, cast.partner)
    owned.remove_person(cast.list_owner, cast.rep)
    ActionItem.objects.filter(pk=action.pk).update(state="dropped", dropped_because="No use")
    owned.remove_person(cast.list_owner, cast.partner)
    assert set(owned.people.all()) == set()


def test_eligible_are_owner_members_and_team_and_a_witness_may_be_the_sponsor(cast, owned):
    owned.add_person(cast.list_owner, cast.partner)
    team = {cast.manager, cast.rep, cast.other_rep, cast.facilitator, cast.list_owner, cast.support}
    assert set(owned.eligible()) == team | {cast.partner}
    assert set(owned.witnesses()) == team | {cast.partner, cast.sponsor}


@pytest.mark.parametrize(
    ("weekday", "day"), [(3, dt.date(2026, 11, 25)), (4, dt.date(2026, 11, 26)), (2, dt.date(2026, 12, 1))]
)
def test_the_next_meeting_is_today_or_on_the_next_such_weekday(weekday, day):
    assert ActionList(meeting_weekday=weekday).next_meeting_on(TODAY) == day


def test_lists_are_read_by_who_is_on_them_and_changed_by_their_owner_and_managers(cast, owned):
    readers = {name for name, user in cast.people.items() if ActionList.objects.visible_to(user).exists()}
    editors = {name for name, user in cast.people.items() if ActionList.objects.editable_by(user).exists()}
    assert readers == {"admin", "manager", "rep", "list_owner", "sponsor"}
    assert editors == {"admin", "manager", "list_owner"}
