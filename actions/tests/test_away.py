"""Who waits for an answer reads that the person is away, and who stands in."""

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


@pytest.fixture
def promise(cast):
    owned = testing.action_list(cast, people=(cast.other_rep, cast.rep))
    return testing.commitment(cast, person=cast.other_rep, asked_by=cast.list_owner, action_list=owned)


def away(cast, since: int = 0, until: int = 5, **fields) -> Absence:
    today = timezone.localdate()
    fields = {"stand_in": cast.rep} | fields
    return Absence.objects.create(
        person=cast.other_rep, from_on=today + since * DAY, until_on=today + until * DAY, **fields
    )


def pages(client, user, promise) -> dict[str, str]:
    client.force_login(user)
    urls = {
        "desk": "/",
        "list": reverse("list_detail", args=[promise.action_list.pk]),
        "commitment": promise.get_absolute_url(),
    }
    return {name: client.get(url).content.decode() for name, url in urls.items()}


def test_the_list_owner_reads_who_is_away_and_who_stands_in(cast, client, promise):
    away(cast)
    found = pages(client, cast.list_owner, promise)
    assert {name: "Tom is away until" in text and "Ines stands in." in text for name, text in found.items()} == {
        "desk": True,
        "list": True,
        "commitment": True,
    }


@pytest.mark.parametrize("fields", [{"state": "offered"}, {"state": "called_off"}, {"since": -9, "until": -1}])
def test_what_does_not_stand_or_is_over_is_not_shown(cast, client, promise, fields):
    away(cast, **fields)
    assert [name for name, text in pages(client, cast.list_owner, promise).items() if "Tom is away" in text] == []


def test_what_begins_within_the_week_is_shown_where_the_promise_is(cast, client, promise):
    away(cast, 3, 9)
    found = pages(client, cast.list_owner, promise)
    assert {name: "Tom is away from" in text for name, text in found.items()} == {
        "desk": False,
        "list": True,
        "commitment": True,
    }


def test_the_stand_in_is_offered_for_a_promise_of_their_own(cast, client, promise):
    away(cast)
    text = pages(client, cast.list_owner, promise)["commitment"]
    url = f"{reverse('commitment_new')}?person={cast.rep.pk}"
    assert f'href="{url}"' in text
    assert client.get(url).context["form"]["person"].value() == cast.rep.pk
    # Nobody offers oneself, and who may not settle it asks nobody.
    assert url not in pages(client, cast.rep, promise)["commitment"]


def test_one_s_own_days_stand_on_the_desk(cast, client, promise):
    away(cast)
    client.force_login(cast.other_rep)
    assert "You are away until" in client.get("/").content.decode()
    Absence.objects.update(state="offered")
    assert "Your mail said that you are away until" in client.get("/").content.decode()


@pytest.mark.parametrize("person", ["x", "-1", "9" * 30, "0"])
def test_a_person_who_is_none_is_nobody_to_begin_with(cast, client, person):
    client.force_login(cast.rep)
    assert client.get(reverse("commitment_new"), {"person": person}).status_code == 200


def test_of_a_long_list_all_are_named_who_are_away(cast, client, promise):
    """Also those whose promises the page does not show."""
    for number in range(51):
        testing.commitment(cast, person=cast.rep, action_list=promise.action_list, what=f"Ring buyer {number}.")
    type(promise).objects.filter(pk=promise.pk).update(due_on=timezone.localdate() + 90 * DAY)
    away(cast)
    assert "Tom is away until" in pages(client, cast.list_owner, promise)["list"]
