import pytest

from failforward import testing
from failforward.testing import NOW
from reviews import permissions
from reviews.models import Review

STATES = {
    "open": {},
    "pending": {"state": "pending", "opened_on": None},
    "closed": {"state": "closed", "closed_at": NOW},
    "named": {"visibility": "named"},
    "sealed": {"visibility": "sealed"},
}
NOBODY = set()
# Ines owns the deal and is not on the review, Tom is on it, Farid is on it and facilitates.
TABLE = {
    "reads_review": {
        "open": {"admin", "manager", "rep", "other_rep", "facilitator"},
        "pending": {"admin", "manager", "rep", "other_rep", "facilitator"},
        "closed": {"admin", "manager", "rep", "other_rep", "facilitator"},
        "named": {"other_rep", "facilitator"},
        "sealed": {"other_rep", "facilitator"},
    },
    "can_choose": {"open": {"admin", "manager", "rep"}, "pending": {"admin", "manager", "rep"}, "sealed": NOBODY},
    "can_waive": {"open": {"admin", "manager"}, "pending": {"admin", "manager"}, "sealed": NOBODY},
    "can_edit_review": {
        "open": {"admin", "manager", "other_rep", "facilitator"},
        "pending": NOBODY,
        "closed": NOBODY,
        "named": {"other_rep", "facilitator"},
        "sealed": {"other_rep", "facilitator"},
    },
    "can_capture": {"open": {"rep"}, "pending": {"rep"}, "closed": NOBODY, "named": NOBODY, "sealed": NOBODY},
    "can_add_people": {"open": {"admin", "manager", "facilitator"}, "sealed": {"facilitator"}},
    "can_change_visibility": {"open": {"admin", "manager", "facilitator"}, "named": {"facilitator"}},
    "can_close": {
        "open": {"admin", "manager", "facilitator"},
        "pending": NOBODY,
        "closed": NOBODY,
        "sealed": {"facilitator"},
    },
    "can_add_addendum": {"open": NOBODY, "closed": {"admin", "manager", "rep", "other_rep", "facilitator"}},
    "can_reopen": {"open": NOBODY, "closed": {"admin", "manager"}, "sealed": NOBODY},
}
CASES = [(name, state, who) for name, states in TABLE.items() for state, who in states.items()]


@pytest.mark.parametrize(("name", "state", "who"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_who_may(cast, name, state, who):
    people = (cast.other_rep, cast.facilitator)
    review = testing.review(cast, people=people, facilitator=cast.facilitator, **STATES[state])

    assert {person for person, user in cast.people.items() if getattr(permissions, name)(user, review)} == who


@pytest.mark.parametrize("state", STATES)
def test_what_one_may_read_is_what_one_finds(cast, state):
    review = testing.review(cast, people=(cast.other_rep,), facilitator=cast.facilitator, **STATES[state])

    for user in cast.people.values():
        found = Review.objects.visible_to(user).filter(pk=review.pk).exists()
        assert permissions.reads_review(user, review) is found


def test_an_anonymous_event_is_put_right_by_the_facilitator_alone(cast):
    review = testing.review(cast, people=(cast.other_rep, cast.facilitator), facilitator=cast.facilitator)
    named, anonymous = testing.event(review), testing.event(review, anonymous=True)

    def who(event) -> set[str]:
        return {name for name, user in cast.people.items() if permissions.can_edit_event(user, event)}

    assert who(named) == {"admin", "manager", "other_rep", "facilitator"}
    assert who(anonymous) == {"facilitator"}


def test_the_sponsor_who_reads_it_may_reopen_it(cast):
    review = testing.review(cast, people=(cast.sponsor,), sponsor=cast.sponsor, **STATES["closed"])

    assert permissions.can_reopen(cast.sponsor, review)


def test_whoever_left_may_nothing(cast):
    review = testing.review(cast, people=(cast.manager,), facilitator=cast.manager)
    cast.manager.is_active = False

    for name in ["reads_review", "can_edit_review", "can_close", "can_choose", "can_change_visibility"]:
        assert not getattr(permissions, name)(cast.manager, review)
