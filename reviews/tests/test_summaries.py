import contextlib
import datetime as dt
import io
from collections import Counter

import pytest
from django.core.management import call_command
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from failforward import testing
from failforward.accounts.models import Team
from failforward.accounts.teams import change_team
from failforward.guards import Refused
from failforward.management.commands import prepare
from failforward.outbox.models import Tick
from failforward.testing import NOW, TODAY
from reviews import coding, summary_sql
from reviews.imports import save
from reviews.loss_costs import shared_out, with_decided
from reviews.models import Contribution, DirectCost, FailureEvent, Review, Summary
from reviews.models.summary import MEASURES
from reviews.summaries import COUNTED, count_anew
from reviews.summary_sql import differences, rebuild

pytestmark = pytest.mark.django_db

NOVEMBER = dt.date(2026, 11, 1)
NOTHING = {"minutes": 0, "hour_rate_minor": 0, "bid_minor": 0, "discount_minor": 0, "rework_minor": 0}


@pytest.fixture
def cast():
    cast = testing.cast()
    for team in (cast.north, cast.south):
        team.readers_per_event, team.stage_chances = 1, [["Proposal", 40]]
        team.save()
    return cast


def chosen(cast, **deal):
    review = testing.review(cast, deal=testing.deal(cast, **deal), state="pending", opened_on=None)
    review.choose(cast.manager, "quick", TODAY)
    return review


def settled(cast, review, role, category, verdict="systemic"):
    event = review.add_event(cast.manager, f"Something, {role}.")
    event.judge(cast.manager, role)
    coding.submit(event, cast.manager, category, verdict, now=NOW)
    return event


def sums(**which) -> dict[str, tuple]:
    """By category, of what is not at zero."""
    rows = Summary.objects.filter(**which).order_by("category").values_list("category", *MEASURES)
    return {category: tuple(figures) for category, *figures in rows if any(figures)}


def test_a_loss_is_counted_in_its_categories_and_once_as_a_whole(cast):
    review = chosen(cast, amount_minor=1_000_01)
    settled(cast, review, "caused", "planning")
    settled(cast, review, "contributed", "planning")
    settled(cast, review, "caused", "budget", "one_off")
    settled(cast, review, "unrelated", "technology")
    # systemic, one-offs, losses, reviewed, uncosted, cost
    assert sums(team=cast.north, owner=cast.rep, month=NOVEMBER, currency="EUR") == {
        "": (0, 0, 0, 1, 0, 0),
        "budget": (0, 1, 0, 0, 0, 0),
        "planning": (2, 0, 1, 0, 0, 400_00),
        "technology": (1, 0, 1, 0, 0, 0),
    }


def test_what_no_category_bears_is_not_stated(cast):
    chosen(cast, amount_minor=1_000_00)
    settled(cast, chosen(cast, amount_minor=None), "caused", "planning")
    chosen(cast, amount_minor=None)
    assert sums() == {"": (0, 0, 3, 3, 2, 400_00), "planning": (1, 0, 1, 0, 0, 0)}


def test_losses_that_nobody_took_up_count_nowhere(cast):
    testing.review(cast, state="pending", opened_on=None).waive(cast.manager, "Too small.")
    review = chosen(cast)
    review.put_back(cast.manager)
    assert sums() == {}


@pytest.mark.parametrize("visibility", ["named", "sealed"])
def test_what_few_may_read_leaves_the_sums_and_comes_back(cast, visibility):
    review = chosen(cast)
    settled(cast, review, "caused", "planning")
    before = sums()
    review.change_visibility(cast.manager, visibility)
    assert (sums(), Contribution.objects.count()) == ({}, 0)
    review.change_visibility(cast.manager, "standard")
    assert sums() == before


def test_a_deal_that_moves_takes_its_figures_along(cast):
    review = chosen(cast)
    settled(cast, review, "caused", "planning")
    whole = sums()
    review.deal.change(cast.admin, today=TODAY, team=cast.south, owner=cast.outsider)
    assert (sums(team=cast.north), sums(team=cast.south, owner=cast.outsider)) == ({}, whole)


