import datetime as dt

import pytest

from actions.closing import close, missing
from actions.models import ActionFinding
from failforward import testing
from failforward.guards import Refused
from failforward.testing import NOW

OCT_9 = dt.date(2026, 10, 9)


@pytest.fixture
def cast(db):
    return testing.cast()


def settled(review, **fields):
    fields = {"causal_role": "caused", "category": "planning", "verdict": "systemic", "settled_at": NOW} | fields
    return testing.event(review, **fields)


def sentences(review) -> list[str]:
    return [one.sentence for one in missing(review)]


def test_without_an_event_nothing_can_be_closed(cast):
    assert sentences(testing.review(cast)) == ["nothing is written down yet."]


def test_each_loose_end_has_its_sentence_and_its_link(cast):
    review = testing.review(cast)
    unjudged = testing.event(review, happened_on=dt.date(2026, 8, 1))
    unread = testing.event(review, happened_on=dt.date(2026, 8, 2), causal_role="caused")
    differing = testing.event(review, happened_on=dt.date(2026, 8, 3), causal_role="caused", disputed_at=NOW)
    unfound = settled(review, happened_on=OCT_9)
    undated = settled(review, happened_on=None, what="The quote was late.")
    finding = testing.finding(cast, title="Notes do not reach the quote")
    settled(review, happened_on=dt.date(2026, 8, 4), finding=finding)

    assert [(one.sentence, one.anchor) for one in missing(review)] == [
        (
            "nobody has said yet what the event of 1 August did to the outcome.",
            f"?event={unjudged.pk}#event-{unjudged.pk}",
        ),
        (
            "the event of 2 August has no settled category and verdict yet.",
            f"?event={unread.pk}#event-{unread.pk}",
        ),
        ("the readings of the event of 3 August differ.", f"#event-{differing.pk}"),
        ("the event of 9 October is systemic and has no finding yet.", f"?event={unfound.pk}#event-{unfound.pk}"),
        (
            "the event “The quote was late.” is systemic and has no finding yet.",
            f"?event={undated.pk}#event-{undated.pk}",
        ),
        ("nobody does anything yet about “Notes do not reach the quote”.", missing(review)[-1].anchor),
    ]


def test_an_event_that_was_read_once_waits_for_a_second_reader(cast):
    review = testing.review(cast)
    testing.event(review, happened_on=OCT_9, causal_role="caused", readings=1)

    assert sentences(review) == ["the event of 9 October was read and waits for another reader."]


def test_a_one_off_needs_no_finding(cast):
    review = testing.review(cast)
    settled(review, verdict="one_off")

    assert missing(review) == []


@pytest.mark.parametrize(
    ("state", "is_enough"), [("proposed", True), ("committed", True), ("effective", True), ("dropped", False)]
)
def test_an_action_that_is_not_dropped_answers_a_finding(cast, state, is_enough):
    review, finding = testing.review(cast), testing.finding(cast)
    settled(review, finding=finding)
    claimed = {"claimed_done_at": NOW} if state == "effective" else {}
    action = testing.action(cast, state=state, done_criterion="not seen in ten reviews", **claimed)
    ActionFinding.objects.create(action=action, finding=finding)

    assert (missing(review) == []) is is_enough


def test_an_accepted_finding_needs_no_action(cast):
    review = testing.review(cast)
    settled(review, finding=testing.finding(cast, state="accepted", accepted_because="once in ten years"))

    assert missing(review) == []


def test_a_whole_review_closes_once_with_its_lesson(cast):
    review = testing.review(cast)
    settled(review, verdict="one_off")

    assert close(review, cast.manager, " Read the visit sheet aloud. ", NOW)
    assert not close(review, cast.manager, "again", NOW)
    assert (review.state, review.lesson, review.closed_by) == ("closed", "Read the visit sheet aloud.", cast.manager)


def test_what_is_missing_refuses_and_keeps_the_lesson(cast):
    review = testing.review(cast)
    settled(review, happened_on=OCT_9)

    with pytest.raises(Refused) as refused:
        close(review, cast.manager, "Read aloud.", NOW)

    assert str(refused.value) == "One thing is missing: the event of 9 October is systemic and has no finding yet."
    review.refresh_from_db()
    assert (review.state, review.lesson) == ("gathering", "Read aloud.")


def test_several_things_are_counted(cast):
    review = testing.review(cast)
    testing.event(review)
    testing.event(review)

    with pytest.raises(Refused, match="^2 things are missing: "):
        close(review, cast.manager, "", NOW)


def test_asking_what_is_missing_costs_the_same_for_one_event_and_three(cast, django_assert_num_queries):
    review = testing.review(cast)
    for _number in range(3):
        settled(review, finding=testing.finding(cast))
        with django_assert_num_queries(2):
            missing(review)


def test_a_full_review_asks_for_its_loose_ends_and_its_lesson(cast):
    review = testing.review(cast, depth="full")
    settled(review, verdict="one_off")
    review.settle_ends(cast.manager, ["files", "customer"], NOW)

    assert [(one.sentence, one.anchor) for one in missing(review)] == [
        ("the workspaces are not closed yet.", "#id_ends_1"),
        ("open questions are left.", "#id_ends_3"),
        ("there is no lesson yet.", "#id_lesson"),
    ]
    assert close(review, cast.manager, "Read aloud.", NOW, ends=["files", "workspaces", "customer", "questions"])


def test_what_is_typed_at_the_end_is_kept_when_something_is_missing(cast):
    review = testing.review(cast, people=(cast.rep,), depth="full")

    with pytest.raises(Refused):
        close(review, cast.manager, "Read aloud.", NOW, ends=["files"], thanks={cast.rep.pk: "your honest timeline"})

    review.refresh_from_db()
    assert review.lesson == "Read aloud."
    assert list(review.loose_ends.values_list("what", flat=True)) == ["files"]
    assert [(person.user, person.thanked_for) for person in review.to_thank()] == [(cast.rep, "your honest timeline")]
