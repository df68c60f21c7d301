import pytest

from failforward import testing
from failforward.accounts.models import Membership
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import TODAY
from reviews.models import Review


def verbs(obj) -> list[str]:
    return [change.verb for change in Change.objects.about(obj).order_by("pk")]


def pending(cast, **fields) -> Review:
    return testing.review(cast, state="pending", opened_on=None, **fields)


def test_a_chosen_loss_gathers_with_its_chooser_and_its_owner(cast):
    review = Review.open(testing.deal(cast), cast.manager, today=TODAY)

    assert (review.state, review.depth, review.opened_on, review.opened_by) == (
        "gathering",
        "quick",
        TODAY,
        cast.manager,
    )
    assert set(review.people.all()) == {cast.manager, cast.rep}
    assert (review.facilitator, review.self_facilitated) == (cast.manager, False)
    assert verbs(review) == ["opened", "chosen", "person_added", "person_added", "facilitator_named"]


def test_a_review_repeats_what_lists_sort_by(cast):
    deal = testing.deal(cast, amount_minor=None, list_price_minor=5_000_00)

    review = Review.open(deal, None, today=TODAY, chosen=False)

    review.refresh_from_db()
    assert (review.state, review.value_minor, review.lost_on, review.owner, review.team, review.people.count()) == (
        "pending",
        5_000_00,
        deal.lost_on,
        cast.rep,
        cast.north,
        0,
    )


def test_opening_twice_takes_up_the_same_review(cast):
    deal = testing.deal(cast)
    waiting = Review.open(deal, None, today=TODAY, chosen=False)

    assert Review.open(deal, cast.manager, today=TODAY) == waiting
    assert Review.open(deal, cast.manager, today=TODAY) == waiting
    waiting.refresh_from_db()
    assert waiting.state == "gathering"
    assert verbs(waiting).count("chosen") == 1


def test_beside_a_sealed_review_a_second_opens_without_a_word(cast):
    deal = testing.deal(cast)
    sealed = Review.open(deal, cast.facilitator, today=TODAY, visibility="sealed")

    second = Review.open(deal, cast.manager, today=TODAY)

    assert second != sealed
    assert set(sealed.people.all()) == {cast.facilitator}


def test_only_a_lost_deal_is_reviewed(cast):
    with pytest.raises(Refused, match="not lost"):
        Review.open(testing.deal(cast, outcome="won", lost_on=None), cast.manager, today=TODAY)
    assert not Review.objects.exists()


def test_choosing_twice_changes_nothing(cast):
    review = pending(cast)

    assert review.choose(cast.manager, "quick", TODAY)
    before = verbs(review)
    assert not review.choose(cast.manager, "quick", TODAY)
    assert verbs(review) == before


def test_a_quick_review_can_become_a_full_one(cast):
    review = pending(cast)
    review.choose(cast.manager, "quick", TODAY)

    assert review.choose(cast.manager, "full", TODAY)
    assert (review.depth, review.state, verbs(review)[-1]) == ("full", "gathering", "depth_changed")


def test_events_written_before_the_choice_count(cast):
    review = pending(cast)
    event = review.add_event(cast.rep, "The demo unit would not pair.")
    review.refresh_from_db()
    assert review.state == "pending"
    event.judge(cast.rep, "caused")

    review.choose(cast.manager, "quick", TODAY)

    assert review.state == "coding"


def test_a_loss_is_waived_with_a_reason_and_may_be_chosen_later(cast):
    review = pending(cast)

    assert review.waive(cast.manager, "  A form error, no real deal. ")
    assert (review.state, review.waived_because) == ("waived", "A form error, no real deal.")
    assert not review.waive(cast.manager, "again")
    review.choose(cast.manager, "quick", TODAY)
    assert (review.state, review.waived_because) == ("gathering", "")


def test_waiving_asks_for_a_reason(cast):
    review = pending(cast)

    with pytest.raises(Refused) as refused:
        review.waive(cast.manager, "  ")

    assert refused.value.field == "reason"
    review.refresh_from_db()
    assert review.state == "pending"


def test_a_review_with_events_is_not_waived(cast):
    review = testing.review(cast)
    testing.event(review)

    with pytest.raises(Refused, match="Finish and close it"):
        review.waive(cast.manager, "too late")


def test_a_closed_review_is_neither_chosen_nor_waived(cast):
    review = testing.review(cast, state="closed", closed_at=testing.NOW)

    for verb in [lambda: review.choose(cast.manager, "full", TODAY), lambda: review.waive(cast.manager, "x")]:
        with pytest.raises(Refused, match="closed"):
            verb()


def test_an_owner_who_chooses_does_not_facilitate_where_somebody_else_could(cast):
    review = pending(cast)

    review.choose(cast.rep, "quick", TODAY)

    assert (review.facilitator, review.self_facilitated) == (None, False)
    with pytest.raises(Refused, match="Somebody other than the deal’s owner"):
        review.let_facilitate(cast.manager, cast.rep)


def test_an_owner_alone_facilitates_and_the_record_says_so(cast):
    alone = testing.person("Only One", cast.south)
    Membership.objects.exclude(user=alone).delete()

    review = pending(cast, deal=testing.deal(cast, owner=alone, team=cast.south))
    review.choose(alone, "quick", TODAY)

    assert (review.facilitator, review.self_facilitated) == (alone, True)


def test_another_facilitator_joins_the_review(cast):
    review = pending(cast)
    review.choose(cast.manager, "quick", TODAY)

    assert review.let_facilitate(cast.manager, cast.facilitator)
    assert not review.let_facilitate(cast.manager, cast.facilitator)
    assert review.people.filter(pk=cast.facilitator.pk).exists()
    assert verbs(review)[-2:] == ["person_added", "facilitator_named"]
