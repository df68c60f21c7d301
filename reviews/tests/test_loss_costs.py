import datetime as dt
import re

import pytest

from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.money import about
from failforward.testing import NOW, TODAY
from reviews.loss_costs import Borne, cost_of_finding, shared_out, with_decided
from reviews.models import DirectCost, Finding, Review

pytestmark = pytest.mark.django_db

SYSTEMIC = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1}
NOTHING = {"minutes": 0, "hour_rate_minor": 0, "bid_minor": 0, "discount_minor": 0, "rework_minor": 0}


@pytest.fixture
def cast():
    cast = testing.cast()
    cast.north.stage_chances = [["Proposal", 40]]
    cast.north.save()
    return cast


@pytest.fixture
def finding(cast):
    return testing.finding(cast)


def lost(cast, *events, finding=None, **deal):
    """A review of a loss at "Proposal"; `events` are pairs of causal role and whether it shows the finding."""
    review = testing.review(cast, (cast.rep, cast.manager), deal=testing.deal(cast, **deal), facilitator=cast.manager)
    for role, shows in events:
        testing.event(review, causal_role=role, finding=finding if shows else None, **SYSTEMIC)
    return review


def shared(review):
    review = with_decided(Review.objects.for_detail(), TODAY).get(pk=review.pk)
    return shared_out(review, review.events.order_by("pk"))


def test_a_loss_is_borne_by_its_systemic_events_by_what_they_did(cast):
    review = lost(cast, ("caused", True), ("contributed", False), ("unrelated", True), amount_minor=184_000_01)
    testing.event(review, causal_role="caused", **SYSTEMIC | {"verdict": "one_off"})
    testing.event(review, causal_role="caused")
    borne = shared(review)
    assert borne.loss.total_minor == 73_600_00
    assert sorted((part.weight, part.minor) for part in borne.parts) == [(1, 18_400_00), (3, 55_200_00)]


def test_the_last_cent_goes_to_the_same_event_on_every_page(cast, finding):
    review = lost(cast, ("caused", True), ("caused", False), ("caused", False), finding=finding, amount_minor=250)
    mine = [part.minor for part in shared(review).parts if part.event.finding_id == finding.pk]
    assert [one.minor for one in cost_of_finding(finding, TODAY).borne] == mine


def test_many_events_are_counted_by_what_they_bear(cast):
    borne = shared(lost(cast, *[("caused", False)] * 4, *[("contributed", False)] * 4))
    assert (borne.shown, borne.others) == ([], [(3, 4, 55_200_00), (1, 4, 18_400_00)])


def test_a_team_weighs_as_it_likes(cast):
    type(cast.north).objects.update(caused_weight=1, contributed_weight=1)
    borne = shared(lost(cast, ("caused", True), ("contributed", True)))
    assert [part.minor for part in borne.parts] == [36_800_00, 36_800_00]


def test_the_list_price_stands_in_and_is_marked(cast):
    borne = shared(lost(cast, amount_minor=None, list_price_minor=1_000))
    assert (borne.loss.value_from, borne.loss.lost_minor) == ("list_price", 400)


def test_without_a_table_the_teams_own_deals_of_two_years_tell_the_chance(cast):
    type(cast.north).objects.update(stage_chances=[])
    for outcome, number, day in [("won", 4, TODAY), ("won", 9, TODAY - dt.timedelta(days=800))]:
        for _number in range(number):
            testing.deal(cast, outcome=outcome, lost_on=None, closed_on=day, stage_at_loss="")
    for _number in range(5):
        testing.deal(cast)
    testing.deal(cast, stage_at_loss="Demo")
    testing.deal(cast, team=cast.south, owner=cast.outsider)
    assert tuple(shared(lost(cast)).loss.chance) == (4, 10, "win_rate")
    assert shared(lost(cast, stage_at_loss="Demo")).loss.chance is None


