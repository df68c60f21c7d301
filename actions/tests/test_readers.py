"""What is said above Send is what people can really read."""

import pytest

from actions.models import Commitment
from actions.readers import seen_by
from failforward import testing

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


def readers(made, cast) -> set[str]:
    """By name, besides the person."""
    able = {
        name for name, user in cast.people.items() if Commitment.objects.visible_to(user).filter(pk=made.pk).exists()
    }
    return able - {"rep"}


def test_a_private_one_is_seen_by_its_person_alone(cast):
    made = testing.commitment(cast, private=True, asked_by=None, team=None)
    assert (seen_by(made), readers(made, cast)) == ("you alone", set())


def test_one_on_a_list_is_seen_by_the_list_managers_and_admins(cast):
    owned = testing.action_list(cast, people=(cast.rep, cast.other_rep))
    made = testing.commitment(cast, action_list=owned, asked_by=cast.other_rep)
    assert seen_by(made) == "this list (4 people), who manages North and admins"
    assert readers(made, cast) == {"list_owner", "sponsor", "other_rep", "manager", "admin"}


def test_an_asker_who_is_not_on_the_list_is_named(cast):
    made = testing.commitment(cast, action_list=testing.action_list(cast), asked_by=cast.support)
    assert seen_by(made) == "this list (2 people), Priya Nair, who manages North and admins"
    assert "support" in readers(made, cast)


def test_who_has_left_does_not_count(cast):
    cast.sponsor.is_active = False
    cast.sponsor.save()
    made = testing.commitment(cast, action_list=testing.action_list(cast), asked_by=None)
    assert seen_by(made) == "this list (1 person), who manages North and admins"


def test_one_of_ones_own_is_seen_by_managers_and_admins(cast):
    made = testing.commitment(cast, asked_by=None)
    assert (seen_by(made), readers(made, cast)) == ("who manages North and admins", {"manager", "admin"})
    alone = testing.commitment(cast, asked_by=None, team=None)
    assert (seen_by(alone), readers(alone, cast)) == ("admins", {"admin"})


def test_one_of_a_standard_review(cast):
    review = testing.review(cast, people=(cast.rep, cast.facilitator))
    made = testing.commitment(cast, review=review, asked_by=cast.manager)
    assert seen_by(made) == "a circle of 2 people, Mara Lindqvist, who manages North and admins"
    assert readers(made, cast) == {"facilitator", "manager", "admin"}


@pytest.mark.parametrize("visibility", ["named", "sealed"])
def test_one_of_a_closed_circle_is_seen_by_it_and_the_asker_only(cast, visibility):
    review = testing.review(cast, people=(cast.rep, cast.facilitator), visibility=visibility)
    made = testing.commitment(cast, review=review, asked_by=cast.facilitator)
    assert (seen_by(made), readers(made, cast)) == ("a circle of 2 people", {"facilitator"})
    other = testing.commitment(cast, review=review, asked_by=cast.manager)
    assert seen_by(other) == "a circle of 2 people and Mara Lindqvist"
    assert readers(other, cast) == {"facilitator", "manager"}
