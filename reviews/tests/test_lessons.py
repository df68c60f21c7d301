import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import ActionFinding
from failforward import testing
from failforward.testing import NOW
from reviews import lessons
from reviews.models import LessonSetAside, Review

LIST = "/lessons/"


def taught(cast, lesson: str, people=(), visibility: str = "standard", closed: bool = True, **deal) -> Review:
    """A closed review of a deal of Tom's, with its lesson."""
    about = testing.deal(cast, **{"owner": cast.other_rep} | deal)
    state = {"state": "closed", "closed_at": NOW} if closed else {"state": "acting"}
    return testing.review(cast, people=people, deal=about, lesson=lesson, visibility=visibility, **state)


@pytest.fixture
def known(cast) -> dict[str, Review]:
    return {
        "team": taught(cast, "Ask who signs.", name="Kiln", product="Dryers"),
        "south": taught(cast, "Bring a unit to lend.", team=cast.south),
        "named": taught(cast, "Between us.", people=(cast.rep,), visibility="named"),
        "sealed": taught(cast, "Behind the seal.", people=(cast.facilitator,), visibility="sealed"),
        "open": taught(cast, "Not closed yet.", closed=False),
        "empty": taught(cast, ""),
    }


def seen(client, user) -> set[str]:
    client.force_login(user)
    page = client.get(LIST).content.decode()
    words = ["Ask who signs.", "Bring a unit to lend.", "Between us.", "Behind the seal.", "Not closed yet."]
    return {word for word in words if word in page}


def test_the_team_reads_its_lessons_and_those_on_a_review_for_few_theirs(client, cast, known):
    north, south = "Ask who signs.", "Bring a unit to lend."
    assert seen(client, cast.other_rep) == seen(client, cast.manager) == seen(client, cast.support) == {north}
    assert seen(client, cast.rep) == {north, "Between us."}
    assert seen(client, cast.facilitator) == {north, "Behind the seal."}
    assert seen(client, cast.outsider) == {south}
    assert seen(client, cast.admin) == {north, south}
    assert seen(client, cast.sponsor) == seen(client, cast.partner) == set()


def test_whoever_sponsors_a_list_reads_what_feeds_it(client, cast, known):
    finding = testing.finding(cast)
    settled = {"category": "planning", "verdict": "systemic", "settled_at": NOW}
    for review in (known["team"], known["sealed"]):
        testing.event(review, finding=finding, **settled)
    ActionFinding.objects.create(action=testing.action(cast), finding=finding)

    assert seen(client, cast.sponsor) == {"Ask who signs."}


def test_a_lesson_names_the_deal_only_to_whoever_may_read_its_review(client, cast, known):
    client.force_login(cast.list_owner)
    assert "Kiln" not in client.get(LIST).content.decode()
    client.force_login(cast.manager)
    assert "Kiln" in client.get(LIST).content.decode()


@pytest.mark.parametrize("query", ["q=WHO+signs", "rival=orrin&q=ask", "product=dryer", "sort=oldest&q=signs"])
def test_lessons_are_searched(client, cast, known, query):
    taught(cast, "Something else.", competitor="Plexa")
    client.force_login(cast.manager)
    page = client.get(f"{LIST}?{query}").content.decode()
    assert "Ask who signs." in page and "Something else." not in page


def test_lessons_are_found_by_the_category_of_their_events(client, cast, known):
    testing.event(known["team"], category="budget", verdict="one_off", settled_at=NOW)
    client.force_login(cast.manager)
    assert "Ask who signs." in client.get(f"{LIST}?category=budget").content.decode()
    assert "Ask who signs." not in client.get(f"{LIST}?category=planning").content.decode()


def test_the_list_costs_the_same_for_one_lesson_and_three(client, cast):
    client.force_login(cast.rep)
    counts = []
    for number in range(3):
        taught(cast, f"Lesson {number}.")
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[2] <= 8


@pytest.fixture
def at_hand(cast):
    return testing.deal(
        cast, outcome="open", lost_on=None, closed_on=None, competitor="Orrin Instruments", product="Dryers"
    )


def offered(deal, user) -> list[tuple[str, str]]:
    return [(offer.review.lesson, offer.because) for offer in lessons.like(deal, user).lessons]


def test_lessons_of_like_deals_are_offered_the_most_alike_first(cast, at_hand):
    taught(cast, "Rival only.", amount_minor=1_00)
    taught(cast, "Nothing shared.", competitor="Plexa", amount_minor=1_00)
    taught(cast, "Amount only.", competitor="Plexa")
    taught(cast, "All of it.", product="dryers")
    taught(cast, "Product.", product="dryers", competitor="", amount_minor=1_00, lost_on=dt.date(2026, 1, 5))

    assert offered(at_hand, cast.rep) == [
        ("All of it.", "same rival, same product line, like amount"),
        ("Rival only.", "same rival"),
        ("Product.", "same product line"),
    ]


def test_three_lessons_are_enough(cast, at_hand):
    for number in range(5):
        taught(cast, f"Lesson {number}.")
    assert len(offered(at_hand, cast.rep)) == 3


def test_nothing_is_offered_from_a_review_one_may_not_know_of(cast, at_hand):
    taught(cast, "Behind the seal.", people=(cast.facilitator,), visibility="sealed")
    taught(cast, "Theirs.", team=cast.south)
    assert offered(at_hand, cast.rep) == offered(at_hand, cast.manager) == []
    assert [lesson for lesson, _why in offered(at_hand, cast.facilitator)] == ["Behind the seal."]


def test_a_deal_that_says_nothing_of_itself_is_offered_nothing(cast, django_assert_num_queries):
    taught(cast, "Some lesson.")
    bare = testing.deal(cast, outcome="open", lost_on=None, competitor="")
    with django_assert_num_queries(0):
        assert not lessons.like(bare, cast.rep)


def test_a_lesson_is_set_aside_for_one_person_and_comes_back(client, cast, at_hand):
    lesson = taught(cast, "Ask who signs.")
    client.force_login(cast.rep)
    page = at_hand.get_absolute_url()
    assert "Same rival, like amount. November 2026" in client.get(page).content.decode()

    for _twice in range(2):
        client.post(reverse("lesson_set_aside", args=[at_hand.pk, lesson.pk]))
    assert "Ask who signs." not in client.get(page).content.decode()
    assert offered(at_hand, cast.manager) != []
    assert LessonSetAside.objects.count() == 1

    client.post(reverse("lesson_offer_again", args=[at_hand.pk]))
    assert "Ask who signs." in client.get(page).content.decode()


def test_what_one_may_not_read_cannot_be_set_aside(client, cast, at_hand):
    sealed = taught(cast, "Behind the seal.", visibility="sealed")
    client.force_login(cast.rep)
    assert client.post(reverse("lesson_set_aside", args=[at_hand.pk, sealed.pk])).status_code == 404


def test_when_a_review_begins_the_lessons_are_there_and_later_they_are_not(client, cast):
    lesson = taught(cast, "Ask who signs.")
    review = testing.review(cast, people=(cast.rep,))
    client.force_login(cast.rep)
    assert "Ask who signs." in client.get(review.get_absolute_url()).content.decode()

    back = client.post(reverse("lesson_set_aside", args=[review.deal_id, lesson.pk]), {"review": review.pk})
    assert back["Location"] == f"{review.get_absolute_url()}#lessons"
    client.post(reverse("lesson_offer_again", args=[review.deal_id]), {"review": review.pk})
    testing.event(review, causal_role="caused")
    review.refresh_state()
    assert "Ask who signs." not in client.get(review.get_absolute_url()).content.decode()