def test_what_was_spent_is_said_on_the_review_and_counts(cast):
    review = lost(cast, ("caused", True))
    spent = NOTHING | {"minutes": 90, "hour_rate_minor": 80_00, "bid_minor": 500_00}
    DirectCost.state(review, cast.rep, **spent)
    DirectCost.state(review, cast.rep, **spent)
    assert shared(review).loss.total_minor == 73_600_00 + 620_00
    assert list(Change.objects.about(review).values_list("verb", flat=True)) == ["cost_stated"]


@pytest.mark.parametrize(
    "wrong",
    [{"minutes": 5}, {"bid_minor": -1}, {"rework_minor": 10**18}, {"minutes": 60_000, "hour_rate_minor": 10**13}],
)
def test_a_cost_that_cannot_be_is_refused(cast, wrong):
    with pytest.raises(Refused):
        DirectCost.state(lost(cast), cast.rep, **NOTHING | wrong)
    assert not DirectCost.objects.exists()


def test_who_says_what_was_spent_and_not_once_it_is_closed(cast):
    review, may = lost(cast), set()
    for name, person in cast.people.items():
        try:
            DirectCost.state(Review.objects.get(pk=review.pk), person, **NOTHING)
            may.add(name)
        except Refused:
            pass
    assert may == {"admin", "manager", "rep"}
    Review.objects.update(state="closed", closed_at=NOW)
    with pytest.raises(Refused):
        DirectCost.state(Review.objects.get(pk=review.pk), cast.manager, **NOTHING)


def test_a_finding_bears_its_shares_each_currency_by_itself(cast, finding):
    lost(cast, ("caused", True), ("contributed", False), finding=finding)
    lost(cast, ("contributed", True), finding=finding, currency="JPY", amount_minor=1_001)
    lost(cast, ("caused", True), finding=finding, lost_on=TODAY - dt.timedelta(days=400), amount_minor=1_000)
    found = cost_of_finding(finding, TODAY)
    assert [(one.currency, one.minor, one.lost_minor, one.losses) for one in found.borne] == [
        ("EUR", 55_200_00 + 400, 55_200_00, 2),
        ("JPY", 400, 400, 1),
    ]


def test_a_loss_of_unknown_cost_and_one_without_a_part_are_counted_apart(cast, finding):
    lost(cast, ("caused", True), finding=finding, amount_minor=None)
    lost(cast, ("unrelated", True), finding=finding)
    found = cost_of_finding(finding, TODAY)
    assert (found.borne, found.not_stated, found.no_part) == ([], 1, 1)


@pytest.mark.parametrize("visibility", ["named", "sealed"])
def test_other_than_standard_reviews_cost_nothing_for_anybody(cast, finding, visibility):
    review = lost(cast, ("caused", True), finding=finding)
    Review.objects.filter(pk=review.pk).update(visibility=visibility)
    assert cost_of_finding(finding, TODAY).borne == []


def test_cost_of_many_losses_takes_as_many_queries_as_of_one(cast, finding, django_assert_num_queries):
    for losses in (1, 9):
        for _number in range(losses):
            lost(cast, ("caused", True), ("contributed", True), finding=finding)
        with django_assert_num_queries(3):
            cost_of_finding(finding, TODAY)


WEIGHED = {"confidence": 50, "effort_days": 10, "estimate_minor": None, "priority_minor": None}


def test_priority_reproduces_by_hand_from_the_numbers_on_the_page(client, cast, finding):
    lost(cast, ("caused", True), finding=finding, lost_on=dt.date.today() - dt.timedelta(days=9))
    finding.weigh(cast.manager, **WEIGHED | {"estimate_minor": 6_400_00, "estimate_because": "Two near misses a year."})
    client.force_login(cast.rep)
    page = re.sub(r"<[^>]+>|\s+", " ", client.get(f"/findings/{finding.pk}/").content.decode())
    page = re.sub(r" +", " ", page)
    told = re.search(r"Priority: €([\d,]+) a year × (\d+) % sure ÷ (\d+) days of work = €([\d,]+) per day", page)
    year, confidence, days, per_day = (int(number.replace(",", "")) for number in told.groups())
    assert (year, year * confidence / 100 / days) == (80_000, per_day)
    assert "€73,600 + €6,400 = €80,000" in page
    assert "Two near misses a year." in page


