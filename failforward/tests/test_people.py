import pytest
from django.core import mail
from django.urls import reverse

from failforward import testing
from failforward.accounts import people
from failforward.accounts.models import Membership, Role, User
from failforward.guards import Refused
from failforward.history.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


def test_a_person_without_an_address_can_be_named_but_not_invited(cast):
    someone = people.add_person(cast.admin, "Moses Frase", None, cast.north, Role.REP)
    assert (someone.email, someone.has_usable_password()) == (None, False)
    with pytest.raises(Refused, match="e-mail address first"):
        people.invite(cast.admin, someone)


def test_an_invitation_leads_to_a_password_and_a_log_in(cast, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    someone = people.add_person(cast.admin, "Moses Frase", "moses@tarnholm.example", cast.north, Role.REP)
    people.invite(cast.admin, someone)
    [message] = mail.outbox
    assert message.to == ["moses@tarnholm.example"]
    url = next(line for line in message.body.splitlines() if line.startswith("http"))
    page = client.get(url.removeprefix(settings.SITE_URL), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": testing.PASSWORD, "password2": testing.PASSWORD})
    assert client.login(email="moses@tarnholm.example", password=testing.PASSWORD)


def test_the_last_admin_cannot_go(cast):
    membership = Membership.objects.get(user=cast.admin)
    for verb in (
        lambda: people.leave(cast.admin, membership),
        lambda: people.deactivate(cast.admin, cast.admin),
        lambda: people.place(cast.admin, cast.admin, cast.company, Role.REP),
    ):
        with pytest.raises(Refused, match="has to stay admin"):
            verb()
    people.place(cast.admin, cast.manager, cast.company, Role.ADMIN)
    people.deactivate(cast.manager, cast.admin)
    cast.admin.refresh_from_db()
    assert not cast.admin.is_active


def test_what_is_done_to_a_person_stands_in_their_history(cast):
    someone = people.add_person(cast.admin, "Moses Frase", None, cast.north, Role.REP)
    people.place(cast.admin, someone, cast.south, Role.SUPPORT)
    people.deactivate(cast.admin, someone)
    people.deactivate(cast.admin, someone)
    people.activate(cast.admin, someone)
    assert [change.verb for change in Change.objects.about(someone)] == ["activated", "deactivated", "placed", "added"]


def test_an_address_belongs_to_one_person_whatever_its_case(cast, client):
    client.force_login(cast.admin)
    response = client.post(reverse("people"), {"name": "Another Ines", "email": "INES@tarnholm.example", "role": "rep"})
    assert response.status_code == 400
    assert response.context["form"].errors == {"email": ["Somebody here has this address already."]}


def test_the_page_reads_people_in_a_constant_number_of_queries(cast, client, django_assert_max_num_queries):
    client.force_login(cast.admin)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(10) as seen:
            client.get(reverse("people"))
        counts.append(len(seen))
        for number in range(3):
            testing.person(f"More {User.objects.count()} {number}", cast.north, email=None)
    assert counts[0] == counts[1]
