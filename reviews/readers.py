"""Who reads (codes) the events of a review, and how many are asked to."""

from django.db.models import Q, QuerySet

from failforward.accounts.models import Membership, Role, User
from reviews.models import FailureEvent, Review, Visibility


def other_readers(event: FailureEvent, user: User) -> list[User]:
    """Who reads this event beside `user`, as far as it is known: whoever has already, else who is on the review.

    The persons on it and their users are read beforehand, see `Review.objects.for_detail`.
    """
    coded = list(User.objects.filter(codings__event=event).exclude(pk=user.pk)) if event.readings else []
    return coded or on_it_besides(event.review, user)


def on_it_besides(review: Review, user: User) -> list[User]:
    return [person.user for person in review.crew if person.user_id != user.pk]


def readers_needed(review: Review) -> int:
    """As many as the review asks for, but not more than there are people who could."""
    return as_far_as_there_are(review, review.readers_needed())


def as_far_as_there_are(review: Review, asked_for: int) -> int:
    return asked_for if asked_for < 2 else max(1, min(asked_for, eligible(review).count()))


def readers_needed_for(review: Review, asked_for: int) -> int:
    """The same for a page, which has read the persons and their users: as many as are asked for when those on it
    suffice; only else everybody who could is counted."""
    on_it = [person.user for person in review.crew]
    if sum(user.is_active and bool(user.email) for user in on_it) >= asked_for:
        return asked_for
    return as_far_as_there_are(review, asked_for)


def eligible(review: Review) -> QuerySet[User]:
    """People who may read (code) events of this review and are able to log in."""
    who = Q(pk__in=review.persons.values("user"))
    if review.visibility == Visibility.STANDARD:
        steps = [int(step) for step in review.team.path.strip("/").split("/")]
        above = Membership.objects.filter(Q(role=Role.ADMIN) | Q(role=Role.MANAGER, team__in=steps))
        who |= Q(pk__in=above.values("user"))
    return User.objects.filter(who, is_active=True).exclude(email=None)
