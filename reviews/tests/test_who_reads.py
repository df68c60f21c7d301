import pytest

from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import TODAY
from failforward.tokens import new_token
from reviews.models import CaptureToken, Review


def readers(cast, review) -> set[str]:
    return {name for name, user in cast.people.items() if Review.objects.visible_to(user).filter(pk=review.pk).exists()}


def test_a_standard_review_is_read_by_owner_people_on_it_managers_and_admins(cast):
    review = testing.review(cast, people=[cast.facilitator])

    assert readers(cast, review) == {"admin", "manager", "rep", "facilitator"}


@pytest.mark.parametrize("visibility", ["named", "sealed"])
def test_a_named_or_sealed_review_is_read_by_those_on_it_alone(cast, visibility):
    review = testing.review(cast, people=[cast.facilitator])

    assert review.change_visibility(cast.manager, visibility)

    assert readers(cast, review) == {"manager", "facilitator"}
    assert not review.change_visibility(cast.manager, visibility)


def test_hiding_a_review_ends_the_owners_link(cast):
    review = testing.review(cast, people=[cast.facilitator])
    CaptureToken.issue(review=review, person=cast.rep)
    CaptureToken.issue(review=review, person=cast.facilitator)

    review.change_visibility(cast.manager, "named")

    alive = CaptureToken.objects.alive(testing.NOW)
    assert [token.person for token in alive] == [cast.facilitator]
    assert CaptureToken.objects.find(new_token()) is None


def test_a_second_standard_review_of_a_deal_is_refused(cast):
    deal = testing.deal(cast)
    sealed = Review.open(deal, cast.manager, today=TODAY, visibility="sealed")
    Review.open(deal, cast.manager, today=TODAY)

    with pytest.raises(Refused, match="standard review already"):
        sealed.change_visibility(cast.manager, "standard")


def test_an_unknown_visibility_is_refused(cast):
    with pytest.raises(Refused):
        testing.review(cast).change_visibility(cast.manager, "secret")


def test_people_are_added_once(cast):
    review = testing.review(cast)

    assert review.add_person(cast.manager, cast.other_rep)
    assert not review.add_person(cast.manager, cast.other_rep)
    assert [change.details for change in Change.objects.about(review)] == [{"person": "Tom Okafor"}]


def test_somebody_who_left_is_not_added(cast):
    cast.other_rep.is_active = False
    cast.other_rep.save(update_fields=["is_active"])

    with pytest.raises(Refused):
        testing.review(cast).add_person(cast.manager, cast.other_rep)


def test_a_facilitator_who_is_taken_off_facilitates_no_longer(cast):
    review = testing.review(cast)
    review.let_facilitate(cast.manager, cast.facilitator)

    assert review.remove_person(cast.manager, cast.facilitator)
    assert not review.remove_person(cast.manager, cast.facilitator)
    assert review.facilitator is None


def test_the_last_reader_of_a_hidden_review_stays(cast):
    review = testing.review(cast)
    review.change_visibility(cast.manager, "sealed")

    with pytest.raises(Refused, match="Add somebody else first"):
        review.remove_person(cast.manager, cast.manager)
    assert readers(cast, review) == {"manager"}
