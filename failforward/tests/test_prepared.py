import pytest
from django.db.models import Count, Q, QuerySet, Window

from failforward.accounts.models import Membership, Team, User
from failforward.prepared import prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams():
    north, south = (Team.objects.create(name=name) for name in ("North", "South"))
    people = [User.objects.create(name=name) for name in ("Ines", "Mara", "Olu")]
    for person in people:
        Membership.objects.create(user=person, team=north, role="member")
    Membership.objects.create(user=people[0], team=south, role="member")
    return north, south


@prepared
def members(team: int, *others: int, first: int = 10) -> QuerySet[Membership]:
    rows = Membership.objects.filter(Q(team=team) | Q(team__in=others)).select_related("user")
    return rows.annotate(of_all=Window(Count("pk"))).order_by("pk")[:first]


def names(found: list[Membership]) -> list[str]:
    return [row.user.name for row in found]


def test_it_is_asked_with_the_ids_of_each_time(teams):
    north, south = teams

    assert [names(members(team.pk)) for team in (north, south, north)] == [
        ["Ines", "Mara", "Olu"],
        ["Ines"],
        ["Ines", "Mara", "Olu"],
    ]
    assert [row.of_all for row in members(north.pk)] == [3, 3, 3]


def test_what_was_written_since_is_read(teams):
    north, _south = teams
    before = names(members(north.pk))

    Membership.objects.create(user=User.objects.create(name="Tom"), team=north, role="member")

    assert (before, names(members(north.pk))) == (["Ines", "Mara", "Olu"], ["Ines", "Mara", "Olu", "Tom"])


def test_each_shape_is_written_by_itself(teams):
    north, south = teams

    assert names(members(north.pk, first=2)) == ["Ines", "Mara"]
    assert names(members(south.pk, first=2)) == ["Ines"]
    assert len(members(south.pk, north.pk)) == 4


def test_it_takes_one_query_and_the_people_with_it(teams, django_assert_num_queries):
    members(teams[0].pk)

    with django_assert_num_queries(1):
        assert names(members(teams[1].pk)) == ["Ines"]


def test_an_id_that_nobody_has_finds_nothing(teams):
    assert members(0) == members(-1) == []
