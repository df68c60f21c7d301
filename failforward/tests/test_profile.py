import pytest
from django.urls import reverse

from failforward import testing
from failforward.accounts.models import User
from failforward.history.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(client):
    person = testing.person("Ines Duarte")
    client.force_login(person)
    return person


def typed(**changes) -> dict:
    same = {"name": "Ines Duarte", "time_zone": "Europe/Berlin", "ask_hour": "16", "country": "", "days": list("12345")}
    return same | {"nudges": "on", "letters": "on"} | changes


def times(person: User) -> tuple:
    person.refresh_from_db()
    return person.country, person.region, person.work_days


def test_the_usual_days_of_a_country_come_with_it(client, ines):
    client.post(reverse("profile"), typed(country="SA"))
    assert times(ines) == ("SA", "", "12347")
    client.post(reverse("profile"), typed(country="DE", days=list("12347")))
    assert times(ines) == ("DE", "", "12345")


def test_days_of_ones_own_stay(client, ines):
    client.post(reverse("profile"), typed(country="SA", days=list("1234")))
    assert times(ines) == ("SA", "", "1234")
    client.post(reverse("profile"), typed(country="DE", days=list("1234")))
    assert times(ines) == ("DE", "", "1234")
    client.post(reverse("profile"), typed(country="DE", days=list("12347")))
    assert times(ines) == ("DE", "", "12347")


def test_a_region_is_asked_for_where_holidays_differ(client, ines):
    page = client.post(reverse("profile"), typed(country="DE"), follow=True).content.decode()
    assert "Holidays differ by region there" in page
    assert "Bayern" in page
    client.post(reverse("profile"), typed(country="DE", region="BY"))
    assert times(ines) == ("DE", "BY", "12345")
    client.post(reverse("profile"), typed(country="SE", region="BY"))
    assert times(ines) == ("SE", "", "12345")


@pytest.mark.parametrize("wrong", [{"country": "Narnia"}, {"days": []}, {"days": ["9"]}, {"ask_hour": "24"}])
def test_what_is_wrong_is_said_and_nothing_is_kept(client, ines, wrong):
    page = client.post(reverse("profile"), typed(name="Somebody Else") | wrong)
    assert page.status_code == 400
    assert times(ines) == ("", "", "12345")
    # What was typed stands in the field, and is nobody's name yet.
    assert page.content.decode().count("Somebody Else") == 1


def test_a_region_of_another_country_is_refused(client, ines):
    client.post(reverse("profile"), typed(country="DE"))
    assert client.post(reverse("profile"), typed(country="DE", region="TX")).status_code == 400
    assert times(ines) == ("DE", "", "12345")


def test_the_next_holidays_are_shown_by_name(client, ines):
    assert "Next holidays" not in client.get(reverse("profile")).content.decode()
    User.objects.update(country="DE", region="BY")
    page = client.get(reverse("profile"))
    assert len(page.context["holidays"]) == 4
    assert all(day.isoweekday() <= 5 for day, _ in page.context["holidays"])


def test_the_history_says_what_was_changed(client, ines):
    client.post(reverse("profile"), typed(country="DE", ask_hour="9"))
    [change] = Change.objects.about(ines)
    assert change.details == {"country": "DE", "hour": 9}
