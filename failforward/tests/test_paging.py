import datetime as dt

import pytest
from django.db.models import Q
from django.http import QueryDict

from failforward import paging, testing
from failforward.accounts.models import User
from failforward.listing import Listing
from failforward.scopes import Among, Scoped, visible
from reviews.models import Deal
from reviews.models.deal import deal_scopes

DEALS = Listing(Deal.objects.all, deal_scopes, lambda rows: rows.for_list())
ORDERS = {"lost": ("-sort_on", "-id"), "oldest": ("sort_on", "id")}
pytestmark = pytest.mark.django_db


def page_for(query, user, size=25):
    return DEALS.page(QueryDict(query), user, ORDERS, size=size)


def names(page):
    return [deal.name for deal in page.rows]


@pytest.fixture
def cast():
    cast = testing.cast()
    for number in range(7):
        testing.deal(cast, name=f"n{number}", lost_on=dt.date(2026, 11, 1 + number // 2))
    testing.deal(cast, name="south", team=cast.south, owner=cast.outsider)
    return cast


def walk(query, user, size):
    seen = [page_for(query, user, size)]
    while seen[-1].next_url:
        seen.append(page_for(seen[-1].next_url[1:], user, size))
    return seen


@pytest.mark.parametrize("who", ["admin", "manager", "rep"])
@pytest.mark.parametrize("sort", ["lost", "oldest"])
def test_every_row_is_on_exactly_one_page(cast, who, sort):
    user = getattr(cast, who)
    expected = Deal.objects.visible_to(user).order_by(*ORDERS[sort])
    pages = walk(f"sort={sort}", user, size=3)
    assert [name for page in pages for name in names(page)] == [deal.name for deal in expected]


@pytest.mark.parametrize("size", [3, 25])
def test_who_reaches_the_same_reads_their_own_rows(cast, size):
    """The queries are written once for both; only the first owns deals."""
    mine, theirs = (names(page_for("", user, size)) for user in (cast.rep, cast.other_rep))
    assert theirs == [deal.name for deal in Deal.objects.visible_to(cast.other_rep).order_by("-sort_on", "-id")[:size]]
    assert len(mine) == min(size, 7) and set(mine).isdisjoint(theirs)


def test_the_way_back_shows_the_same_pages(cast):
    pages = walk("", cast.manager, size=3)
    back = page_for(pages[-1].previous_url[1:], cast.manager, 3)
    assert names(back) == names(pages[-2])
    first = page_for(back.previous_url[1:], cast.manager, 3)
    assert names(first) == names(pages[0])
    assert first.previous_url == ""


def test_a_stranger_sees_no_row_and_no_count(cast):
    page = page_for("", cast.partner)
    assert (page.rows, page.count, page.next_url) == ([], 0, "")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "W10", "e30", "WyJhIiwxXQ", "WzEsMl0", "WyIyMDI2LTExLTAxIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ", "%00"],
)
def test_a_cursor_nobody_made_begins_at_the_beginning(cast, cursor):
    assert names(page_for(f"after={cursor}", cast.manager)) == names(page_for("", cast.manager))


def test_counts_stop_at_the_cap(cast, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_CAP", 3)
    page = page_for("", cast.manager)
    assert page.capped and page.count_label == "3+"


@pytest.mark.parametrize("who", ["admin", "manager", "rep"])
def test_the_number_of_queries_does_not_grow(cast, who, django_assert_max_num_queries):
    user = getattr(cast, who)
    with django_assert_max_num_queries(5):
        page_for("", user)


def test_rows_with_several_reasons_are_counted_once(cast, monkeypatch):
    """Ines owns what Mara manages; a manager who owns deals of her own team has two reasons for each."""
    Deal.objects.filter(team=cast.north).update(owner=cast.manager)
    page = page_for("", cast.manager, size=3)
    assert page.count_label == "7"
    monkeypatch.setattr(paging, "COUNT_CAP", 6)
    assert page_for("", cast.manager, size=3).count_label == "6+"
    monkeypatch.setattr(paging, "COUNT_CAP", 7)
    assert page_for("", cast.manager, size=3).count_label == "7"


def test_a_scope_of_several_teams_is_read_team_by_team(cast):
    one_by_one = [Q(team=cast.north), Q(team=cast.south)]
    at_once = [Q(team__in=[cast.north.pk, cast.south.pk])]
    read = [Scoped(Deal.objects.all(), scopes, ORDERS["lost"]) for scopes in (one_by_one, at_once)]

    assert [scoped.first_sql(2)[0].count(" AS part") for scoped in read] == [2, 2]
    assert {deal.name for deal in read[1].first(8)} == {"south", *(f"n{number}" for number in range(7))}
    assert [deal.name for deal in read[1].first(2).order_by("-sort_on", "-id")] == names(page_for("", cast.admin))[:2]
    assert (read[1].count(100), read[1].count(3)) == (8, 3)


def test_no_team_is_no_row_not_every_row(cast):
    nothing = Scoped(Deal.objects.all(), [Q(team__in=[])], ORDERS["lost"])

    assert (list(nothing.first(5)), nothing.count(5)) == ([], 0)


def test_a_scope_of_a_few_finds_each_row_once_in_order(cast):
    deals = [testing.deal(cast, name=f"Deal {number}", owner=cast.other_rep) for number in range(5)]
    few = Deal.objects.filter(pk__in=[deal.pk for deal in deals[:3]]).values("pk")
    own = User.objects.filter(pk__in=[cast.other_rep.pk, cast.manager.pk]).values("pk")
    scopes = [Q(Among("pk", few)), Q(team=cast.north.pk) & Q(Among("owner", own)), Q(Among("pk", few.none()))]
    scoped = Scoped(Deal.objects.all(), scopes, ("id",))

    assert sorted(scoped.first(4).values_list("pk", flat=True))[:4] == [deal.pk for deal in deals[:4]]
    assert [scoped.count(most) for most in (3, 100)] == [3, 5]
    assert list(visible(Deal.objects.order_by("pk"), scopes)) == deals
