"""What somebody says of an action is progress or activity by what it carries."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from actions.models import Milestone, Update
from failforward import testing
from failforward.guards import Refused

TODAY, NOW = testing.TODAY, testing.NOW


@pytest.fixture
def cast(db):
    return testing.cast()


@pytest.fixture
def action(cast):
    return testing.action(cast, state="committed", done_criterion="Not seen", committed_at=NOW)


def say(cast, action, text: str = "We met.", **carried) -> Update:
    return Update.write(cast.rep, action, text, now=NOW, today=TODAY, **carried)


MEASURE = {"measure": "quotes late", "measure_from": Decimal(9), "measure_to": Decimal(4), "better": "down"}
CARRIED = [
    ({}, False),
    (MEASURE, True),
    (MEASURE | {"better": "up"}, False),
    (MEASURE | {"measure_to": Decimal(12), "better": "up"}, True),
    ({"question": "Who signs in the end?"}, False),
    ({"question": "Who signs in the end?", "learned": "Their finance lead does."}, True),
    ({"hill": 4}, False),
]


@pytest.mark.parametrize(("carried", "is_progress"), CARRIED, ids=str)
def test_what_it_carries_decides_and_nothing_else(cast, action, carried, is_progress):
    update = say(cast, action, **carried)

    assert update.is_progress is is_progress
    assert Update.objects.progress().filter(pk=update.pk).exists() is is_progress
    assert Update.objects.activity().filter(pk=update.pk).exists() is not is_progress


def test_a_milestone_reached_with_evidence_is_progress_until_it_is_taken_back(cast, action):
    milestone = Milestone.objects.create(action=action, what="Ten quotes", due_on=TODAY, first_due_on=TODAY)
    with pytest.raises(Refused) as no:
        say(cast, action, milestone=milestone)
    assert no.value.field == "evidence"

    update = say(cast, action, milestone=milestone, evidence="The ten quotes")
    assert say(cast, action, milestone=milestone, evidence="The ten quotes") == update

    milestone.refresh_from_db()
    assert (milestone.reached_on, milestone.evidence) == (TODAY, "The ten quotes")
    assert list(Update.objects.progress()) == [update]
    with pytest.raises(Refused):
        say(cast, action, "Once more", milestone=milestone, evidence="The same")

    milestone.action = action
    milestone.take_back(cast.rep)

    assert not Update.objects.progress().exists()
    assert not Update.objects.for_page().get().is_progress


def test_an_open_question_is_settled_once_by_what_was_learned(cast, action):
    asked = say(cast, action, question="Who signs in the end?")
    assert list(action.updates.open_questions()) == [asked]
    with pytest.raises(Refused) as no:
        say(cast, action, settles=asked, learned="Yes.")
    assert no.value.field == "learned"

    settled = say(cast, action, "Rang them", settles=asked, learned="Their finance lead signs.")

    assert (settled.question, settled.is_progress) == ("Who signs in the end?", True)
    assert not action.updates.open_questions().exists()
    with pytest.raises(Refused):
        say(cast, action, "Again", settles=asked, learned="Somebody else signs.")
    with pytest.raises(Refused):
        say(cast, testing.action(cast), settles=asked, learned="Their finance lead signs.")


REFUSED = [
    ({"text": " "}, "text"),
    ({"measure_from": Decimal(1)}, "measure"),
    (MEASURE | {"measure_to": None}, "measure_to"),
    (MEASURE | {"measure_to": Decimal(9)}, "measure_to"),
    (MEASURE | {"better": ""}, "better"),
    ({"learned": "Their finance lead signs."}, "question"),
]


@pytest.mark.parametrize(("carried", "field"), REFUSED, ids=str)
def test_what_is_missing_is_said_at_its_field(cast, action, carried, field):
    with pytest.raises(Refused) as no:
        say(cast, action, **{"text": "We met."} | carried)

    assert no.value.field == field
    assert not Update.objects.exists()


def test_the_first_word_on_it_starts_it_and_the_same_word_twice_is_one(cast, action):
    first = say(cast, action)

    assert say(cast, action) == first
    action.refresh_from_db()
    assert (action.state, action.updates.count()) == ("in_progress", 1)


def test_only_who_works_on_it_tells_and_only_while_it_is_open(cast, action):
    with pytest.raises(Refused):
        Update.write(cast.other_rep, action, "We met.", now=NOW, today=TODAY)
    done = testing.action(cast, state="claimed_done", done_criterion="Not seen", claimed_done_at=NOW)
    with pytest.raises(Refused):
        say(cast, done)


def test_the_database_takes_no_half_measure(cast, action):
    row = {"action": action, "text": "x", "by": cast.rep, "on": TODAY, "at": NOW}
    wrong = [
        {"measure": "late"},
        {"measure": "late", "measure_from": 1, "measure_to": 1, "better": "up"},
        {"learned": "Something of substance"},
        {"hill": 8},
        {"text": ""},
    ]
    for one in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Update.objects.create(**row | one)
