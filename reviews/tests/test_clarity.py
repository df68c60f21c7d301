import datetime as dt
import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from failforward import testing
from failforward.testing import NOW
from reviews.agreement import alpha
from reviews.clarity import clarities
from reviews.codebook import codebook
from reviews.models import Coding, Definition
from reviews.tests.test_codebook import NEW

pytestmark = pytest.mark.django_db

PLANNING, TECHNOLOGY, BUDGET = "planning", "technology", "budget"


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def review(cast):
    return testing.review(cast, (cast.rep, cast.manager), facilitator=cast.facilitator)


def read(cast, review, *readings, is_open=True, at=NOW):
    """An event as it was read by several; `readings` are categories, or pairs of category and verdict."""
    answers = {"disputed_at": NOW} if is_open else {}
    event = testing.event(review, readings=len(readings), **answers)
    for coder, reading in zip((cast.rep, cast.manager, cast.facilitator), readings, strict=False):
        category, verdict = reading if isinstance(reading, tuple) else (reading, "systemic")
        Coding.objects.create(event=event, coder=coder, category=category, verdict=verdict, submitted_at=at)
    return event


def seen_by(person):
    return clarities(person, codebook())


def test_agreement_over_all_eleven_and_per_category(cast, review):
    told = [(PLANNING, PLANNING)] * 6 + [(TECHNOLOGY, TECHNOLOGY)] * 4 + [(PLANNING, BUDGET)] * 2
    for one in told:
        read(cast, review, *one)
    seen = seen_by(cast.manager)
    table = [dict(enumerate(one)) for one in told]
    assert (seen.category.events, seen.category.alike, seen.category.percent) == (12, 10, 83)
    assert seen.category.alpha == pytest.approx(alpha(table))
    planning = seen.of_each[PLANNING]
    assert (planning.events, planning.named, planning.alike, planning.percent) == (12, 8, 6, 75)
    against_rest = [{who: said == PLANNING for who, said in row.items()} for row in table]
    assert planning.alpha == pytest.approx(alpha(against_rest))
    assert seen.of_each["leadership"].is_shown is False


def test_unsure_never_agrees_not_even_with_itself(cast, review):
    for verdicts in [("systemic", "systemic")] * 6 + [("unsure", "unsure")] * 6:
        read(cast, review, *((PLANNING, verdict) for verdict in verdicts))
    seen = seen_by(cast.manager)
    assert (seen.verdict.events, seen.verdict.alike) == (12, 6)
    assert (seen.category.alike, math.isnan(seen.category.alpha)) == (12, True)


def test_it_is_shown_from_ten_events_on(client, cast, review):
    client.force_login(cast.rep)
    for number in range(9):
        read(cast, review, PLANNING, PLANNING if number % 2 else BUDGET)
    page = client.get("/categories/").content.decode()
    assert "9 events were read by two people." in page
    assert "Alpha" not in page
    read(cast, review, PLANNING, PLANNING)
    page = client.get("/categories/").content.decode()
    assert "5 of 10 events read alike (50 %)." in page
    assert "Definition unclear" in page


def test_readings_that_others_may_not_see_yet_count_nowhere(cast, review):
    for _number in range(12):
        read(cast, review, PLANNING, is_open=False)
        read(cast, review, PLANNING, BUDGET, is_open=False)
    assert seen_by(cast.manager).category.events == 0


@pytest.mark.parametrize("visibility", ["named", "sealed"])
def test_other_than_standard_reviews_count_nowhere_not_even_for_those_on_them(cast, visibility):
    hidden = testing.review(cast, (cast.rep, cast.manager), visibility=visibility)
    read(cast, hidden, PLANNING, BUDGET)
    assert {seen_by(person).category.events for person in (cast.rep, cast.manager, cast.admin)} == {0}


def test_everybody_of_the_team_sees_the_same_and_strangers_see_none(cast, review):
    read(cast, review, PLANNING, BUDGET)
    counts = {name: seen_by(person).category.events for name, person in cast.people.items()}
    members = {"admin", "manager", "rep", "other_rep", "facilitator", "list_owner", "support"}
    assert {name for name, count in counts.items() if count} == members


@pytest.mark.parametrize(
    ("alike", "differing", "word"),
    [(40, 0, "clear"), (80, 2, "clear"), (12, 0, "fair"), (10, 2, "fair"), (10, 4, "unclear")],
)
def test_the_word_follows_krippendorffs_two_thresholds(cast, review, alike, differing, word):
    for number in range(alike):
        read(cast, review, *[(PLANNING, TECHNOLOGY)[number % 2]] * 2)
    for _number in range(differing):
        read(cast, review, PLANNING, TECHNOLOGY)
    clarity = seen_by(cast.manager).of_each[PLANNING]
    assert (clarity.word, clarity.low <= clarity.alpha <= clarity.high) == (word, True)


def test_a_category_hardly_named_is_called_neither_clear_nor_unclear(cast, review):
    for _number in range(10):
        read(cast, review, PLANNING, PLANNING)
    read(cast, review, BUDGET, PLANNING)
    clarity = seen_by(cast.manager).of_each[BUDGET]
    assert (clarity.is_shown, clarity.named, clarity.word) == (True, 1, "")


def test_a_definition_that_changed_is_counted_anew_and_the_others_go_on(cast, review):
    for _number in range(6):
        read(cast, review, PLANNING, BUDGET)
    Definition.revise(PLANNING, cast.admin, seen=1, reason="Unclear.", now=NOW + dt.timedelta(hours=1), **NEW)
    for _number in range(4):
        read(cast, review, PLANNING, PLANNING, at=NOW + dt.timedelta(hours=2))
    seen = seen_by(cast.manager)
    assert (seen.of_each[PLANNING].events, seen.of_each[BUDGET].events, seen.category.events) == (4, 10, 10)


def test_nobody_is_named_beside_a_figure(client, cast, review):
    for _number in range(12):
        read(cast, review, PLANNING, BUDGET)
    client.force_login(cast.sponsor)
    page = client.get("/categories/").content.decode()
    client.force_login(cast.support)
    page += client.get("/categories/").content.decode()
    assert [person.name for person in (cast.rep, cast.manager) if person.name in page] == []


def test_the_page_costs_the_same_for_one_event_and_fifty(client, cast, review):
    client.force_login(cast.rep)
    counts = []
    for number in (1, 50):
        for _number in range(number):
            read(cast, review, PLANNING, BUDGET)
        client.get("/categories/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/categories/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8
