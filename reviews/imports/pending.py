"""Which imported losses get a review to choose, and who is asked what happened."""

import datetime as dt
from collections import defaultdict

from failforward.accounts.models import Team
from reviews.imports.save import BATCH, value_of
from reviews.models import Deal, ImportJob, Review, Visibility
from reviews.models.review import State

DEFAULT = "90d"
DEFAULT_DAYS = 90
MOST_MAILS_TO_ONE = 3


class Pending:
    """`reviews_from` is all, none, a day, or `90d`, which leaves out what was lost before its team started."""

    def __init__(self, reviews_from: str, today: dt.date) -> None:
        self.reviews_from = reviews_from
        self.since = first_day(reviews_from, today)
        self.starts = dict(Team.objects.exclude(started_on=None).values_list("pk", "started_on"))

    def wants(self, deal: Deal) -> bool:
        if self.since is None or not deal.is_lost or deal.lost_on < self.since:
            return False
        return self.reviews_from != DEFAULT or deal.lost_on >= self.starts.get(deal.team_id, dt.date.min)

    def without_review(self, deals: list[Deal]) -> list[Deal]:
        """Those wanted that have no standard review yet. One that is named or sealed is not seen here either: by
        leaving its deal out the import would tell that it exists."""
        wanted = [deal for deal in deals if self.wants(deal)]
        saved = [deal.pk for deal in wanted if deal.pk]
        have = set(
            Review.objects.filter(
                deal__in=saved, kind=Review.Kind.LOST_DEAL, visibility=Visibility.STANDARD
            ).values_list("deal", flat=True)
        )
        return [deal for deal in wanted if deal.pk not in have]

    def open(self, deals: list[Deal], job: ImportJob) -> int:
        """Bulk twin of `Review.open(chosen=False)`: the import's own Change row tells of all of them."""
        made = Review.objects.bulk_create(
            (
                Review(
                    deal=deal,
                    state=State.PENDING,
                    team_id=deal.team_id,
                    owner_id=deal.owner_id,
                    lost_on=deal.lost_on,
                    value_minor=value_of(deal),
                    opened_by=job.by,
                    batch_id=job.uuid,
                )
                for deal in self.without_review(deals)
            ),
            batch_size=BATCH,
        )
        return len(made)


def first_day(reviews_from: str, today: dt.date) -> dt.date | None:
    if reviews_from == "none":
        return None
    if reviews_from == "all":
        return dt.date.min
    return today - dt.timedelta(days=DEFAULT_DAYS) if reviews_from == DEFAULT else dt.date.fromisoformat(reviews_from)


def to_be_asked(job: ImportJob, today: dt.date) -> list[Review]:
    """New losses of the last 90 days whose owner can be asked by mail.

    Who would get more than three mails from one import gets none: their losses stand in the triage list, where one
    can be asked about at a time.
    """
    by_owner: dict[int, list[Review]] = defaultdict(list)
    fresh = Review.objects.filter(
        batch_id=job.uuid, state=State.PENDING, lost_on__gte=today - dt.timedelta(days=DEFAULT_DAYS)
    ).exclude(owner__email=None)
    for review in fresh.select_related("deal", "owner", "team").filter(owner__is_active=True).order_by("pk"):
        by_owner[review.owner_id].append(review)
    return [review for reviews in by_owner.values() if len(reviews) <= MOST_MAILS_TO_ONE for review in reviews]
