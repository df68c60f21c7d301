import datetime as dt
import html
import re

import pytest

from failforward import testing
from failforward.guards import Refused
from failforward.testing import TODAY
from reviews.models import Activity, Deal, Review

pytestmark = pytest.mark.django_db

CONTACT = {"direction": "in", "happened_on": "2026-11-02", "subject": "Asked for a pilot", "answered": "no"}
FACTS = {
    "name": "Sensors",
    "outcome": "lost_to_competitor",
    "currency": "eur",
    "amount": "1234.5",
    "lost_on": "2026-11-12",
}


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def deal(cast):
    return testing.deal(cast)


def test_a_contact_is_added_and_shown(client, cast, deal):
    client.force_login(cast.rep)
    assert client.post(f"/deals/{deal.pk}/activities/", CONTACT).status_code == 302
    (activity,) = Activity.objects.all()
    assert (activity.direction, activity.answered, activity.by) == ("in", False, cast.rep)
    page = client.get(f"/deals/{deal.pk}/").content.decode()
    assert "Asked for a pilot" in page
    assert "Not answered." in page


def test_a_manager_says_whose_deal_it_was(client, cast, deal):
    client.force_login(cast.manager)
    review = Review.open(deal, cast.manager, today=TODAY)
    page = client.get(f"/deals/{deal.pk}/edit/").content.decode()
    assert "Whose deal was it?" in page and cast.other_rep.name in page and cast.outsider.name not in page

    for nobody in [cast.outsider.pk, "x"]:
        assert client.post(f"/deals/{deal.pk}/edit/", FACTS | {"owner": nobody}).status_code == 200
    client.post(f"/deals/{deal.pk}/edit/", FACTS | {"owner": cast.other_rep.pk})

    deal.refresh_from_db()
    review.refresh_from_db()
    assert (deal.owner, review.owner) == (cast.other_rep, cast.other_rep)
    client.post(f"/deals/{deal.pk}/edit/", FACTS)
    deal.refresh_from_db()
    assert deal.owner == cast.other_rep


def test_an_owner_gives_their_deal_to_nobody(client, cast, deal):
    client.force_login(cast.rep)
    assert "Whose deal was it?" not in client.get(f"/deals/{deal.pk}/edit/").content.decode()

    client.post(f"/deals/{deal.pk}/edit/", FACTS | {"owner": cast.other_rep.pk})

    deal.refresh_from_db()
    assert (deal.name, deal.owner) == ("Sensors", cast.rep)


@pytest.mark.parametrize(
    ("by", "owner", "kept"),
    [
        ("manager", "rep", "rep"),
        ("manager", "", "manager"),
        ("manager", "outsider", None),
        ("rep", "other_rep", "rep"),
    ],
)
def test_a_loss_is_told_of_somebody_one_manages(client, cast, by, owner, kept):
    client.force_login(getattr(cast, by))
    told = {"name": "Silo 4", "team": cast.north.pk, "outcome": "lost", "lost_on": "2026-11-12"}
    whose = getattr(cast, owner).pk if owner else getattr(cast, by).pk

    answer = client.post("/reviews/new/", told | {"owner": whose})

    assert answer.status_code == (302 if kept else 422)
    assert [deal.owner for deal in Deal.objects.all()] == ([getattr(cast, kept)] if kept else [])


def test_a_loss_of_somebody_of_another_team_is_refused(cast):
    facts = {"name": "Silo 4", "outcome": "lost", "lost_on": TODAY, "today": TODAY}
    for by, owner in [(cast.rep, cast.other_rep), (cast.manager, cast.outsider)]:
        with pytest.raises(Refused, match="which you manage"):
            Deal.record_loss(cast.north, by, owner=owner, **facts)


def test_a_name_that_is_too_long_is_refused_and_kept(client, cast, deal):
    client.force_login(cast.rep)
    page = client.post(f"/deals/{deal.pk}/edit/", FACTS | {"name": "x" * 10_000}).content.decode()
    assert "Keep it to 200 characters" in page and "x" * 10_000 in page


