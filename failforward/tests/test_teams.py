import pytest
from django.urls import reverse

from failforward import testing
from failforward.accounts import teams
from failforward.accounts.models import Team, User
from failforward.guards import Refused
from failforward.history.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def rules(**changes) -> dict:
    return {"name": "North", "time_zone": "Europe/Berlin"} | changes


def page_of(team: Team) -> str:
    return reverse("team", args=[team.pk])


def test_an_admin_sets_what_a_team_works_by(admin, cast):
    typed = rules(default_sponsor=cast.sponsor.pk, readers_per_event="2", review_from="20000.50", review_every_nth="5")
    answer = admin.post(page_of(cast.north), typed | {"neutral_subject": "on"})

    assert answer.url == page_of(cast.north)
    cast.north.refresh_from_db()
    assert cast.north.default_sponsor == cast.sponsor
    assert (cast.north.readers_per_event, cast.north.review_every_nth) == (2, 5)
    assert (cast.north.review_from_minor, cast.north.neutral_subject) == (2_000_050, True)
    [change] = Change.objects.about(cast.north)
    assert (change.verb, change.by) == ("changed", cast.admin)


def test_what_is_set_stands_in_the_form_and_may_be_emptied(admin, cast):
    teams.change_team(cast.admin, cast.north, review_from_minor=2_000_000, readers_per_event=1)
    page = admin.get(page_of(cast.north)).content.decode()
    assert 'value="20000.00"' in page
    assert "changed how many read an event, the amount from which a loss is reviewed" in page

    admin.post(page_of(cast.north), rules())
    cast.north.refresh_from_db()
    assert (cast.north.review_from_minor, cast.north.readers_per_event) == (None, None)


def test_saving_the_same_again_leaves_no_trace(cast):
    assert teams.change_team(cast.admin, cast.north, review_every_nth=3)
    assert not teams.change_team(cast.admin, cast.north, review_every_nth=3)
    assert Change.objects.about(cast.north).count() == 1


def test_a_name_is_there_once_below_a_parent(admin, cast):
    answer = admin.post(page_of(cast.north), rules(name="South"))

    assert answer.status_code == 400
    assert answer.context["form"].errors == {"name": ["There is a team of this name already."]}
    assert Team.objects.get(pk=cast.north.pk).name == "North"
    with pytest.raises(Refused):
        teams.change_team(cast.admin, cast.south, name="North")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("readers_per_event", "3"),
        ("review_from", "-1"),
        ("review_from", "1e30"),
        ("review_every_nth", "0"),
        ("time_zone", "Nowhere/Else"),
        ("default_sponsor", "999999"),
        ("default_sponsor", "abc"),
        ("name", ""),
    ],
)
def test_what_no_team_can_work_by_is_sent_back(admin, cast, field, value):
    answer = admin.post(page_of(cast.north), rules(**{field: value}))

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert not Change.objects.about(cast.north).exists()


def test_place_and_currency_of_a_team_are_not_in_anybody_s_hand(admin, cast):
    admin.post(page_of(cast.north), rules(parent=cast.south.pk, path="", currency="USD"))

    now = Team.objects.get(pk=cast.north.pk)
    assert (now.parent_id, now.path, now.currency) == (cast.north.parent_id, cast.north.path, cast.north.currency)
    with pytest.raises(TypeError):
        teams.change_team(cast.admin, cast.north, parent=cast.south)


def test_nobody_who_left_becomes_a_sponsor_but_one_that_was_stays(admin, cast):
    cast.sponsor.is_active = False
    cast.sponsor.save()
    assert admin.post(page_of(cast.north), rules(default_sponsor=cast.sponsor.pk)).status_code == 400

    Team.objects.filter(pk=cast.north.pk).update(default_sponsor=cast.sponsor)
    assert admin.post(page_of(cast.north), rules(default_sponsor=cast.sponsor.pk)).status_code == 302


def test_a_new_team_says_who_opened_it_and_leads_to_its_page(admin, cast):
    typed = {"team-name": "East", "team-parent": cast.company.pk, "team-currency": "usd", "team-time_zone": "UTC"}
    answer = admin.post(reverse("team_new"), typed)

    east = Team.objects.get(name="East")
    assert answer.url == page_of(east)
    assert east.currency == "USD"
    assert [(change.verb, change.by) for change in Change.objects.about(east)] == [("opened", cast.admin)]


def test_a_currency_has_three_letters(admin, cast):
    typed = {"team-name": "East", "team-parent": "", "team-currency": "1€", "team-time_zone": "UTC"}
    answer = admin.post(reverse("team_new"), typed)

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["currency"]


def test_whoever_has_the_place_of_a_team_moves_with_it(cast):
    cast.north.country = "DE"
    cast.north.save()
    for person, place in ((cast.rep, ("DE", "")), (cast.other_rep, ("FR", "")), (cast.manager, ("", ""))):
        person.country, person.region = place
        person.save()
    teams.change_team(cast.admin, cast.north, country="SA", region="")
    times = dict(User.objects.values_list("name", "country")), dict(User.objects.values_list("name", "work_days"))
    names = (cast.rep.name, cast.other_rep.name, cast.manager.name, cast.outsider.name)
    assert [times[0][name] for name in names] == ["SA", "FR", "SA", ""]
    assert [times[1][name] for name in names] == ["12347", "12345", "12347", "12345"]


def test_a_region_is_of_the_country_that_is_kept(admin, cast):
    url = page_of(cast.north)
    admin.post(url, rules(country="DE"))
    assert "Bayern" in admin.get(url).content.decode()
    admin.post(url, rules(country="DE", region="BY"))
    cast.north.refresh_from_db()
    assert (cast.north.country, cast.north.region) == ("DE", "BY")
    # The region was chosen for Germany; France is asked for its own afterwards.
    admin.post(url, rules(country="FR", region="BY"))
    cast.north.refresh_from_db()
    assert (cast.north.country, cast.north.region) == ("FR", "")
    assert admin.post(url, rules(country="Narnia")).status_code == 400