def test_a_priority_by_hand_has_a_reason_and_is_shown_with_it(client, cast, finding):
    with pytest.raises(Refused) as refused:
        finding.weigh(cast.manager, **WEIGHED | {"priority_minor": 900_00, "priority_because": " "})
    assert refused.value.field == "priority_because"
    finding.refresh_from_db()
    assert (finding.priority_minor, finding.confidence) == (None, None)
    client.force_login(cast.manager)
    sent = {"priority": "900.50", "priority_because": "The audit asks for it.", "version": finding.version}
    assert client.post(f"/findings/{finding.pk}/weigh/", sent).status_code == 302
    page = client.get(f"/findings/{finding.pk}/").content.decode()
    assert "Set by hand: €900.50 per day of work." in page
    assert "The audit asks for it." in page
    finding.refresh_from_db()
    finding.weigh(cast.manager, priority_minor=None)
    finding.refresh_from_db()
    assert (finding.priority_minor, finding.priority_because) == (None, "")


def test_two_who_weigh_at_once_lose_nothing(client, cast, finding):
    client.force_login(cast.manager)
    sent = {"confidence": "30", "version": finding.version}
    finding.weigh(cast.admin, confidence=80)
    with pytest.raises(Conflict):
        Finding.objects.get(pk=finding.pk).weigh(cast.manager, version=1, confidence=30)
    response = client.post(f"/findings/{finding.pk}/weigh/", sent)
    assert response.status_code == 409
    assert 'value="30"' in response.content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"confidence": "101"},
        {"confidence": "x"},
        {"effort_days": "0"},
        {"estimate": "-1"},
        {"priority": "1e99"},
        {"version": ""},
    ],
)
def test_a_hostile_weight_is_an_error_at_its_field(client, cast, finding, sent):
    client.force_login(cast.manager)
    response = client.post(f"/findings/{finding.pk}/weigh/", {"version": finding.version} | sent)
    assert response.status_code == 422
    assert Finding.objects.get(pk=finding.pk).version == finding.version


def test_the_review_page_explains_the_cost_and_takes_what_was_spent(client, cast):
    review = lost(cast, ("caused", True), ("contributed", True))
    client.force_login(cast.rep)
    assert "Say what was spent on it" in client.get(f"/reviews/{review.pk}/").content.decode()
    assert 'name="hour_rate"' in client.get(f"/reviews/{review.pk}/?do=cost").content.decode()
    refused = client.post(f"/reviews/{review.pk}/cost/", {"hours": "2"})
    assert refused.status_code == 422
    assert (
        client.post(f"/reviews/{review.pk}/cost/", {"hours": "1.5", "hour_rate": "80", "bid": "0.48"}).status_code
        == 302
    )
    page = client.get(f"/reviews/{review.pk}/").content.decode()
    for words in ("€73,600", "€120.48", "€73,720.48", "3 of 4 parts", "€55,290.36", "€18,430.12"):
        assert words in page


@pytest.mark.parametrize(("lost_minor", "besides"), [(142_166_67, 6_400_50), (900_50, 500_20), (142_166_67, 0)])
def test_what_a_year_costs_is_the_sum_of_its_parts_as_they_are_told(lost_minor, besides):
    borne = Borne("EUR", lost_minor=lost_minor, estimate_minor=besides)
    assert borne.year_told == about(lost_minor, "EUR") + about(besides, "EUR")
    assert abs(borne.year_told - borne.year_minor) <= 100