def test_the_chance_of_winning_stays_as_it_was_taken_until_a_rebuild(cast):
    type(cast.north).objects.update(stage_chances=[])
    for won in range(10):
        testing.deal(cast, outcome="won" if won < 5 else "lost", lost_on=dt.date.today(), closed_on=None)
    review = chosen(cast, amount_minor=1_100)
    assert sums()[""][-1] == 500
    for _number in range(11):
        testing.deal(cast, lost_on=dt.date.today())
    settled(cast, review, "caused", "planning")
    assert sums()["planning"][-1] == 500
    assert list(differences()) == []
    rebuild()
    assert sums()["planning"][-1] == 250
    assert list(differences()) == []


def test_a_new_rule_of_the_team_holds_for_all_its_losses_at_once(cast):
    review = chosen(cast, amount_minor=1_000)
    settled(cast, review, "caused", "planning")
    settled(cast, review, "contributed", "budget")
    assert (sums()["planning"][-1], sums()["budget"][-1]) == (300, 100)
    change_team(cast.admin, cast.north, caused_weight=1, stage_chances=[["Proposal", 50]])
    assert (sums()["planning"][-1], sums()["budget"][-1]) == (250, 250)
    assert list(differences()) == []


def test_a_rebuild_mends_whatever_is_wrong_and_compare_tells_what(cast):
    for currency in ("EUR", "JPY"):
        settled(cast, chosen(cast, currency=currency), "caused", "planning")
    right = sums(currency="EUR") | sums(currency="JPY")
    assert compared() == (0, "The sums are right.\n")
    Summary.objects.filter(category="planning", currency="EUR").update(cost_minor=7)
    Contribution.objects.filter(currency="JPY").update(team=cast.south, month=dt.date(2020, 1, 1))
    Summary.objects.create(team=cast.company, owner=None, category="budget", month=NOVEMBER, currency="EUR", systemic=1)
    code, words = compared()
    assert code == 1
    assert "sum of North, owner" in words
    assert "Tarnholm, owner –, budget, 2026-11, EUR: off by systemic +1" in words
    call_command("rebuild_summaries", stdout=io.StringIO())
    assert (sums(currency="EUR") | sums(currency="JPY"), compared()[0]) == (right, 0)


