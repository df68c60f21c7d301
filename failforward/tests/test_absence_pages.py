import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from failforward import testing
from failforward.accounts.models import Absence

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


@pytest.fixture
def cast():
    return testing.cast()


def days(since: int = 3, until: int = 9) -> dict:
    today = timezone.localdate()
    return {"from_on": (today + since * DAY).isoformat(), "until_on": (today + until * DAY).isoformat()}


def away(person, since: int = 3, until: int = 9, **fields) -> Absence:
    given = {name: dt.date.fromisoformat(value) for name, value in days(since, until).items()}
    return Absence.objects.create(person=person, **given, **fields)


def page(client, user, url: str) -> str:
    client.force_login(user)
    return client.get(url).content.decode()


def test_a_person_says_when_they_are_away_and_who_stands_in(cast, client):
    client.force_login(cast.rep)
    client.post(reverse("absence_list"), days() | {"stand_in": cast.other_rep.pk})
    made = Absence.objects.get()
    assert (made.person, made.stand_in) == (cast.rep, cast.other_rep)
    text = client.get(reverse("absence_list")).content.decode()
    assert "Tom Okafor stands in." in text
    assert "Tom stands in" in client.get(reverse("profile")).content.decode()


def test_nobody_says_it_for_a_colleague(cast, client):
    client.force_login(cast.rep)
    client.post(reverse("absence_list"), days() | {"person": cast.other_rep.pk})
    assert Absence.objects.get().person == cast.rep


def test_a_manager_says_it_for_their_people_alone(cast, client):
    client.force_login(cast.manager)
    client.post(reverse("absence_list"), days() | {"person": cast.other_rep.pk})
    assert Absence.objects.get().person == cast.other_rep
    assert client.post(reverse("absence_list"), days() | {"person": cast.outsider.pk}).status_code == 400
    assert Absence.objects.count() == 1


def test_each_sees_their_own_and_a_manager_those_of_their_teams(cast, client):
    for person in (cast.rep, cast.other_rep, cast.outsider, cast.manager):
        away(person)
    url = reverse("absence_list")
    seen = {
        name: {one.person for one in (client.force_login(user), client.get(url))[1].context["others"]}
        for name, user in cast.people.items()
    }
    everybody = {cast.rep, cast.other_rep, cast.outsider, cast.manager}
    assert {name: people for name, people in seen.items() if people} == {
        "admin": everybody,
        "manager": {cast.rep, cast.other_rep},
    }


def test_what_is_wrong_is_said_at_the_field_with_what_was_typed(cast, client):
    away(cast.rep)
    client.force_login(cast.rep)
    again = client.post(reverse("absence_list"), days(5, 6))
    assert again.status_code == 400
    assert "There is an absence on some of these days already" in again.content.decode()
    assert again.context["form"]["from_on"].value() == days(5)["from_on"]
    assert client.post(reverse("absence_list"), days(6, 5)).status_code == 400
    for typed in ({"from_on": "soon", "until_on": "9999-99-99"}, {"from_on": ""}, days() | {"stand_in": "x"}):
        assert client.post(reverse("absence_list"), typed).status_code == 400
    assert Absence.objects.count() == 1


def test_one_is_changed_and_ended_by_a_button(cast, client):
    made = away(cast.rep, -3, 9)
    client.force_login(cast.rep)
    client.post(reverse("absence", args=[made.pk]), days(-3, 12))
    made.refresh_from_db()
    assert made.until_on == timezone.localdate() + 12 * DAY
    client.get(reverse("absence_verb", args=[made.pk, "end"]))
    made.refresh_from_db()
    assert made.until_on == timezone.localdate() + 12 * DAY
    client.post(reverse("absence_verb", args=[made.pk, "end"]))
    made.refresh_from_db()
    assert made.until_on == timezone.localdate() - DAY


def test_an_offered_one_is_taken_or_not_by_the_person(cast, client):
    offered = away(cast.rep, 0, 9, state="offered")
    text = page(client, cast.rep, reverse("absence_list"))
    assert "Your mail said that you are away" in text
    assert "Ines" not in page(client, cast.manager, reverse("absence_list")).split("New days away")[0]
    client.force_login(cast.rep)
    client.post(reverse("absence_verb", args=[offered.pk, "accept"]))
    offered.refresh_from_db()
    assert offered.stands


def test_a_stand_in_from_elsewhere_stays_while_the_days_change(cast, client):
    made = away(cast.rep, stand_in=cast.outsider)
    client.force_login(cast.rep)
    client.post(reverse("absence", args=[made.pk]), days(3, 12) | {"stand_in": cast.outsider.pk})
    made.refresh_from_db()
    assert (made.stand_in, made.until_on) == (cast.outsider, timezone.localdate() + 12 * DAY)


def test_the_page_reads_any_number_alike(cast, client, django_assert_max_num_queries):
    client.force_login(cast.manager)
    counts = []
    for start in (3, 20, 30):
        with django_assert_max_num_queries(9) as seen:
            client.get(reverse("absence_list"))
        counts.append(len(seen))
        for person in (cast.rep, cast.other_rep, cast.facilitator):
            away(person, start, start + 2, stand_in=cast.manager)
    assert len(set(counts)) == 1
