"""Many people move the same sums at once: none is lost, nobody waits for ever, a rebuild in between does no harm."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from failforward import testing
from failforward.testing import NOW, TODAY
from reviews import coding
from reviews.choosing import choose_all
from reviews.models import FailureEvent, ReturningOneOffs, Review, Summary
from reviews.sorting import Sorting, sort
from reviews.summary_sql import differences, rebuild

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 6
CODES = ["planning", "budget", "technology"]


@pytest.fixture
def cast():
    cast = testing.cast()
    for team in (cast.north, cast.south):
        team.readers_per_event, team.stage_chances = 1, [["Proposal", 40]]
        team.save()
    return cast


def at_once(works: list[Callable[[], object]]) -> None:
    def one(work):
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(one, works))


def chosen(cast):
    review = testing.review(cast, state="pending", opened_on=None)
    review.choose(cast.admin, "quick", TODAY)
    return review


def settle(cast, pk: int, codes: list[str]) -> None:
    for code in codes:
        event = Review.objects.get(pk=pk).add_event(cast.admin, f"Something about {code}.")
        event.judge(cast.admin, "caused")
        coding.submit(event, cast.admin, code, "systemic", now=NOW)


def test_writers_on_the_same_sums_lose_nothing_while_they_are_rebuilt(cast):
    reviews = [chosen(cast).pk for _number in range(WRITERS)]
    # Each in another order of categories.
    works = [lambda n=n, pk=pk: settle(cast, pk, CODES[n % 3 :] + CODES[: n % 3]) for n, pk in enumerate(reviews)]
    at_once([*works, lambda: [rebuild() for _time in range(4)]])
    assert list(differences()) == []
    found = Summary.objects.exclude(category="").values_list("category", "systemic", "losses")
    assert sorted(found) == [(code, WRITERS, WRITERS) for code in sorted(CODES)]


def test_many_chosen_at_once_and_work_on_each_of_them_wait_for_each_other_in_one_order(cast):
    made = [testing.review(cast, state="pending", opened_on=None) for _number in range(WRITERS)]
    south = testing.deal(cast, team=cast.south, owner=cast.outsider)
    made.append(testing.review(cast, deal=south, state="pending", opened_on=None))
    bulk = [lambda turn=turn: choose_all(made[::turn], cast.admin, "quick", TODAY) for turn in (1, -1)]
    each = [lambda pk=one.pk: Review.objects.get(pk=pk).choose(cast.admin, "quick", TODAY) for one in made]
    at_once([*bulk, *each])
    assert list(differences()) == []
    assert sorted(Summary.objects.values_list("team", "reviewed")) == sorted(
        [(cast.north.pk, WRITERS), (cast.south.pk, 1)]
    )


def test_deals_that_change_places_between_two_teams_do_not_lock_each_other_out(cast):
    reviews = [chosen(cast) for _number in range(WRITERS)]
    for review in reviews:
        settle(cast, review.pk, CODES)

    def to_and_fro(review, teams):
        for team in teams:
            review.deal.change(cast.admin, today=TODAY, team=team)

    ways = [[cast.south, cast.north, cast.south], [cast.south, cast.north]]
    at_once([lambda n=n, one=one: to_and_fro(one, ways[n % 2]) for n, one in enumerate(reviews)])
    assert list(differences()) == []
    assert set(Summary.objects.filter(team=cast.south, systemic__gt=0).values_list("systemic", flat=True)) == {3}


def test_one_offs_that_return_are_put_up_while_others_sort_theirs_anew(cast):
    """Who sorts anew has moved the team's sums before they settle: everybody takes the team before the row put up."""
    reviews = [chosen(cast) for _number in range(WRITERS)]
    for review in reviews:
        event = testing.event(review, what="A storm.", happened_on=TODAY, causal_role="caused")
        coding.submit(event, cast.admin, "planning", "one_off", now=NOW)

    def anew(pk):
        for code in ("planning", "budget", "planning", "budget", "planning") * 2:
            event = FailureEvent.objects.get(review=pk, what="A storm.")
            if event.category != code:
                said = Sorting(category=code, verdict="one_off", again_because="Looked at again.")
                sort(event, cast.admin, said, version=event.version, now=NOW)

    def more(pk):
        for number in range(6):
            event = FailureEvent.objects.get(pk=testing.event(Review.objects.get(pk=pk), causal_role="caused").pk)
            coding.submit(event, cast.admin, ("planning", "budget")[number % 2], "one_off", now=NOW)

    half = WRITERS // 2
    at_once([lambda n=n, pk=one.pk: (anew if n < half else more)(pk) for n, one in enumerate(reviews)])
    assert list(differences()) == []
    assert set(ReturningOneOffs.objects.values_list("category", flat=True)) == {"planning", "budget"}
    assert FailureEvent.objects.exclude(settled_at=None).count() == WRITERS + 6 * (WRITERS - half)
