import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.urls import reverse

from failforward import testing
from failforward.accounts import people
from failforward.accounts.models import Membership, Role, Team, User
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.templatetags.people import people_rows, team_lines

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
    assert "Eight characters or more" in page.content.decode()
    typed = {"password1": testing.PASSWORD, "password2": testing.PASSWORD}
    chosen = client.post(page.request["PATH_INFO"], typed, follow=True)
    assert chosen.wsgi_request.user == someone
    assert chosen.wsgi_request.path == "/"
    client.logout()
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


def test_deactivating_ends_what_is_open_for_good(cast, client):
    cast.rep.set_password(testing.PASSWORD)
    cast.rep.save()
    client.post(reverse("account_login"), {"login": cast.rep.email, "password": testing.PASSWORD})
    assert client.get(reverse("profile")).status_code == 200

    people.deactivate(cast.admin, cast.rep)
    assert client.get(reverse("profile")).status_code == 302
    people.activate(cast.admin, cast.rep)
    assert client.get(reverse("profile")).status_code == 302
    assert not Session.objects.filter(pk=client.cookies["sessionid"].value).exists()


def test_somebody_deactivated_cannot_log_in(cast, client):
    cast.rep.set_password(testing.PASSWORD)
    cast.rep.save()
    people.deactivate(cast.admin, cast.rep)
    client.post(reverse("account_login"), {"login": cast.rep.email, "password": testing.PASSWORD})
    assert client.get(reverse("profile")).status_code == 302


def test_the_first_admin_s_session_ends_with_them_too(client):
    typed = {"name": "Ada", "email": "ada@acme.example", "password": testing.PASSWORD, "company": "Acme"}
    client.post(reverse("setup"), typed | {"currency": "eur", "time_zone": "Europe/Berlin"})
    assert client.get(reverse("people")).status_code == 200

    ada = User.objects.get()
    other = people.add_person(ada, "Ben", "ben@acme.example", Team.objects.get(), Role.ADMIN)
    people.deactivate(other, ada)
    people.activate(other, ada)
    assert client.get(reverse("people")).status_code == 302


def test_a_former_address_opens_nothing(cast, client):
    cast.rep.set_password(testing.PASSWORD)
    cast.rep.save()
    former = cast.rep.email
    EmailAddress.objects.create(user=cast.rep, email=former, primary=True, verified=True)
    people.change_person(cast.admin, cast.rep, cast.rep.name, "ines.new@tarnholm.example")

    assert not client.login(email=former, password=testing.PASSWORD)
    assert client.login(email="ines.new@tarnholm.example", password=testing.PASSWORD)


def test_the_history_of_a_person_is_told_in_words(cast, client):
    people.place(cast.admin, cast.rep, cast.south, Role.SUPPORT)
    people.invite(cast.admin, cast.rep)
    client.force_login(cast.admin)
    page = client.get(reverse("person", args=[cast.rep.pk])).content.decode()

    assert f"{cast.admin.name} made them support in South" in page
    assert f"{cast.admin.name} invited them" in page


@pytest.mark.parametrize("given", ["", "abc", "9" * 30, "-1"])
def test_a_membership_that_is_none_takes_nobody_out(cast, client, given):
    client.force_login(cast.admin)
    client.post(reverse("person_verb", args=[cast.rep.pk, "leave"]), {"membership": given})
    assert cast.rep.memberships.count() == 1


def test_nobody_is_taken_out_of_a_team_on_the_page_of_somebody_else(cast, client):
    client.force_login(cast.admin)
    foreign = cast.manager.memberships.get()
    client.post(reverse("person_verb", args=[cast.rep.pk, "leave"]), {"membership": foreign.pk})
    assert cast.manager.memberships.get() == foreign


def test_who_is_added_lives_and_works_as_their_team_does(cast):
    riyadh = Team.open("Riyadh", cast.company, time_zone="Asia/Riyadh")
    someone = people.add_person(cast.admin, "Nora Aziz", None, riyadh, Role.REP)
    assert (someone.time_zone, someone.country, someone.region, someone.work_days) == ("Asia/Riyadh", "SA", "", "12347")
    alone = people.add_person(cast.admin, "Moses Frase", None, None, Role.REP)
    assert (alone.time_zone, alone.country, alone.work_days) == ("Europe/Berlin", "", "12345")


def test_people_come_a_page_at_a_time(cast, client):
    User.objects.bulk_create(User(name=f"Somebody {number:02d}") for number in range(60))
    client.force_login(cast.admin)
    seen, url = [], reverse("people")
    while url:
        page = client.get(url).context["page"]
        seen += [person.name for person in page.rows]
        url = reverse("people") + page.next_url if page.next_url else ""

    assert seen == [person.name for person in User.objects.named().order_by("name", "pk")]


def test_a_team_is_added_on_a_page_of_its_own(cast, client):
    client.force_login(cast.admin)

    assert b'name="team-time_zone"' not in client.get(reverse("people")).content
    assert b'name="team-time_zone"' in client.get(reverse("team_new")).content


def test_what_people_are_called_is_text_in_their_rows():
    someone = User(pk=7, name="<b>Ann</b>", email="a&b@example.com", address_trouble="bounced")
    someone.placed = [("<i>North", "rep"), ("South", "manager")]
    drawn = people_rows([someone]) + team_lines([(3, "<i>North", "EUR", "<i>All")])
    assert "&lt;b&gt;Ann&lt;/b&gt;" in drawn and "a&amp;b@" in drawn and "came back" in drawn
    assert "&lt;i&gt;North, rep<br>South, manager" in drawn
    assert "part of &lt;i&gt;All, EUR" in drawn and "<i>" not in drawn
