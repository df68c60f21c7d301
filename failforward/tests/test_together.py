import datetime as dt

import pytest
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from failforward.accounts.models import Absence, Membership, Team, User
from failforward.together import Together, keep

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 25)


@pytest.fixture
def team():
    north = Team.open("North")
    for name in ("Tom", "Ines", "Mara"):
        person = User.objects.create(name=name, email=f"{name.lower()}@tarnholm.example")
        Membership.objects.create(user=person, team=north, role="rep")
    tom, ines, _mara = User.objects.order_by("pk")
    Absence.objects.create(person=ines, from_on=DAY, until_on=DAY, stand_in=tom)
    Absence.objects.create(person=tom, from_on=DAY, until_on=DAY)
    return north


def with_people(rows, *fields, **more):
    people = Membership.objects.filter(team=OuterRef("pk")).annotate(**more).order_by("user__name")
    return rows.annotate(people=Together(people, "role", *fields, *more))


def test_they_come_in_one_query_in_their_order_with_what_they_lead_to(team, django_assert_num_queries):
    with django_assert_num_queries(1):
        read = with_people(Team.objects.all(), "user__name", "user__email").get()
        assert [(one.role, one.user.name, one.user.email) for one in read.people] == [
            ("rep", "Ines", "ines@tarnholm.example"),
            ("rep", "Mara", "mara@tarnholm.example"),
            ("rep", "Tom", "tom@tarnholm.example"),
        ]
    assert [one.pk for one in read.people] == [one.pk for one in Membership.objects.order_by("user__name")]


def test_what_was_not_asked_for_is_read_when_somebody_asks(team):
    read = with_people(Team.objects.all()).get()

    assert {one.get_deferred_fields() >= {"user_id", "team_id"} for one in read.people} == {True}
    assert [one.user.name for one in read.people] == ["Ines", "Mara", "Tom"]


def test_days_times_and_what_is_not_there_are_what_they_were(team):
    absences = Absence.objects.filter(person__memberships__team=OuterRef("pk")).order_by("-stand_in", "pk")
    fields = ("from_on", "created_at", "stand_in__name", "state")
    read = Team.objects.annotate(absences=Together(absences, *fields)).get().absences

    kept = Absence.objects.order_by("pk")
    assert {(one.pk, one.from_on, one.created_at, one.state) for one in read} == {
        (one.pk, DAY, one.created_at, "standing") for one in kept
    }
    assert {one.stand_in.name if one.stand_in else None for one in read} == {"Tom", None}


def test_what_a_row_is_annotated_with_comes_with_it_and_rows_hang_on_rows(team):
    away = Absence.objects.filter(person=OuterRef("user")).order_by("pk")
    is_ines = ExpressionWrapper(Q(user__name="Ines"), BooleanField())
    more = {"is_away": Exists(away), "is_ines": is_ines, "away": Together(away, "from_on", "person__name")}
    read = with_people(Team.objects.all(), **more).get()

    said = [(one.is_away, one.is_ines, [(each.from_on, each.person.name) for each in one.away]) for one in read.people]
    assert said == [(True, True, [(DAY, "Ines")]), (False, False, []), (True, False, [(DAY, "Tom")])]


def test_no_more_than_the_limit_and_none_where_there_are_none(team):
    empty = Team.open("South")
    rows = Membership.objects.filter(team=OuterRef("pk")).order_by("-pk")
    read = Team.objects.annotate(last=Together(rows[:2], "role"), none=Together(rows.none(), "role")).order_by("pk")

    newest = [one.pk for one in Membership.objects.order_by("-pk")[:2]]
    assert [([row.pk for row in one.last], one.none) for one in read] == [(newest, []), ([], [])]
    assert read[1] == empty


def test_kept_as_a_relation_they_are_not_asked_for_again(team, django_assert_num_queries):
    people = Membership.objects.filter(team=OuterRef("pk")).order_by("pk")
    read = Team.objects.annotate(people=Together(people, "role", "user__name")).get()
    keep(read, "memberships", read.people)

    with django_assert_num_queries(0):
        assert [(one.user.name, one.team.name) for one in read.memberships.all()] == [
            ("Tom", "North"),
            ("Ines", "North"),
            ("Mara", "North"),
        ]
