import datetime as dt

import pytest
from django.apps import apps
from django.db import models

from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from reviews.models import FailureEvent


def changes(event) -> list:
    return [(c.verb, c.by) for c in Change.objects.about(event).order_by("pk")]


def everything() -> dict:
    """Every row of every table of ours, by table and key."""
    models_ = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    return {(m, row["pk"]): row for m in models_ for row in m._base_manager.values("pk", *columns(m))}


def columns(model) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if not field.primary_key]


def test_an_event_by_name_says_who_reported_it(cast):
    review = testing.review(cast)

    event = review.add_event(cast.rep, " The quote was late. ", happened_on=dt.date(2026, 10, 9), source="Ines")

    assert (event.what, event.author, event.anonymous, event.version) == ("The quote was late.", cast.rep, False, 1)
    assert changes(event) == [("added", cast.rep)]


def test_an_anonymous_event_leaves_no_trace_of_its_author(cast):
    review = testing.review(cast, people=[cast.manager])
    before = everything()

    review.add_event(cast.other_rep, "We promised what we do not have.", anonymous=True)

    new = {key: row for key, row in everything().items() if before.get(key) != row}
    assert {model for model, _ in new} == {FailureEvent, Change}
    user = cast.other_rep
    for (model, _), row in new.items():
        for field in model._meta.concrete_fields:
            value = row.get(field.attname)
            if field.is_relation and field.related_model is type(user):
                assert value is None
            if isinstance(field, models.TextField | models.CharField | models.JSONField):
                assert not any(trace in str(value) for trace in [user.name, user.first_name, user.email])
            if isinstance(value, dt.datetime):
                assert value.time() == dt.time()
    assert not review.people.filter(pk=user.pk).exists()


def test_the_database_refuses_an_anonymous_event_with_an_author(cast):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        FailureEvent.objects.create(review=testing.review(cast), what="x", anonymous=True, author=cast.rep)


@pytest.mark.parametrize("what", ["", "  \n "])
def test_an_event_says_what_happened(cast, what):
    review = testing.review(cast)

    with pytest.raises(Refused) as refused:
        review.add_event(cast.rep, what)

    assert refused.value.field == "what"
    assert not review.events.exists()


@pytest.mark.parametrize("state", ["closed", "waived"])
def test_nothing_is_added_to_a_review_that_is_not_open(cast, state):
    review = testing.review(cast, state=state, closed_at=testing.NOW, waived_because="x")

    with pytest.raises(Refused):
        review.add_event(cast.rep, "Too late.")


def test_an_edit_keeps_the_old_words_in_the_history(cast):
    event = testing.event(testing.review(cast), what="Old")

    assert event.edit(cast.manager, version=1, what="New", source="trade press")

    event.refresh_from_db()
    assert (event.what, event.source, event.version) == ("New", "trade press", 2)
    change = Change.objects.about(event).get()
    assert change.details == {"changes": {"what": ["Old", "New"], "source": ["", "trade press"]}}


def test_an_edit_that_changes_nothing_writes_nothing(cast):
    event = testing.event(testing.review(cast), what="Same")

    assert not event.edit(cast.manager, version=1, what="Same")
    assert (event.version, changes(event)) == (1, [])


def test_two_who_edit_at_once_are_both_heard(cast):
    event = testing.event(testing.review(cast), what="First")
    other = FailureEvent.objects.get(pk=event.pk)
    event.edit(cast.manager, version=1, what="Mara's words")

    with pytest.raises(Conflict) as conflict:
        other.edit(cast.rep, version=1, what="Ines's words")

    assert conflict.value.current.what == "Mara's words"
    event.refresh_from_db()
    assert (event.what, event.version) == ("Mara's words", 2)


def test_the_same_edit_twice_is_no_conflict(cast):
    event = testing.event(testing.review(cast), what="First")
    event.edit(cast.manager, version=1, what="Second")

    assert not event.edit(cast.manager, version=1, what="Second")


def test_only_what_happened_can_be_edited(cast):
    event = testing.event(testing.review(cast))

    with pytest.raises(TypeError):
        event.edit(cast.manager, version=1, author=cast.manager)


def test_judging_says_what_it_did_to_the_outcome(cast):
    event = testing.event(testing.review(cast))

    assert event.judge(cast.rep, "contributed")
    assert not event.judge(cast.rep, "contributed")
    assert (event.causal_role, event.version) == ("contributed", 2)
    assert changes(event) == [("judged", cast.rep)]


def test_a_stale_judgement_is_a_conflict(cast):
    event = testing.event(testing.review(cast))
    event.judge(cast.rep, "caused", version=1)

    with pytest.raises(Conflict):
        event.judge(cast.manager, "unrelated", version=1)


def test_a_judgement_is_one_of_four(cast):
    with pytest.raises(Refused):
        testing.event(testing.review(cast)).judge(cast.rep, "guilty")


def test_events_of_a_closed_review_stay_as_they_are(cast):
    event = testing.event(testing.review(cast, state="closed", closed_at=testing.NOW))

    for verb in [lambda: event.edit(cast.manager, version=1, what="x"), lambda: event.judge(cast.manager, "caused")]:
        with pytest.raises(Refused, match="closed"):
            verb()


def test_events_are_read_by_day_and_those_without_a_day_last(cast):
    review = testing.review(cast)
    undated = testing.event(review, happened_on=None)
    later = testing.event(review, happened_on=dt.date(2026, 11, 2))
    first = testing.event(review, happened_on=dt.date(2026, 8, 21))

    assert list(review.events.in_order()) == [first, later, undated]
