import pytest

from failforward.accounts.models import Team, User
from reviews.imports.people import People

pytestmark = pytest.mark.django_db


def test_who_comes_with_an_import_lives_where_the_company_does():
    Team.open("Tarnholm", time_zone="Asia/Riyadh")
    User.objects.get(pk=People("crm").person("Moses Frase"))
    assert list(User.objects.values_list("name", "time_zone", "country", "work_days")) == [
        ("Moses Frase", "Asia/Riyadh", "SA", "12347")
    ]


def test_without_a_company_of_ones_own_nothing_is_guessed():
    People("crm").person("Moses Frase")
    assert list(User.objects.values_list("name", "time_zone", "country")) == [("Moses Frase", "UTC", "")]
