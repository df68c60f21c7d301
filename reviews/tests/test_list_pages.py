"""Every list: who sees which rows, the same number of queries whatever the rows, and any address at all."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from failforward import testing
from failforward.accounts.models import Membership, Team
from failforward.testing import NOW
from reviews.models import Activity, Deal, Review

pytestmark = pytest.mark.django_db

LISTS = ["/reviews/", "/deals/", "/findings/"]
SETTLED = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1, "causal_role": "caused"}


@pytest.fixture
def cast():
    return testing.cast()


def add_rows(cast, number):
    for _ in range(number):
        review = testing.review(cast)
        finding = testing.finding(cast)
        testing.event(review, finding=finding, **SETTLED)


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.parametrize("who", ["admin", "manager", "rep"])
@pytest.mark.parametrize("url", LISTS)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one_and_at_most_eight(client, cast, url, who):
    client.force_login(getattr(cast, who))
    add_rows(cast, 1)
    one = queries(client, url)
    add_rows(cast, 2)
    assert queries(client, url) == one
    assert one <= 8


def test_a_manager_of_six_teams_needs_no_more(client, cast):
    for number in range(5):
        Membership.objects.create(user=cast.manager, team=Team.open(f"Team {number}"), role="manager")
    client.force_login(cast.manager)
    add_rows(cast, 3)
    assert max(queries(client, url) for url in LISTS) <= 8


BAD = [
    "since=yesterday",
    "since=2026-13-45&until=x",
    "since=0000-00-00",
    "value_from=99999999999999999999999999999",
    "value_from=1e400",
    "value_from=nan",
    "value_from=-5",
    "sort=nonsense",
    "sort=-nonsense&after=@@@",
    "after=WzEsMl0",
    "before=bnVsbA",
    "state=nonsense",
    "team=999999999999999999999999",
    "team=x",
    "owner=%00",
    "q=%00%ff",
    "q=" + "x" * 5000,
    "outcome=nonsense",
    "category=nonsense",
    "totals=1&value_from=x",
    "format=nonsense",
    "format=csv&since=x&sort=y",
]


@pytest.mark.parametrize("query", BAD)
@pytest.mark.parametrize("url", LISTS)
def test_no_address_breaks_a_list(client, cast, url, query):
    client.force_login(cast.manager)
    add_rows(cast, 1)
    assert client.get(f"{url}?{query}").status_code == 200


def names(response):
    return {review.deal.name for review in response.context["page"].rows}


def reviews_for_filters(cast):
    def made(name, *, deal=(), **fields):
        about = testing.deal(cast, **{"name": name} | dict(deal))
        return testing.review(cast, deal=about, **fields)

    made("old", deal={"lost_on": dt.date(2025, 3, 1), "amount_minor": 100_00}, state="closed", closed_at=NOW)
    made("new", deal={"competitor": "Plexa Controls", "amount_minor": 900_000_00})
    made("toms", deal={"owner": cast.other_rep, "amount_minor": None, "outcome": "withdrawn", "competitor": ""})
    made("yen", deal={"currency": "JPY", "amount_minor": 5_000})


@pytest.mark.parametrize(
    "query, left",
    [
        ("", {"old", "new", "toms", "yen"}),
        ("state=closed", {"old"}),
        ("state=gathering", {"new", "toms", "yen"}),
        ("since=2026-01-01", {"new", "toms", "yen"}),
        ("until=2025-12-31", {"old"}),
        ("rival=plexa", {"new"}),
        ("outcome=withdrawn", {"toms"}),
        ("owner=okafor", {"toms"}),
        ("q=NE", {"new"}),
        ("value_from=5000", {"new", "yen"}),
        ("value_from=5.000,01", {"new"}),
        ("value_from=100", {"old", "new", "yen"}),
        ("state=closed&since=rubbish", {"old"}),
    ],
)
def test_filters_of_the_reviews(client, cast, query, left):
    reviews_for_filters(cast)
    client.force_login(cast.manager)
    assert names(client.get(f"/reviews/?{query}")) == left


def test_the_reviews_are_sorted_by_the_address(client, cast):
    reviews_for_filters(cast)
    client.force_login(cast.manager)
    for sort, order in {
        "-value": ["new", "old", "yen", "toms"],
        "value": ["toms", "yen", "old", "new"],
        "lost_on": ["old", "new", "toms", "yen"],
    }.items():
        rows = client.get(f"/reviews/?sort={sort}").context["page"].rows
        assert [review.deal.name for review in rows] == order


def test_totals_are_exact_and_never_added_across_currencies(client, cast):
    reviews_for_filters(cast)
    named = testing.deal(cast, name="named", amount_minor=7_777_777_00)
    testing.review(cast, (cast.manager,), deal=named, visibility="named")
    client.force_login(cast.manager)
    totals = client.get("/reviews/?totals=1").context["totals"]
    assert totals["count"] == 5
    assert totals["sums"] == [(100_00 + 900_000_00, "EUR"), (5_000, "JPY")]
    assert totals["unstated"] == 1
    assert totals["not_added"] is True


def test_a_sealed_review_is_in_nobody_elses_list(client, cast):
    secret = testing.deal(cast, name="Zeppelin", owner=cast.other_rep)
    testing.review(cast, (cast.rep,), deal=secret, visibility="sealed", lesson="Zeppelin lesson")
    for name, person in cast.people.items():
        client.force_login(person)
        for query in ("", "?q=zeppelin", "?totals=1", "?sort=-value", "?owner=okafor"):
            assert names(client.get(f"/reviews/{query}")) == ({"Zeppelin"} if name == "rep" else set()), name
        assert b"Zeppelin" not in b"".join(client.get("/reviews/?format=csv"))


def test_a_deal_whose_review_one_may_not_see_looks_like_one_without(client, cast):
    hidden, bare = testing.deal(cast, name="Twin"), testing.deal(cast, name="Twin")
    testing.review(cast, (cast.facilitator,), deal=hidden, visibility="sealed")
    client.force_login(cast.manager)
    pages = [
        re.sub(rf"/(deals|chain/deal)/{deal.pk}/", "#", client.get(f"/deals/{deal.pk}/").content.decode())
        for deal in (hidden, bare)
    ]
    pages = ["\n".join(line for line in page.splitlines() if "csrf" not in line) for page in pages]
    assert pages[0] == pages[1]
    client.post(f"/deals/{hidden.pk}/review/")
    assert Review.objects.filter(deal=hidden, visibility="standard").count() == 1
    assert Review.objects.filter(deal=hidden).count() == 2


def test_the_file_holds_what_the_list_shows_and_no_formula(client, cast):
    about = testing.deal(cast, name="=cmd|'/C calc'!A0", competitor="+Plexa", lost_on=dt.date(2026, 3, 1))
    testing.review(cast, deal=about)
    testing.review(cast, state="closed", closed_at=NOW)
    client.force_login(cast.manager)
    response = client.get("/reviews/?format=csv&state=gathering")
    text = b"".join(response).decode("utf-8-sig")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="reviews.csv"'
    header, row = text.splitlines()
    assert header.startswith("Deal,Customer,State,Lost on")
    assert row.startswith("'=cmd|'/C calc'!A0,,gathering,2026-03-01,")
    assert ",'+Plexa,184000.00,EUR,," in row


def test_a_long_list_has_pages_and_a_capped_count(client, cast):
    owner = testing.person("Nora Many", cast.north)
    Deal.objects.bulk_create(
        Deal(name=f"d{n}", team=cast.north, owner=owner, outcome="lost", lost_on=dt.date(2026, 1, 1))
        for n in range(1005)
    )
    client.force_login(owner)
    response = client.get("/deals/")
    assert len(response.context["page"].rows) == 25
    assert "1,000+" in response.content.decode()
    assert len(response.content) <= 60_000


@pytest.mark.parametrize("kind", ["deals", "findings"])
def test_a_detail_page_takes_as_many_queries_whatever_hangs_on_it_and_at_most_ten(client, cast, kind):
    deal, finding = testing.deal(cast), testing.finding(cast)
    urls = {"deals": deal.get_absolute_url(), "findings": finding.get_absolute_url()}

    def hang(number):
        for _ in range(number):
            testing.event(testing.review(cast), finding=finding, **SETTLED)
            testing.action(cast).findings.add(finding)
            testing.review(cast, (cast.manager,), deal=deal, visibility="named")
            Activity.add(
                deal,
                cast.rep,
                direction="in",
                happened_on=dt.date(2026, 11, 1),
                subject=f"Call {Activity.objects.count()}",
                today=testing.TODAY,
            )
            finding.change(cast.manager, description=f"{finding.description}.")

    client.force_login(cast.manager)
    hang(1)
    one = queries(client, urls[kind])
    hang(3)
    assert queries(client, urls[kind]) == one
    assert one <= 10


@pytest.mark.parametrize("path", ["/reviews/", "/deals/", "/findings/", "/reviews/triage/"])
def test_a_list_of_nothing_says_what_it_is_for_and_offers_no_sum_file_or_filter(client, cast, path):
    client.force_login(cast.admin)

    page = client.get(path).content.decode()

    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("btn-primary") == 1
    for idle in ["Add up", "CSV", "data-filter", ">0 ", "0 in all"]:
        assert idle not in main
