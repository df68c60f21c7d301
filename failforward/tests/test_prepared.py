import pytest
from django.db.models import Count, Q, QuerySet, Window

from failforward.accounts.models import Membership, Role, Team, User
from failforward.accounts.reach import reach_of
from failforward.prepared import counting, prepared, with_codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams():
    north, south = (Team.open(name) for name in ("North", "South"))
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


def test_of_very_many_ids_none_is_lost(teams):
    north, south = teams

    assert len(members(*range(-500, 0), south.pk)) == 1
    assert len(members(*range(-500, 0), north.pk, south.pk)) == 4


def test_an_id_that_nobody_has_finds_nothing(teams):
    assert members(0) == members(-1) == []


@counting
def how_many(team: int, *apart: int, most: int = 10) -> QuerySet[Membership]:
    return Membership.objects.filter(team=team).exclude(user__in=apart).values("pk")[:most]


def test_codes_are_written_out_and_nothing_else():
    sql = "a IN (%s, %s) AND b LIKE '%%s' AND c = %s AND d = %s AND e > %s"
    given = (Role.ADMIN, "", "it's", 7, "2026-11-22")

    assert with_codes(sql, given) == (
        "a IN ('admin', '') AND b LIKE '%%s' AND c = %s AND d = %s AND e > %s",
        ("it's", 7, "2026-11-22"),
    )


@counting
def none_at_all(team: int) -> QuerySet[Membership]:
    return Membership.objects.filter(team=team, user__in=[])


def test_they_are_counted_as_far_as_is_asked_for(teams):
    north, south = teams
    ines = User.objects.get(name="Ines").pk

    assert [how_many(north.pk), how_many(south.pk), how_many(north.pk, ines)] == [3, 1, 2]
    assert how_many(north.pk, most=2) == 2
    assert how_many(north.pk, ines, *range(-500, 0)) == 2
    assert none_at_all(north.pk) == 0


@prepared
def teams_of(user: User, *, named: str = "") -> QuerySet[Team]:
    mine = Team.objects.filter(pk__in=reach_of(user).own, memberships__user=user)
    return mine.filter(name=named) if named else mine.order_by("name")


def test_of_a_person_it_knows_their_id_and_what_they_reach(teams):
    ines, mara = User.objects.get(name="Ines"), User.objects.get(name="Mara")

    assert [[team.name for team in teams_of(user)] for user in (ines, mara)] == [["North", "South"], ["North"]]


def test_who_reaches_nothing_finds_nothing(teams):
    assert teams_of(User.objects.create(name="Tom")) == []


def test_two_who_reach_the_same_are_told_apart(teams):
    other = User.objects.create(name="Tom")
    Membership.objects.create(user=other, team=teams[0], role="member")
    Membership.objects.filter(user__name="Mara").delete()
    mara = User.objects.get(name="Mara")
    mara._reach = reach_of(other)

    assert [team.name for team in teams_of(other)] == ["North"]
    assert teams_of(mara) == []
