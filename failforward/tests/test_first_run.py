import threading

import pytest
from django.db import connection
from django.urls import reverse

from failforward import testing
from failforward.accounts.first_run import open_installation
from failforward.accounts.models import Installation, Membership, Team, User
from failforward.guards import Refused

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "Mara Lindqvist",
    "email": "Mara@Tarnholm.Example",
    "password": "a quiet tuesday in may",
    "company": "Tarnholm",
    "currency": "eur",
    "time_zone": "Europe/Berlin",
}


def test_a_new_installation_leads_to_the_first_run_page(client):
    assert client.get("/").headers["Location"] == reverse("setup")


def test_the_first_admin_is_made_and_logged_in(client):
    response = client.post("/setup/", FIELDS, follow=True)
    admin = User.objects.get()
    assert response.redirect_chain == [("/", 302)]
    assert response.wsgi_request.user == admin
    assert admin.email == "mara@tarnholm.example"
    assert list(admin.memberships.values_list("team__name", "team__currency", "role")) == [("Tarnholm", "EUR", "admin")]


def test_the_first_run_page_never_opens_again(client):
    client.post("/setup/", FIELDS)
    client.logout()
    Membership.objects.all().delete()
    assert [client.get("/setup/").status_code, client.post("/setup/", FIELDS).status_code] == [404, 404]
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("field", "value"), [("email", "nobody"), ("password", "12345678"), ("currency", "euros"), ("company", "")]
)
def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(client, field, value):
    response = client.post("/setup/", FIELDS | {field: value})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert "<title>Error:" in response.content.decode()
    assert "Mara Lindqvist" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_admin():
    results = []

    def begin(number: int) -> None:
        try:
            open_installation(f"Admin {number}", f"a{number}@tarnholm.example", testing.PASSWORD, f"Company {number}")
            results.append("opened")
        except Refused:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(results) == ["opened", "refused", "refused", "refused"]
    assert (Installation.objects.count(), Team.objects.count(), User.objects.count()) == (1, 1, 1)
