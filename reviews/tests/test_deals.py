import datetime as dt

import pytest

from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import TODAY
from reviews.models import Activity, Deal, Review

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 12)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def deal(cast):
    return testing.deal(cast)


def writers(cast, act):
    may = set()
    for name, person in cast.people.items():
        try:
            act(name, person)
            may.add(name)
        except Refused:
            pass
    return may


def test_a_loss_is_told_by_a_member_of_the_team(cast):
    may = writers(
        cast,
        lambda name, by: Deal.record_loss(
            cast.north, by, name=f"Deal of {name}", outcome="withdrawn", lost_on=DAY, today=TODAY, owner=by
        ),
    )
    assert may == {"admin", "manager", "rep", "other_rep", "facilitator", "list_owner", "support"}
    told = Deal.objects.get(name="Deal of rep")
    assert (told.lost_on, told.closed_on, told.currency, told.source) == (DAY, DAY, "EUR", "form")
    assert list(Change.objects.about(told).values_list("verb", flat=True)) == ["record loss"]


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"name": "  "}, "name"),
        ({"outcome": "won"}, "outcome"),
        ({"lost_on": None}, "lost_on"),
        ({"lost_on": dt.date(2027, 1, 1)}, "lost_on"),
        ({"amount_minor": -1}, "amount_minor"),
    ],
)
def test_a_loss_says_what_when_and_to_whom(cast, wrong, field):
    fields = {"name": "X", "outcome": "lost", "lost_on": DAY} | wrong
    with pytest.raises(Refused) as refused:
        Deal.record_loss(cast.north, cast.rep, today=TODAY, **fields)
    assert refused.value.field == field
    assert Deal.objects.count() == 0


def test_editing_a_deal_never_moves_its_loss(cast, deal):
    deal.change(cast.manager, today=TODAY, name="Renamed", closed_on=dt.date(2026, 9, 1), outcome="withdrawn")
    deal.refresh_from_db()
    assert (deal.lost_on, deal.name) == (DAY, "Renamed")
    with pytest.raises(Refused) as refused:
        deal.change(cast.manager, today=TODAY, lost_on=dt.date(2026, 10, 30))
    assert refused.value.field == "reason"
    deal.change(cast.manager, today=TODAY, lost_on=dt.date(2026, 10, 30), reason="Their letter is of October.")
    assert Deal.objects.get().lost_on == dt.date(2026, 10, 30)


def test_the_copies_of_its_reviews_stay_in_step(cast, deal):
    sealed = testing.review(cast, deal=deal, visibility="sealed")
    standard = testing.review(cast, deal=deal)
    deal.change(
        cast.admin,
        today=TODAY,
        reason="moved",
        team=cast.south,
        owner=cast.other_rep,
        amount_minor=5_00,
        lost_on=dt.date(2026, 10, 1),
    )
    copies = {
        (r.team, r.owner, r.value_minor, r.lost_on) for r in Review.objects.filter(pk__in=[sealed.pk, standard.pk])
    }
    assert copies == {(cast.south, cast.other_rep, 5_00, dt.date(2026, 10, 1))}


def test_a_list_price_is_the_value_where_no_amount_is_stated(cast, deal):
    about = testing.review(cast, deal=deal)
    deal.change(cast.rep, today=TODAY, amount_minor=None, list_price_minor=70_00)
    about.refresh_from_db()
    assert (deal.value_minor, deal.value_is_list_price, about.value_minor) == (70_00, True, 70_00)


def test_who_may_change_and_who_may_move(cast, deal):
    assert writers(cast, lambda name, by: deal.change(by, today=TODAY, name=f"By {name}")) == {
        "admin",
        "manager",
        "rep",
    }
    with pytest.raises(Refused):
        deal.change(cast.rep, today=TODAY, owner=cast.other_rep)
    with pytest.raises(Refused):
        deal.change(cast.manager, today=TODAY, team=cast.south)
    assert (Deal.objects.get().owner, Deal.objects.get().team) == (cast.rep, cast.north)


def test_no_other_field_is_changed(cast, deal):
    with pytest.raises(TypeError):
        deal.change(cast.admin, today=TODAY, source="elsewhere")


def test_a_change_that_changes_nothing_leaves_no_trace(cast, deal):
    deal.change(cast.rep, today=TODAY, name=deal.name)
    assert Change.objects.about(deal).count() == 0


def test_an_activity_is_added_once(cast, deal):
    def add(by, **fields):
        told = {"direction": "in", "happened_on": DAY, "subject": "Asked for a pilot", "answered": False} | fields
        return Activity.add(deal, by, today=TODAY, **told)

    add(cast.rep)
    add(cast.rep)
    assert Activity.objects.count() == 1
    assert writers(cast, lambda name, by: add(by, subject=f"From {name}")) == {"admin", "manager", "rep"}
    for wrong in [{"direction": "up"}, {"subject": " "}, {"happened_on": dt.date(2027, 1, 1)}]:
        with pytest.raises(Refused):
            add(cast.rep, **wrong)
