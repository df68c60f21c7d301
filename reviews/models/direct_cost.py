from typing import Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from failforward import versions
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews import permissions
from reviews.cost import Direct

PARTS = ["minutes", "hour_rate_minor", "bid_minor", "discount_minor", "rework_minor"]
MOST = 10**15


class DirectCost(models.Model):
    """What was spent on a deal that was lost, in minor units of the deal's currency."""

    review = models.OneToOneField("reviews.Review", models.PROTECT, related_name="direct_cost")
    minutes = models.PositiveIntegerField(_("time spent"), default=0)
    hour_rate_minor = models.PositiveBigIntegerField(_("an hour costs"), default=0)
    bid_minor = models.PositiveBigIntegerField(_("the bid"), default=0)
    discount_minor = models.PositiveBigIntegerField(_("discounts"), default=0)
    rework_minor = models.PositiveBigIntegerField(_("rework"), default=0)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    def __str__(self) -> str:
        return f"direct cost of review {self.review_id}"

    @property
    def as_direct(self) -> Direct:
        return Direct(**{name: getattr(self, name) for name in PARTS})

    @classmethod
    @transaction.atomic
    def state(cls, review, by: User, **parts: int) -> Self:
        """Says what was spent; all parts at once, so that saying it twice is saying it once."""
        review.lock()
        review.must_not_be_closed()
        if not permissions.can_state_cost(by, review):
            raise Refused(_("What it cost is said by the people on the review while it is open."))
        if wrong := next((name for name in PARTS if not 0 <= parts[name] <= MOST), None):
            raise Refused(_("Write what was spent, or 0 for nothing."), wrong)
        if Direct(**{name: parts[name] for name in PARTS}).total_minor > MOST:
            raise Refused(_("That is more than anybody spends. Look at the numbers again."), "hour_rate_minor")
        if parts["minutes"] and not parts["hour_rate_minor"]:
            raise Refused(_("Say what an hour costs, or leave the hours out."), "hour_rate_minor")
        cost, _new = cls.objects.get_or_create(review=review, defaults={"batch_id": review.batch_id})
        if changes := versions.assign(cost, parts):
            cost.save(update_fields=list(changes))
            review.count_anew()
            record(review, "cost_stated", by)
        return cost
