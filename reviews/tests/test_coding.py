from dataclasses import replace

import pytest

from failforward import testing
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import NOW
from reviews import coding, readers
from reviews.models import Adjudication, Coding

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def event(cast):
    """Of a review that one person reads, with Ines on it."""
    return testing.event(testing.review(cast, (cast.rep,), readers_per_event=1), causal_role="caused")


@pytest.fixture
def event_for_two(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    return testing.event(
        testing.review(cast, people, readers_per_event=2, facilitator=cast.facilitator), causal_role="caused"
    )


def read(event, by, category="planning", verdict="systemic", **more):
    return coding.submit(event, by, category, verdict, now=NOW, **more)


def settled(event):
    event.refresh_from_db()
    return (event.category, event.verdict, event.settled_at) if event.settled_at else None


def test_one_reader_settles_at_once(cast, event):
    read(event, cast.rep, more=["technology", "planning"], reason=" No call was booked. ", hat="splitter")
    assert settled(event) == ("planning", "systemic", NOW)
    assert event.readings == 1
    assert event.review.state == "acting"
    kept = Coding.objects.get()
    assert (kept.more_categories, kept.reason, kept.hat) == (["technology"], "No call was booked.", "splitter")


def test_one_reader_who_is_unsure_leaves_it_to_a_decision_and_may_still_answer(cast, event):
    read(event, cast.rep, verdict="unsure")
    assert settled(event) is None
    assert event.disputed_at == NOW
    read(event, cast.rep, verdict="one_off")
    assert settled(event) == ("planning", "one_off", NOW)
    assert event.disputed_at is None
    assert Coding.objects.count() == 1


def test_two_readers_who_agree_settle_it(cast, event_for_two):
    read(event_for_two, cast.rep)
    assert settled(event_for_two) is None
    assert event_for_two.disputed_at is None
    read(event_for_two, cast.other_rep)
    assert settled(event_for_two) == ("planning", "systemic", NOW)
    assert event_for_two.readings == 2


@pytest.mark.parametrize(
    "second", [("planning", "one_off"), ("technology", "systemic"), ("planning", "unsure"), ("technology", "one_off")]
)
def test_two_readers_who_differ_wait_for_a_decision(cast, event_for_two, second):
    read(event_for_two, cast.rep)
    read(event_for_two, cast.other_rep, *second)
    assert settled(event_for_two) is None
    assert list(coding.disputes_for(cast.manager)) == [event_for_two]


def test_a_reader_may_change_their_answer_until_the_other_is_sent(cast, event_for_two):
    read(event_for_two, cast.rep, "technology")
    read(event_for_two, cast.rep, "planning")
    assert Coding.objects.get().category == "planning"
    read(event_for_two, cast.other_rep, "budget")
    with pytest.raises(Refused):
        read(event_for_two, cast.rep, "budget")
    assert settled(event_for_two) is None


def test_a_settled_event_is_read_again_only_when_asked(cast, event):
    read(event, cast.rep)
    with pytest.raises(Refused):
        read(event, cast.manager, "technology")
    coding.ask_again(event, cast.manager, "A second look", now=NOW)
    assert settled(event) is None
    assert list(coding.waiting_for(cast.manager)) == [event]
    assert list(coding.waiting_for(cast.rep)) == []
    read(event, cast.manager, "technology")
    assert settled(event) is None
    assert event.disputed_at == NOW


def test_asking_again_needs_a_reason_and_somebody_who_leads(cast, event):
    read(event, cast.rep)
    with pytest.raises(Refused):
        coding.ask_again(event, cast.manager, "  ", now=NOW)
    with pytest.raises(Refused):
        coding.ask_again(event, cast.rep, "I changed my mind", now=NOW)
    assert settled(event) is not None


def test_the_decision_settles_and_keeps_readings_and_dissent(cast, event_for_two):
    read(event_for_two, cast.rep, "planning", "systemic")
    read(event_for_two, cast.other_rep, "technology", "one_off")
    coding.adjudicate(
        event_for_two, cast.facilitator, "planning", "systemic", "It came back twice.", "Tom: the tool.", now=NOW
    )
    assert settled(event_for_two) == ("planning", "systemic", NOW)
    decision = Adjudication.objects.get()
    assert (decision.by, decision.reason, decision.dissent) == (
        cast.facilitator,
        "It came back twice.",
        "Tom: the tool.",
    )
    assert set(event_for_two.codings.values_list("coder", "category", "verdict")) == {
        (cast.rep.pk, "planning", "systemic"),
        (cast.other_rep.pk, "technology", "one_off"),
    }
    assert event_for_two.readings == 2


def test_a_decision_needs_a_dispute_a_reason_and_a_verdict(cast, event_for_two):
    with pytest.raises(Refused):
        coding.adjudicate(event_for_two, cast.manager, "planning", "systemic", "Because", now=NOW)
    read(event_for_two, cast.rep)
    with pytest.raises(Refused):
        coding.adjudicate(event_for_two, cast.manager, "planning", "systemic", "Because", now=NOW)
    read(event_for_two, cast.other_rep, "budget")
    for verdict, reason in [("unsure", "Because"), ("systemic", " ")]:
        with pytest.raises(Refused):
            coding.adjudicate(event_for_two, cast.manager, "planning", verdict, reason, now=NOW)
    for nobody in (cast.rep, cast.other_rep, cast.outsider, cast.list_owner):
        with pytest.raises(Refused):
            coding.adjudicate(event_for_two, nobody, "planning", "systemic", "Because", now=NOW)
    assert Adjudication.objects.count() == 0


def test_two_are_asked_for_but_only_one_can(cast):
    """A sealed review with one person on it: the second reading would wait for nobody."""
    alone = testing.event(testing.review(cast, (cast.rep,), readers_per_event=2, visibility="sealed"))
    read(alone, cast.rep)
    assert settled(alone) == ("planning", "systemic", NOW)
    assert alone.readings == 1


WHO_MAY_CODE = {
    "standard": {"rep", "admin", "manager"},
    "named": {"rep"},
    "sealed": {"rep"},
}


@pytest.mark.parametrize("leads_much", [True, False])
@pytest.mark.parametrize("visibility", WHO_MAY_CODE)
def test_who_may_read_an_event(cast, visibility, leads_much):
    """Whether the events are walked or the reviews are read first."""
    for name, person in cast.people.items():
        person._reach = replace(reach_of(person), leads_much=leads_much and reach_of(person).leads_much)
        event = testing.event(testing.review(cast, (cast.rep,), readers_per_event=1, visibility=visibility))
        if name in WHO_MAY_CODE[visibility]:
            assert event in coding.waiting_for(person), name
            read(event, person)
            assert settled(event), name
        else:
            assert event not in coding.waiting_for(person), name
            with pytest.raises(Refused):
                read(event, person)
            assert Coding.objects.filter(event=event).count() == 0


@pytest.mark.parametrize("state", ["pending", "closed", "waived"])
def test_nothing_is_read_in_a_review_that_is_not_open(cast, event, state):
    fields = {"state": state, "closed_at": NOW if state == "closed" else None, "waived_because": "x"}
    type(event.review).objects.filter(pk=event.review_id).update(**fields)
    assert list(coding.waiting_for(cast.rep)) == []
    with pytest.raises(Refused):
        read(event, cast.rep)


@pytest.mark.parametrize(
    "reading", [("nonsense", "systemic"), ("planning", "nonsense"), ("", "systemic"), ("planning", "")]
)
def test_a_reading_has_a_category_of_the_eleven_and_a_verdict(cast, event, reading):
    with pytest.raises(Refused):
        read(event, cast.rep, *reading)
    with pytest.raises(Refused):
        read(event, cast.rep, more=["nonsense"])
    assert Coding.objects.count() == 0


def test_nobody_sees_the_other_reading_before_both_are_sent(cast, event_for_two):
    read(event_for_two, cast.rep, reason="Canary reason")
    seen = {name: coding.codings_for(event_for_two, person) for name, person in cast.people.items()}
    assert {name for name, codings in seen.items() if codings} == {"rep"}
    told = str(list(Change.objects.values_list("details", flat=True)))
    assert "planning" not in told
    assert "Canary" not in told
    read(event_for_two, cast.other_rep, "budget")
    event_for_two.refresh_from_db()
    assert len(coding.codings_for(event_for_two, cast.manager)) == 2


def test_the_queue_asks_two_and_then_nobody_else(cast, event_for_two):
    readers = (cast.rep, cast.other_rep, cast.facilitator, cast.manager)
    assert all(list(coding.waiting_for(person)) == [event_for_two] for person in readers)
    read(event_for_two, cast.rep)
    assert [list(coding.waiting_for(person)) for person in readers] == [[], [event_for_two]] + [[event_for_two]] * 2
    read(event_for_two, cast.other_rep, "budget")
    assert all(list(coding.waiting_for(person)) == [] for person in readers)


def test_other_readers_are_named_only_when_two_read(cast, event, event_for_two):
    assert readers.other_readers(event, cast.rep) == []
    read(event_for_two, cast.other_rep)
    assert readers.other_readers(event_for_two, cast.rep) == [cast.other_rep]


def test_a_dispute_of_a_sealed_review_is_offered_to_nobody_outside(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    about = testing.review(cast, people, readers_per_event=2, visibility="sealed", facilitator=cast.facilitator)
    event = testing.event(about)
    read(event, cast.rep)
    read(event, cast.other_rep, "budget")
    may = {name for name, person in cast.people.items() if event in coding.disputes_for(person)}
    assert may == {"facilitator"}