def compared() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("compare_summaries", stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def test_a_team_of_many_losses_is_rebuilt_in_several_steps(cast, monkeypatch):
    monkeypatch.setattr(summary_sql, "MOST_AT_ONCE", 2)
    for year in (2021, 2022, 2022, 2025, 2026):
        day = dt.date(year, 5, 7)
        settled(cast, chosen(cast, lost_on=day, closed_on=day), "caused", "planning")
    years = [(span.since.year, span.until.year) for span in summary_sql.spans([cast.north.pk])]
    assert years == [(1, 2022), (2022, 2025), (2025, 9999)]
    Summary.objects.all().delete()
    Contribution.objects.all().delete()
    rebuild()
    assert list(differences()) == []
    assert Summary.objects.aggregate(Sum("reviewed"))["reviewed__sum"] == 5


def test_teams_rebuilt_together_keep_their_own_chances(cast):
    """The stage is called the same in both; a team of none is no trouble, nor is one alone."""
    Team.objects.filter(pk=cast.north.pk).update(stage_chances=[["Proposal", 40]])
    Team.objects.filter(pk=cast.south.pk).update(stage_chances=[["Proposal", 25]])
    for team in (cast.north, cast.south):
        settled(cast, chosen(cast, team=team, stage_at_loss="Proposal", amount_minor=1_000), "caused", "planning")
    assert [span.teams for span in summary_sql.spans(None)] == [sorted(Team.objects.values_list("pk", flat=True))]
    rebuild()
    costs = Summary.objects.filter(category="planning").values_list("team_id", "cost_minor")
    assert dict(costs) == {cast.north.pk: 400, cast.south.pk: 250}
    rebuild([cast.south.pk])
    assert dict(costs.all()) == {cast.north.pk: 400, cast.south.pk: 250}
    assert list(differences()) == []


def test_an_import_moves_what_its_rows_change(cast):
    review = chosen(cast, amount_minor=1_000)
    settled(cast, review, "caused", "planning")
    deal = review.deal
    deal.amount_minor, deal.currency, deal.owner_id = 5_000, "USD", cast.other_rep.pk
    deal.save()
    save.keep_reviews_in_step([deal])
    assert sums(owner=cast.rep) == {}
    assert sums(owner=cast.other_rep, currency="USD") == {"": (0, 0, 0, 1, 0, 0), "planning": (1, 0, 1, 0, 0, 2_000)}


def test_counting_one_review_takes_as_many_queries_as_twenty(cast, django_assert_num_queries):
    many = [chosen(cast) for _number in range(20)]
    for review in many:
        settled(cast, review, "caused", "planning")
    for some in (many[:1], many):
        type(many[0].deal).objects.filter(pk__in=[one.deal_id for one in some]).update(currency="SEK")
        with django_assert_num_queries(6):
            count_anew(one.pk for one in some)
    assert list(differences()) == []


ROLES = ["caused", "contributed", "unrelated", "unknown"]
CODES = ["planning", "budget", "technology"]
AMOUNTS = [None, 0, 1, 99, 184_000_01, 10**15 - 1]


def of_events(verb):
    """Does it to one of the events, told by its number."""

    def do(review, cast, number):
        if events := list(FailureEvent.everything.filter(review=review).order_by("uuid")):
            verb(events[number % len(events)], cast, number)

    return do


def change(**fields):
    def do(review, cast, number):
        given = {name: some[number % len(some)] for name, some in fields.items()}
        review.deal.change(cast.admin, today=TODAY, reason="It was wrong.", **given)

    return do


def merge(event, cast, number):
    others = list(event.review.events.exclude(pk=event.pk).order_by("uuid"))
    if others:
        event.merge_into(others[number % len(others)], cast.admin, "It is the same.")


def feed(review, cast):
    """All of it, so that the review can be closed."""
    weakness = testing.finding(cast)
    for event in review.events.systemic():
        weakness.take(event, cast.admin)


def read(event, cast, number):
    verdict = ["systemic", "one_off", "unsure", "systemic"][number % 4]
    coding.submit(event, cast.admin, CODES[number % 3], verdict, now=NOW)


def move(review, cast, number):
    team, owner = [(cast.north, cast.rep), (cast.south, cast.outsider), (cast.north, None)][number % 3]
    review.deal.change(cast.admin, today=TODAY, team=team, owner=owner)


VERBS = {
    "choose": lambda review, cast, number: review.choose(cast.admin, "quick", TODAY),
    "waive": lambda review, cast, number: review.waive(cast.admin, "Too small."),
    "put back": lambda review, cast, number: review.put_back(cast.admin),
    "add": lambda review, cast, number: review.add_event(cast.admin, "It rained."),
    "settle": lambda review, cast, number: settled(cast, review, ROLES[number % 4], CODES[number % 3]),
    "judge": of_events(lambda event, cast, number: event.judge(cast.admin, ROLES[number % 4])),
    "read": of_events(read),
    "ask again": of_events(lambda event, cast, number: coding.ask_again(event, cast.admin, "Look.", now=NOW)),
    "feed": lambda review, cast, number: feed(review, cast),
    "merge": of_events(merge),
    "separate": of_events(lambda event, cast, number: event.separate(cast.admin)),
    "visibility": lambda review, cast, number: review.change_visibility(
        cast.admin, ["standard", "sealed", "named"][number % 3]
    ),
    "direct": lambda review, cast, number: DirectCost.state(
        review, cast.admin, **NOTHING | {"bid_minor": [0, 1, 55_03][number % 3]}
    ),
    "amount": change(amount_minor=AMOUNTS),
    "list price": change(list_price_minor=AMOUNTS),
    "currency": change(currency=["EUR", "JPY", "KWD"]),
    "stage": change(stage_at_loss=["Proposal", "Demo", "", " proposal "]),
    "day": change(lost_on=[dt.date(2026, 11, 1), dt.date(2026, 10, 31), dt.date(2024, 2, 29)]),
    "team": move,
    "weights": lambda review, cast, number: change_team(
        cast.admin, cast.north, caused_weight=number % 4, contributed_weight=number % 3
    ),
    "close": lambda review, cast, number: review.close(cast.admin, NOW),
    "reopen": lambda review, cast, number: review.reopen(cast.admin, "News."),
    "rebuild": lambda review, cast, number: rebuild(),
}


def whole() -> dict[str, int]:
    """What all losses that are counted cost, as their own pages say."""
    costs = Counter()
    for review in with_decided(Review.objects.filter(**COUNTED), TODAY).select_related("deal", "team", "direct_cost"):
        costs[review.deal.currency] += shared_out(review, review.events.all()).loss.total_minor or 0
    return {currency: cost for currency, cost in costs.items() if cost}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 11)), min_size=8, max_size=14))
