import re

import pytest
from django.urls import reverse

from failforward import testing
from failforward.history.models import Change
from reviews.models import FailureEvent


@pytest.fixture
def review(cast):
    return testing.review(cast, people=(cast.rep, cast.facilitator), facilitator=cast.facilitator)


@pytest.fixture
def as_rep(client, cast):
    client.force_login(cast.rep)
    return client


def url(review) -> str:
    return reverse("review_board", args=[review.pk])


def press(client, event, role: str, version: int | None = None):
    return client.post(url(event.review), {"judge": f"{event.pk}:{version or event.version}:{role}"})


def column_of(page: str, event) -> str:
    """The role of the column in which the event stands."""
    before = page[: page.index(f'id="event-{event.pk}"')]
    return re.findall(r'data-role="(\w*)"', before)[-1]


def test_one_press_puts_an_event_into_its_column(as_rep, cast, review):
    event = testing.event(review)
    assert column_of(as_rep.get(url(review)).content.decode(), event) == ""

    response = press(as_rep, event, "unrelated")

    assert response["Location"] == f"{url(review)}#event-{event.pk}"
    assert column_of(as_rep.get(url(review)).content.decode(), event) == "unrelated"
    assert [(c.verb, c.by) for c in Change.objects.about(event)] == [("judged", cast.rep)]


def test_what_did_something_is_asked_for_the_counterfactual(as_rep, review):
    event = testing.event(review)

    board = as_rep.get(press(as_rep, event, "caused")["Location"]).content.decode()
    assert "Without it, would we have won?" not in board
    waits = f"?event={event.pk}#event-{event.pk}"
    assert f'data-ask href="{waits}"' in board
    assert "Without it, would we have won?" in as_rep.get(url(review) + waits).content.decode()

    said = {"event": event.pk, "version": 2, "causal_role": "caused", "without_it": "no", "confidence": "likely"}
    assert as_rep.post(url(review), said).status_code == 302
    event.refresh_from_db()
    assert (event.without_it, event.confidence, event.version) == ("no", "likely", 3)
    page = as_rep.get(url(review)).content.decode()
    assert "without it: No" in page and "Lost without it too" in page
    assert as_rep.post(url(review), said | {"version": 3}).status_code == 302
    assert FailureEvent.objects.get().version == 3


def test_two_who_judge_at_once_lose_nothing(as_rep, cast, review):
    event = testing.event(review)
    event.judge(cast.facilitator, "unrelated")

    response = press(as_rep, event, "caused", version=1)

    assert response.status_code == 409
    page = response.content.decode()
    assert "There it says “Unrelated”, here “Caused it”. Save again to keep yours." in page
    assert re.search(r'value="caused"\s+checked', page) and 'name="version" value="2"' in page
    assert FailureEvent.objects.get().causal_role == "unrelated"
    mine = {"event": event.pk, "version": 2, "causal_role": "caused", "without_it": "no"}
    assert as_rep.post(url(review), mine).status_code == 302
    assert FailureEvent.objects.get().causal_role == "caused"


def test_two_who_answer_at_once_see_both_in_full(as_rep, cast, review):
    event = testing.event(review)
    event.judge(cast.facilitator, "caused", without_it="yes", confidence="sure")

    said = {"event": event.pk, "version": 1, "causal_role": "caused", "without_it": "no", "confidence": "guess"}
    page = as_rep.post(url(review), said)

    assert page.status_code == 409
    assert "“Caused it, Yes, Sure”, here “Caused it, No, A guess”" in page.content.decode()


@pytest.mark.parametrize("judge", ["", "x", "::", "1:1:caused", "99999999999999999999:1:caused"])
def test_a_press_on_nothing_finds_nothing(as_rep, review, judge):
    assert as_rep.post(url(review), {"judge": judge}).status_code == 404


def test_an_event_of_another_review_is_not_judged_here(as_rep, cast, review):
    elsewhere = testing.event(testing.review(cast, people=(cast.rep,)))

    response = as_rep.post(url(review), {"judge": f"{elsewhere.pk}:1:caused"})

    assert response.status_code == 404
    assert FailureEvent.objects.get().causal_role == ""


@pytest.mark.parametrize("said", [{"causal_role": "guilty"}, {"without_it": "never"}, {"confidence": "100%"}])
def test_what_is_not_offered_is_sent_back(as_rep, review, said):
    event = testing.event(review)
    said = {"event": event.pk, "version": 1, "causal_role": "caused"} | said

    response = as_rep.post(url(review), said)

    assert response.status_code == 422
    assert "not offered" in response.content.decode()
    assert FailureEvent.objects.get().causal_role == ""


def test_a_press_of_an_unknown_role_is_refused(as_rep, review):
    event = testing.event(review)

    page = as_rep.get(press(as_rep, event, "guilty")["Location"]).content.decode()

    assert "Say what it did to the outcome." in page


def test_a_reader_sees_the_board_and_judges_nothing(client, cast):
    closed = testing.review(cast, people=(cast.rep,), state="closed", closed_at=testing.NOW)
    event = testing.event(closed, causal_role="caused")
    client.force_login(cast.rep)

    assert 'name="judge"' not in client.get(url(closed)).content.decode()
    press(client, event, "unrelated")
    assert FailureEvent.objects.get().causal_role == "caused"


def test_whoever_has_still_to_tell_is_led_to_telling(client, cast):
    full = testing.review(cast, people=(cast.rep, cast.other_rep), facilitator=cast.facilitator, depth="full")
    full.add_event(cast.other_rep, "Tom saw the mail.")
    client.force_login(cast.rep)

    assert client.get(url(full)).status_code == 302