@pytest.mark.parametrize(
    "wrong",
    [{"direction": "x"}, {"happened_on": "2099-01-01"}, {"happened_on": "x"}, {"subject": ""}, {"answered": "x"}],
)
def test_a_wrong_contact_is_kept_in_the_form(client, cast, deal, wrong):
    client.force_login(cast.rep)
    page = client.post(f"/deals/{deal.pk}/activities/", CONTACT | {"outcome": "They wait."} | wrong)
    assert page.status_code == 200
    assert "Error:" in page.content.decode()
    assert "They wait." in page.content.decode()
    assert Activity.objects.count() == 0


def test_facts_are_corrected_in_whole_units(client, cast, deal):
    client.force_login(cast.rep)
    page = client.get(f"/deals/{deal.pk}/edit/").content.decode()
    assert 'value="184000.00"' in page
    assert client.post(f"/deals/{deal.pk}/edit/", FACTS).status_code == 302
    deal.refresh_from_db()
    assert (deal.name, deal.amount_minor, deal.currency) == ("Sensors", 1_234_50, "EUR")


def test_the_day_of_a_loss_moves_only_with_a_reason(client, cast, deal):
    client.force_login(cast.rep)
    moved = FACTS | {"lost_on": "2026-10-30"}
    assert "Say why the day of the loss moves" in client.post(f"/deals/{deal.pk}/edit/", moved).content.decode()
    assert Deal.objects.get().lost_on == dt.date(2026, 11, 12)
    assert client.post(f"/deals/{deal.pk}/edit/", moved | {"reason": "Their letter."}).status_code == 302
    assert Deal.objects.get().lost_on == dt.date(2026, 10, 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "-1"},
        {"amount": "1e30"},
        {"amount": "nan"},
        {"currency": "EURO"},
        {"outcome": "x"},
        {"lost_on": ""},
        {"lost_on": "2099-01-01"},
        {"name": "x" * 201},
    ],
)
def test_wrong_facts_change_nothing(client, cast, deal, wrong):
    client.force_login(cast.rep)
    assert client.post(f"/deals/{deal.pk}/edit/", FACTS | wrong).status_code == 200
    assert Deal.objects.get().name == deal.name


def test_mass_assignment_moves_nothing(client, cast, deal):
    client.force_login(cast.rep)
    fields = {"owner": cast.outsider.pk, "team": cast.south.pk, "source": "x", "batch_id": "x"}
    client.post(f"/deals/{deal.pk}/edit/", FACTS | fields)
    deal.refresh_from_db()
    assert (deal.owner, deal.team, deal.source) == (cast.rep, cast.north, "form")


def test_a_loss_gets_its_review_once(client, cast, deal):
    client.force_login(cast.manager)
    first = client.post(f"/deals/{deal.pk}/review/")
    second = client.post(f"/deals/{deal.pk}/review/")
    assert first.url == second.url == Review.objects.get().get_absolute_url()


def test_a_deal_that_is_open_gets_none(client, cast):
    open_one = testing.deal(cast, outcome="open", lost_on=None, closed_on=None)
    client.force_login(cast.manager)
    assert "is not lost" in client.post(f"/deals/{open_one.pk}/review/").content.decode()
    assert Review.objects.count() == 0


def was_in(page: str) -> str:
    return html.unescape(re.search(r'name="was" value="([^"]*)"', page)[1])


def opened(client, deal) -> str:
    return was_in(client.get(f"/deals/{deal.pk}/edit/").content.decode())


