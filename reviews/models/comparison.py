from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews import permissions
from reviews.base_rate import MOST
from reviews.models.deal import Deal, Outcome
from reviews.models.event import FailureEvent
from reviews.models.review import Review


class Present(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Don’t know")
    UNLIKE = "unlike", _("Not comparable")


ANSWERS = [Present.YES, Present.NO, Present.UNKNOWN]


class ComparisonQuerySet(models.QuerySet):
    def told(self) -> Self:
        """Of which somebody said that the two deals are alike, and looked."""
        return self.filter(present__in=ANSWERS)


class Comparison(models.Model):
    """Whether what happened in a lost deal was there in a won one too. Empty once the answer was taken back.

    Its history is its own: the event's readers may not all know the won deal.
    """

    event = models.ForeignKey(FailureEvent, models.PROTECT, related_name="comparisons")
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="+")
    present = models.CharField(_("present there too"), max_length=8, choices=Present, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "deal"], name="a_win_is_compared_once_with_an_event")]

    def __str__(self) -> str:
        return f"{self.event_id} in {self.deal_id}: {self.present}"

    @classmethod
    @transaction.atomic
    def say(cls, event: FailureEvent, deal: Deal, by: User, present: str, now: datetime) -> bool:
        """Empty takes the answer back, so that the deal is offered again. False where nothing changes."""
        event.lock()
        may_compare(event, by)
        known = cls.objects.filter(event=event, deal=deal).first()
        before = known.present if known else ""
        if before == present:
            return False
        if present not in ("", *Present):
            raise Refused(_("Say whether it was there too: yes, no, or that you don’t know."))
        if deal.outcome != Outcome.WON or not Deal.objects.visible_to(by).filter(pk=deal.pk).exists():
            raise Refused(_("Compare it with a deal that was won and that you may see."))
        if present in ANSWERS and before not in ANSWERS and event.comparisons.told().count() >= MOST:
            raise Refused(_("Five wins are looked at already. Say of one of them that it is not comparable first."))
        comparison = known or cls(event=event, deal=deal, batch_id=event.batch_id)
        comparison.present, comparison.by, comparison.at = present, by, now
        comparison.save()
        record(comparison, "compared", by, before=before, after=present)
        return True


def may_compare(event: FailureEvent, by: User) -> None:
    event.review.must_not_be_closed()
    if event.review.kind != Review.Kind.LOST_DEAL:
        raise Refused(_("What happened in a lost deal is looked for in deals that were won."))
    if not permissions.can_look_deeper(by, event):
        raise Refused(_("Events are looked into by the people on the review while it is open."))
    if not event.counts:
        raise Refused(_("Say first that it caused the loss or contributed to it. Only then wins are looked at."))