def test_after_any_verbs_the_sums_are_what_the_reviews_come_to(cast, sequence):
    pair = [chosen(cast), testing.review(cast, state="pending", opened_on=None)]
    for role, category in (("caused", "planning"), ("contributed", "budget"), ("contributed", "planning")):
        settled(cast, pair[0], role, category)
    for at, (name, number) in enumerate(sequence):
        review = Review.objects.get(pk=pair[(at + number) % 3 == 2].pk)
        with contextlib.suppress(Refused):
            VERBS[name](review, cast, number)
        assert list(differences()) == [], (name, number)
    assert whole() == dict(
        Summary.objects.values_list("currency").annotate(Sum("cost_minor")).exclude(cost_minor__sum=0)
    )
    assert [one for one in Contribution.objects.all() if one.cost_minor < 0 or one.month.day != 1] == []


def test_an_installation_that_is_older_than_its_sums_gets_them_with_the_upgrade(cast):
    settled(cast, chosen(cast), "caused", "planning")
    for table in (Summary, Contribution):
        table.objects.all().delete()
    # A verb of the new code came first, or the filling was broken off: some are there, and they are not all.
    chosen(cast)
    prepare.Command().fill_sums()
    assert list(differences()) == []
    assert Summary.objects.get(category="planning").systemic == 1

    prepare.Command().fill_sums()
    assert Tick.objects.filter(name=prepare.SUMS_FILLED).count() == 1


def test_a_rebuild_knows_as_many_stages_as_people_write(cast):
    cast.north.stage_chances = [[f"Stage {number}", 40] for number in range(600)]
    cast.north.save()
    for number in (0, 599):
        chosen(cast, stage_at_loss=f"Stage {number}", amount_minor=100)
    deals = [testing.deal(cast, stage_at_loss=f"Stage {number}") for number in range(600)]
    Review.objects.bulk_create(
        Review(deal=deal, team=deal.team, owner=deal.owner, lost_on=deal.lost_on, state="gathering") for deal in deals
    )
    rebuild()
    assert list(differences()) == []
    assert sums()[""][2:4] == (602, 602)


def test_a_large_value_and_many_deals_are_reckoned_to_the_cent(cast):
    """At a win rate of thousands of deals, value times won is more than a column holds."""
    review = chosen(cast, amount_minor=10**15 - 1)
    chance = {"chance_won": 123_457, "chance_of": 654_321}
    Contribution.objects.filter(review=review).update(**chance)
    count_anew([review.pk])
    assert list(differences()) == []
    assert sums()[""][-1] == (2 * (10**15 - 1) * 123_457 + 654_321) // (2 * 654_321)
