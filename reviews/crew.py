"""Who is on a review, as rows: there may be forty-five, and mostly they are only named."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from failforward.accounts.models.user import first_name_of
from failforward.prepared import prepared
from reviews.models import Review, ReviewPerson


class Named(NamedTuple):
    """A person, as far as a screen names them."""

    pk: int
    name: str
    email: str | None
    is_active: bool

    @property
    def first_name(self) -> str:
        return first_name_of(self.name)


class OnIt(NamedTuple):
    """Somebody on the review."""

    user: Named
    has_told: bool
    thanked_for: str
    thanked_at: datetime | None

    @property
    def user_id(self) -> int:
        return self.user.pk


def with_crew(review: Review) -> Review:
    """Until a verb holds it, see `Review.lock`."""
    review.persons_read = [OnIt(Named(*row[:4]), *row[4:]) for row in named_on(review.pk)]
    return review


@prepared
def named_on(review: int) -> QuerySet[ReviewPerson]:
    named = ("user", "user__name", "user__email", "user__is_active")
    return ReviewPerson.objects.filter(review=review).values_list(*named, "has_told", "thanked_for", "thanked_at")
