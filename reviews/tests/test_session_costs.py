"""A session costs the same however much is told: ten queries a screen, three for nothing new, sixty kilobytes."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from failforward import testing
from failforward.accounts.models import User
from failforward.testing import NOW
from reviews.models import Coding, FailureEvent, OwnPart, ReviewPerson, Session
from reviews.models.session import Step
from reviews.session_page import COUNTED, step_page, with_counts
from reviews.session_rows import FEW

STEPS = ["gather", "causes", "sort", "findings", "close"]
QUERIES, NOTHING_NEW, BYTES = 10, 3, 60_000
EVENTS, CONTRIBUTORS, READERS = 200, 40, 5
SAID = "They asked for the stainless bracket in August, and the quote that went out in September has the standard one."
SETTLED = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": READERS}


class World:
    def __init__(self, cast) -> None:
        self.cast = cast
        on_it = (cast.rep, cast.facilitator)
        self.review = testing.review(
            cast, on_it, facilitator=cast.facilitator, depth="full", state="coding", readers_per_event=2
        )
        Session.begin(self.review, cast.facilitator, timezone.now())
        self.findings = []

    def grow(self, people: int, events: int) -> None:
        """Of five events one is not judged, one waits, one is disputed, one has no finding yet, one has one."""
        begun = len(self.findings)
        users = User.objects.bulk_create(
            User(name=f"P{number} Contributor", email=f"p{begun}-{number}@tarnholm.example") for number in range(people)
        )
        ReviewPerson.objects.bulk_create(ReviewPerson(review=self.review, user=user, has_told=True) for user in users)
        OwnPart.objects.bulk_create(
            OwnPart(review=self.review, author=user, text="I did not ask who signs.", shared_at=NOW) for user in users
        )
        self.findings.append(testing.finding(self.cast, title="Nobody is down for the week after a quote"))
        of_kind = [
            {},
            {"causal_role": "caused"},
            {"causal_role": "contributed", "disputed_at": NOW, "readings": 2},
            {"causal_role": "caused", **SETTLED},
            {"causal_role": "unrelated", **SETTLED, "finding": self.findings[-1]},
        ]
        made = FailureEvent.objects.bulk_create(
            FailureEvent(review=self.review, what=SAID, author=self.cast.rep, **of_kind[number % 5])
            for number in range(events)
        )
        reading = {"category": "planning", "verdict": "systemic", "submitted_at": NOW}
        Coding.objects.bulk_create(
            Coding(event=event, coder=user, **reading) for event in made[2::5] for user in users[:READERS]
        )


@pytest.fixture
def world(cast):
    cache.clear()
    yield World(cast)
    cache.clear()


def cost(client, url: str) -> tuple[list[str], int, str]:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url, headers={"HX-Request": "true"} if "/live/" in url else {})
    assert response.status_code == 200
    return [query["sql"][:300] for query in asked], len(response.content), response.content.decode()


@pytest.mark.parametrize("more", ["", "&projector=1"])
@pytest.mark.parametrize("who", ["facilitator", "rep", "manager"])
@pytest.mark.parametrize("step", STEPS)
def test_a_screen_costs_the_same_for_five_events_and_two_hundred(client, world, step, who, more):
    client.force_login(world.cast.people[who])
    url = reverse("session", args=[world.review.pk]) + f"?look=1&step={step}{more}"
    world.grow(READERS, READERS)
    few, _size, _page = cost(client, url)
    world.grow(CONTRIBUTORS - READERS, EVENTS - READERS)

    many, size, page = cost(client, url)

    assert len(many) == len(few), sorted(set(many) ^ set(few))
    assert len(many) <= QUERIES, many
    assert size <= BYTES
    asked = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    with CaptureQueriesContext(connection) as nothing:
        assert client.get(asked).status_code == 204
    assert len(nothing) <= NOTHING_NEW, [query["sql"][:300] for query in nothing]
    news, size, _part = cost(client, asked.replace("mark=", "mark=x"))
    assert len(news) <= QUERIES + 1 and size <= BYTES


@pytest.mark.parametrize("step", STEPS)
def test_a_screen_costs_the_same_for_one_event_and_three(client, world, step):
    client.force_login(world.cast.facilitator)
    url = reverse("session", args=[world.review.pk]) + f"?look=1&step={step}"
    world.grow(1, 5)
    one, _size, _page = cost(client, url)
    world.grow(1, 5)
    world.grow(1, 5)

    assert len(cost(client, url)[0]) == len(one)


def test_of_many_parts_one_reads_ones_own_and_the_newest(world):
    review, mine = world.review, world.cast.rep
    OwnPart.objects.create(review=review, author=mine, text="Mine.", shared_at=NOW - timedelta(hours=1))
    OwnPart.objects.create(review=review, author=world.cast.facilitator, text="Not shared.")
    world.grow(CONTRIBUTORS, 1)
    parts = list(OwnPart.objects.exclude(shared_at=None).order_by("pk"))

    page = step_page(review, mine, Step.GATHER)

    assert page.own_part.text == "Mine." and page.own_parts == [parts[0], *parts[-FEW:]]
    assert page.newest_parts == parts[: -FEW - 1 : -1] and page.parts_shared == CONTRIBUTORS + 1


def test_what_stands_behind_another_is_not_counted(world):
    world.grow(1, 5)
    kept = FailureEvent.objects.filter(finding=None).last()
    testing.event(world.review, **SETTLED, causal_role="caused", disputed_at=NOW, merged_into=kept)

    review = with_counts(type(world.review).objects.all()).get()

    assert {name: getattr(review, f"events_{name}") for name in COUNTED} == {
        "events": 5,
        "judged": 4,
        "settled": 2,
        "disputed": 1,
        "systemic": 2,
        "loose": 1,
    }
