import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import NOW
from reviews import pulse
from reviews.models import Comparison, Review, Session, Why
from reviews.models.session import Step


@pytest.fixture
def review(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    return testing.review(cast, people, facilitator=cast.facilitator, depth="full")


@pytest.fixture
def session(cast, review):
    return Session.begin(review, cast.facilitator, NOW)


def later(minutes: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def test_one_session_runs_at_a_time(cast, review, session):
    assert Session.begin(review, cast.manager, later(3)) == session
    assert (session.step, session.led_by, session.started_at) == ("gather", cast.facilitator, NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(review=review, led_by=cast.rep, started_at=NOW, step_started_at=NOW)

    assert session.end(cast.facilitator, later(60)) and not session.end(cast.facilitator, later(61))
    again = Session.begin(review, cast.manager, later(90))
    assert again != session and again.led_by == cast.manager
    assert [change.verb for change in Change.objects.about(review)][::-1] == [
        "session_begun",
        "session_ended",
        "session_begun",
    ]


@pytest.mark.parametrize("who", ["rep", "other_rep", "outsider", "sponsor"])
def test_only_whoever_leads_the_review_begins(cast, review, who):
    with pytest.raises(Refused, match="facilitator or a manager begins"):
        Session.begin(review, cast.people[who], NOW)


def test_none_is_held_on_a_review_that_is_not_open(cast):
    closed = testing.review(cast, state="closed", closed_at=NOW, facilitator=cast.facilitator)
    with pytest.raises(Refused, match="while the review is open"):
        Session.begin(closed, cast.facilitator, NOW)


def test_whoever_leads_moves_on_and_back_and_the_clock_begins_anew(cast, session):
    assert session.clock(later(12)) == (15, 12)
    assert session.move_to(cast.facilitator, "causes", later(12))
    assert not session.move_to(cast.facilitator, "causes", later(13))
    assert (session.clock(later(14)), session.following, session.before) == ((20, 2), Step.SORT, Step.GATHER)
    assert session.move_to(cast.facilitator, "gather", later(20)) and session.before is None
    assert session.move_to(cast.facilitator, "close", later(30)) and session.following is None
    for who in (cast.rep, cast.manager):
        with pytest.raises(Refused, match="Farid Haddad leads"):
            session.move_to(who, "causes", later(14))
    with pytest.raises(Refused, match="one of the five"):
        session.move_to(cast.facilitator, "blame", later(14))


def test_time_is_soft_and_can_be_given(cast, session):
    assert (session.clock(later(18)).left, session.clock(later(18)).over) == (-3, 3)
    assert session.give(cast.facilitator, 20) and not session.give(cast.facilitator, 20)
    assert (session.clock(later(18)).left, session.clock(later(18)).over) == (2, 0)
    # A clock that is set back shows no time used.
    assert session.clock(later(-5)) == (20, 0)
    for minutes in (0, 241):
        with pytest.raises(Refused, match="between one minute"):
            session.give(cast.facilitator, minutes)


def test_the_lead_is_handed_over_and_taken_back(cast, session):
    with pytest.raises(Refused, match="Farid Haddad leads"):
        session.hand_over(cast.rep, cast.rep)
    with pytest.raises(Refused, match="somebody who works on this review"):
        session.hand_over(cast.facilitator, cast.outsider)
    assert session.hand_over(cast.facilitator, cast.rep)
    assert session.move_to(cast.rep, "causes", NOW)
    with pytest.raises(Refused, match="Ines Duarte leads"):
        session.move_to(cast.facilitator, "sort", NOW)
    # A manager takes it; nobody gives away what somebody else has.
    with pytest.raises(Refused, match="Ines Duarte leads"):
        session.hand_over(cast.manager, cast.other_rep)
    assert session.hand_over(cast.manager, cast.manager)
    assert not session.hand_over(cast.manager, cast.manager)


def test_who_leads_opens_what_was_gathered_once(cast, session):
    with pytest.raises(Refused):
        session.open_to_room(cast.rep, NOW)
    assert session.open_to_room(cast.facilitator, NOW) and not session.open_to_room(cast.facilitator, later(1))
    assert session.opened_at == NOW


def test_closing_the_review_ends_its_session(cast, session, review):
    settled = {"causal_role": "unrelated", "category": "planning", "verdict": "one_off", "settled_at": NOW}
    testing.event(review, **settled)

    review.close(cast.manager, later(50))

    session.refresh_from_db()
    assert session.ended_at == later(50)
    with pytest.raises(Refused, match="over"):
        session.move_to(cast.facilitator, "causes", later(51))


def test_a_review_that_is_waived_or_put_back_ends_its_session(cast, review):
    for leave in (lambda: review.waive(cast.manager, "Too small."), lambda: review.put_back(cast.manager)):
        session = Session.begin(review, cast.facilitator, NOW)
        leave()
        session.refresh_from_db()
        assert session.ended_at
        review.choose(cast.facilitator, "full", NOW.date())
        assert Session.running(review.pk) is None


@pytest.mark.parametrize("state", ["pending", "waived", "closed"])
def test_nothing_moves_about_a_review_that_is_not_open(cast, review, session, state):
    Review.objects.update(state=state, waived_because="Too small.", closed_at=NOW)
    moves = (
        lambda: session.move_to(cast.facilitator, "causes", NOW),
        lambda: session.give(cast.facilitator, 30),
        lambda: session.open_to_room(cast.facilitator, NOW),
        lambda: session.hand_over(cast.facilitator, cast.rep),
        lambda: session.hand_over(cast.manager, cast.manager),
    )
    for move in moves:
        with pytest.raises(Refused, match="session is over"):
            move()
    assert session.end(cast.facilitator, NOW)


def test_who_is_taken_off_the_review_leads_no_longer(cast, review, session):
    session.hand_over(cast.facilitator, cast.rep)
    review.remove_person(cast.facilitator, cast.rep)
    # The deal is theirs, so they still read it.
    assert Review.objects.visible_to(cast.rep).filter(pk=review.pk).exists()
    moves = (
        lambda: session.move_to(cast.rep, "causes", NOW),
        lambda: session.give(cast.rep, 30),
        lambda: session.open_to_room(cast.rep, NOW),
        lambda: session.hand_over(cast.rep, cast.other_rep),
        lambda: session.end(cast.rep, NOW),
    )
    for move in moves:
        with pytest.raises(Refused, match="no longer work on this review"):
            move()
    assert session.hand_over(cast.facilitator, cast.facilitator) and session.move_to(cast.facilitator, "causes", NOW)


def test_a_session_holds_its_rows_as_every_verb_does(session):
    """What only points at the review does not wait: it may hold what the verb waits for."""
    asked = []

    def watch(queryset):
        asked.append((queryset.model, queryset.query.select_for_update, queryset.query.select_for_no_key_update))
        return fetch(queryset)

    fetch = QuerySet._fetch_all
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "_fetch_all", watch)
        session.lock()
    assert asked == [(Review, True, True), (Session, True, True)]


def test_the_pulse_is_felt_by_whoever_reads_the_review(cast, review):
    below = type(cast.north).open("Below", cast.north)
    sealed = testing.review(cast, people=(cast.facilitator,), visibility="sealed")
    theirs = testing.review(cast, deal=testing.deal(cast, team=below, owner=cast.other_rep))
    elsewhere = testing.review(cast, deal=testing.deal(cast, team=cast.south, owner=cast.outsider))
    for who in cast.people.values():
        seen = {one for one in Review.objects.all() if pulse.beat(who, one.pk)}
        assert seen == set(Review.objects.visible_to(who)), who
    assert {sealed, theirs, elsewhere} < set(Review.objects.all())


def test_every_verb_is_felt_and_reading_is_not(cast, review, session, django_assert_num_queries):
    def felt() -> int:
        with django_assert_num_queries(1):
            return pulse.beat(cast.rep, review.pk).changes

    seen = [felt(), felt()]
    assert seen[0] == seen[1]
    event = review.add_event(cast.other_rep, "Nobody rang.")
    seen.append(felt())
    review.add_event(cast.other_rep, "Nobody wrote.", anonymous=True)
    seen.append(felt())
    review.finish_telling(cast.rep)
    seen.append(felt())
    event.judge(cast.facilitator, "caused")
    seen.append(felt())
    session.move_to(cast.facilitator, "causes", NOW)
    seen.append(felt())
    assert seen[1:] == sorted(set(seen))


def test_what_is_found_out_about_an_event_is_new_to_the_other_screens(cast):
    review = testing.review(cast, people=(cast.rep,))
    event = testing.event(review, causal_role="caused")
    before = pulse.beat(cast.rep, review.pk).changes
    said = {"text": "No list", "evidence": "", "assumed": True, "ends_in_person": False}
    Why.answer(event, cast.rep, **said)
    Comparison.say(event, testing.won(cast), cast.rep, "yes", testing.NOW)
    Why.answer(testing.event(testing.review(cast, people=(cast.rep,)), causal_role="caused"), cast.rep, **said)
    assert pulse.beat(cast.rep, review.pk).changes == before + 2
