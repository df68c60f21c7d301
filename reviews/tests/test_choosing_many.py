import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from failforward import testing
from failforward.guards import Refused
from failforward.testing import TODAY
from reviews.choosing import choose_all, suggested, waive_all
from reviews.models import Review
from reviews.summary_sql import differences


def pending(cast, **fields) -> Review:
    return testing.review(cast, state="pending", opened_on=None, **fields)


def test_many_are_chosen_and_the_others_say_why_not(cast):
    chosen = [pending(cast) for _number in range(3)]
    closed = testing.review(cast, state="closed", closed_at=testing.NOW)
    under_way = testing.review(cast)
    elsewhere = pending(cast, deal=testing.deal(cast, team=cast.south, owner=cast.outsider))

    result = choose_all([*chosen, closed, under_way, elsewhere], cast.manager, "quick", TODAY)

    assert result.changed == 3
    assert result.sentence == (
        "3 chosen for a quick review, 3 not, because: This review is closed. Add a dated note, or have it reopened. "
        "That was decided already. A manager of the team decides that."
    )
    states = dict(Review.objects.values_list("pk", "state"))
    assert [states[review.pk] for review in chosen] == ["gathering"] * 3
    assert (states[closed.pk], states[elsewhere.pk]) == ("closed", "pending")


def test_the_sums_of_many_are_counted_once(cast):
    reviews = [pending(cast) for _number in range(3)]
    with CaptureQueriesContext(connection) as asked:
        choose_all(reviews, cast.manager, "quick", TODAY)
    written = [one["sql"] for one in asked.captured_queries if one["sql"].startswith("INSERT INTO reviews_summary")]
    assert len(written) == 1
    assert list(differences()) == []


def test_one_that_refuses_keeps_the_others_counted(cast, monkeypatch):
    """After it had been counted, too."""
    reviews = [pending(cast) for _number in range(3)]
    add_person = Review.add_person

    def refuse_one(self, *args, **kwargs):
        if self.pk == reviews[1].pk:
            raise Refused("Not this one.")
        return add_person(self, *args, **kwargs)

    monkeypatch.setattr(Review, "add_person", refuse_one)
    assert choose_all(reviews, cast.manager, "quick", TODAY).done == [reviews[0].pk, reviews[2].pk]
    assert list(differences()) == []


def test_choosing_the_same_again_changes_nothing(cast):
    reviews = [pending(cast), pending(cast)]
    choose_all(reviews, cast.manager, "quick", TODAY)

    assert (
        choose_all(reviews, cast.manager, "quick", TODAY).sentence
        == "0 chosen for a quick review, 2 not, because: That was decided already."
    )


def test_many_are_waived_with_one_reason(cast):
    reviews = [pending(cast), pending(cast)]

    assert waive_all(reviews, cast.manager, "Before we began.").sentence == "2 waived."
    assert set(Review.objects.values_list("state", "waived_because")) == {("waived", "Before we began.")}


def test_without_a_reason_none_is_waived(cast):
    with pytest.raises(Refused) as refused:
        waive_all([pending(cast)], cast.manager, "  ")
    assert refused.value.field == "reason"


def test_an_owner_may_begin_their_own_but_not_waive_it(cast):
    assert waive_all([pending(cast)], cast.rep, "I would rather not").changed == 0
    assert choose_all([pending(cast)], cast.rep, "quick", TODAY).changed == 1


@pytest.mark.parametrize(
    ("value", "review_from", "nth", "is_suggested"),
    [
        (100, 100, None, True),
        (99, 100, None, False),
        (None, 100, None, False),
        (None, None, None, False),
        (10**9, None, None, False),
        (1, 100, 1, True),
    ],
)
def test_the_teams_rule_suggests(cast, value, review_from, nth, is_suggested):
    cast.north.review_from_minor, cast.north.review_every_nth = review_from, nth
    cast.north.save(update_fields=["review_from_minor", "review_every_nth"])

    review = pending(cast, deal=testing.deal(cast, amount_minor=value))

    assert suggested(review) is is_suggested


def test_an_amount_says_nothing_in_another_currency(cast):
    cast.north.review_from_minor = 2_000_000
    cast.north.save(update_fields=["review_from_minor"])

    assert suggested(pending(cast, deal=testing.deal(cast, amount_minor=3_000_000)))
    assert not suggested(pending(cast, deal=testing.deal(cast, amount_minor=3_000_000, currency="JPY")))
