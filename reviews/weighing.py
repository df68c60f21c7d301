"""Where fewer are asked to read, or fewer can: what as many have read as are asked now waits for nobody else."""

from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from failforward.accounts import reach
from failforward.accounts.models import Role, Team, User
from reviews import coding, readers
from reviews.models import Review, Visibility
from reviews.models.review import OPEN_STATES, on_it


def follow_rules(team: Team, changed: Collection[str]) -> None:
    if "readers_per_event" in changed:
        weigh_later(Q(team=team.pk))


def follow_leaving(person: User) -> None:
    """Whoever left the product reads nothing any more, of the reviews they were on and of those they managed."""
    could = reach.read(person)
    managed = Q() if could.is_admin else Q(team__in=could.managed)
    weigh_later(Q(on_it(person)) | managed & Q(visibility=Visibility.STANDARD))


def follow_role(person: User, team: Team, role: str) -> None:
    """Whoever manages no more reads no more by it: of an admin every review, of a manager those of the team and of
    the teams below."""
    if role in (Role.ADMIN, Role.MANAGER):
        below = Q() if role == Role.ADMIN else Q(team__path__startswith=team.path)
        weigh_later(below & Q(visibility=Visibility.STANDARD))


def follow_deals(deals: Collection[int]) -> None:
    """They belong to another team, and so do their reviews: fewer may read them there."""
    weigh_later(Q(deal__in=deals))


def weigh_later(which: Q) -> None:
    """After the commit, each review by itself: the verb holds the team or the person, and reviews are taken before."""
    transaction.on_commit(partial(weigh, which))


def weigh(which: Q) -> None:
    begun = coding.begun().filter(review=OuterRef("pk"))
    for review in Review.objects.filter(which, Exists(begun), state__in=OPEN_STATES).select_related("team"):
        if coding.begun().filter(review=review, readings__gte=readers.readers_needed(review)).exists():
            coding.weigh_again(review, timezone.now())
