import pytest
from hypothesis import given
from hypothesis import strategies as st

from failforward import testing
from failforward.guards import Refused
from failforward.testing import NOW
from reviews.models.review_state import state_of

SETTLED = {"category": "planning", "verdict": "one_off", "settled_at": NOW}


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "gathering"),
        ([{}], "gathering"),
        ([{"causal_role": "caused"}, {}], "causality"),
        ([{"causal_role": "caused"}, {"causal_role": "unknown"}], "coding"),
        ([{"causal_role": "caused", **SETTLED}, {"causal_role": "unknown"}], "coding"),
        ([{"causal_role": "caused", **SETTLED}, {**SETTLED}], "causality"),
        ([{"causal_role": "caused", **SETTLED}], "acting"),
    ],
)
def test_the_state_follows_from_what_is_filled_in(cast, events, state):
    review = testing.review(cast)
    for fields in events:
        testing.event(review, **fields)

    review.refresh_state()

    assert review.state == state


@pytest.mark.parametrize("state", ["pending", "waived", "closed", "reopened"])
def test_a_decision_is_not_undone_by_what_is_filled_in(cast, state):
    review = testing.review(cast, state=state, closed_at=NOW, waived_because="x")
    testing.event(review, causal_role="caused")

    review.refresh_state()

    assert review.state == state


def test_a_review_is_closed_once_and_read_only_after(cast):
    review = testing.review(cast)
    testing.event(review, causal_role="caused", **SETTLED)
    review.write_lesson(cast.manager, "Read the visit sheet aloud.")

    assert review.close(cast.manager, NOW)
    assert not review.close(cast.rep, NOW)
    assert (review.state, review.closed_at, review.closed_by) == ("closed", NOW, cast.manager)
    with pytest.raises(Refused):
        review.write_lesson(cast.manager, "Another")


@pytest.mark.parametrize(
    "events",
    [
        [],
        [{"causal_role": "caused"}],
        [{"causal_role": "caused", **SETTLED, "verdict": "systemic"}],
    ],
)
def test_a_review_with_a_loose_end_is_not_closed(cast, events):
    review = testing.review(cast)
    for fields in events:
        testing.event(review, **fields)

    with pytest.raises(Refused):
        review.close(cast.manager, NOW)


def test_a_closed_review_takes_dated_notes(cast):
    review = testing.review(cast, state="closed", closed_at=NOW)

    addendum = review.add_addendum(cast.rep, " The buyer called back. ")

    assert (addendum.text, addendum.by) == ("The buyer called back.", cast.rep)
    with pytest.raises(Refused):
        review.add_addendum(cast.rep, " ")
    with pytest.raises(Refused):
        testing.review(cast).add_addendum(cast.rep, "It is open.")


def test_reopening_asks_for_a_reason_and_opens_it_once(cast):
    review = testing.review(cast, state="closed", closed_at=NOW)

    with pytest.raises(Refused):
        review.reopen(cast.manager, "")
    assert review.reopen(cast.manager, "The rival's price came out.")
    assert not review.reopen(cast.manager, "again")
    assert (review.state, review.closed_at, review.reopened_because) == (
        "reopened",
        None,
        "The rival's price came out.",
    )
    assert review.add_event(cast.rep, "Their price was below our cost.")


def test_an_open_review_is_not_reopened(cast):
    with pytest.raises(Refused):
        testing.review(cast).reopen(cast.manager, "why not")


@given(st.tuples(*[st.integers(0, 5)] * 3).map(sorted))
def test_every_count_of_events_has_a_state(counts):
    settled, judged, events = counts
    assert state_of(events, judged, settled) in ["gathering", "causality", "coding", "acting"]