def test_the_second_of_two_editors_sees_both_and_loses_nothing(client, cast, deal):
    client.force_login(cast.rep)
    was = opened(client, deal)
    deal.change(cast.manager, today=TODAY, name="Sensors and gateways", competitor="Orrin")

    answer = client.post(f"/deals/{deal.pk}/edit/", FACTS | {"was": was, "competitor": "Plexa", "reason": "A typo."})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Saved meanwhile" in page and "Sensors and gateways" in page and "Orrin" in page
    assert 'value="Plexa"' in page
    deal.refresh_from_db()
    assert (deal.name, deal.competitor) == ("Sensors and gateways", "Orrin")

    again = {"was": was_in(page), "competitor": "Plexa", "reason": "A typo."}
    assert client.post(f"/deals/{deal.pk}/edit/", FACTS | again).status_code == 302
    deal.refresh_from_db()
    assert (deal.name, deal.competitor) == ("Sensors", "Plexa")


def typed_over(client, deal, **typed) -> dict:
    """The form as it was opened, with some of it changed."""
    form = client.get(f"/deals/{deal.pk}/edit/").context["form"]
    held = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else getattr(value, "pk", value) for name, value in held.items()} | typed


def test_two_who_change_different_things_keep_both(client, cast, deal):
    client.force_login(cast.rep)
    mine = typed_over(client, deal, competitor="Plexa")
    deal.change(cast.manager, today=TODAY, name="Sensors and gateways", amount_minor=5_00)

    assert client.post(f"/deals/{deal.pk}/edit/", mine).status_code == 302
    deal.refresh_from_db()
    assert (deal.name, deal.amount_minor, deal.competitor) == ("Sensors and gateways", 5_00, "Plexa")


def test_only_what_both_changed_is_shown_and_the_rest_follows_the_other(client, cast, deal):
    client.force_login(cast.rep)
    mine = typed_over(client, deal, competitor="Plexa")
    deal.change(cast.manager, today=TODAY, name="Sensors and gateways", competitor="Sensotec")

    answer = client.post(f"/deals/{deal.pk}/edit/", mine)
    form = answer.context["form"]
    assert answer.status_code == 409
    assert form.theirs == [("Lost to", "Sensotec")]
    assert (form["name"].value(), form["competitor"].value()) == ("Sensors and gateways", "Plexa")


def test_an_amount_is_not_merged_with_another_currency(client, cast, deal):
    client.force_login(cast.rep)
    mine = typed_over(client, deal, amount="500")
    deal.change(cast.manager, today=TODAY, currency="JPY")

    assert client.post(f"/deals/{deal.pk}/edit/", mine).status_code == 409
    deal.refresh_from_db()
    assert (deal.amount_minor, deal.currency) == (184_000_00, "JPY")


def test_what_an_import_changed_meanwhile_counts_too(client, cast, deal):
    client.force_login(cast.rep)
    was = opened(client, deal)
    Deal.objects.filter(pk=deal.pk).update(amount_minor=1)

    assert client.post(f"/deals/{deal.pk}/edit/", FACTS | {"was": was}).status_code == 409


def test_opening_and_saving_without_a_change_is_no_conflict(client, cast, deal):
    client.force_login(cast.rep)
    assert client.post(f"/deals/{deal.pk}/edit/", FACTS | {"was": opened(client, deal)}).status_code == 302
    assert client.post(f"/deals/{deal.pk}/edit/", FACTS | {"was": "nonsense"}).status_code == 302
    for wrong in ("nonsense", "[]", "{}", '{"name": 1}'):
        answer = client.post(f"/deals/{deal.pk}/edit/", FACTS | {"name": "Other", "was": wrong})
        assert answer.status_code == 409, wrong


def test_a_coaching_talk_is_begun_from_the_deal_of_somebody_one_manages(client, cast, deal):
    place = f"/talks/new/?person={cast.rep.pk}&amp;about="
    for person, offered in ((cast.manager, True), (cast.rep, False)):
        client.force_login(person)
        page = client.get(f"/deals/{deal.pk}/").content.decode()
        assert (place in page) == offered
    client.force_login(cast.manager)
    form = client.get("/talks/new/", {"person": cast.rep.pk, "about": str(deal)}).context["form"]
    assert (form["person"].value(), form["about"].value()) == (cast.rep.pk, str(deal))
