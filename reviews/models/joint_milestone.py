from datetime import date
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews.models.deal import Deal


class JointMilestone(models.Model):
    """Something that the buyer and we agreed to reach by a day: who on their side agreed, and when."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="joint_milestones", db_index=False)
    what = models.CharField(_("what was agreed"), max_length=300)
    with_whom = models.CharField(_("who on their side agreed"), max_length=200)
    agreed_on = models.DateField(_("agreed on"))
    due_on = models.DateField(_("by"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(what="") & ~models.Q(with_whom=""),
                name="both_sides_agreed",
                violation_error_message=_("Say what was agreed, and who on their side agreed."),
            )
        ]
        indexes = [models.Index(fields=["deal", "-agreed_on"], name="joint_milestones_of_a_deal")]

    def __str__(self) -> str:
        return self.what

    @classmethod
    @transaction.atomic
    def agree(
        cls, deal: Deal, by: User, *, what: str, with_whom: str, agreed_on: date, due_on: date, today: date
    ) -> Self:
        """Written down twice it is one."""
        what, with_whom = what.strip(), with_whom.strip()
        deal.hold_open_deal(by)
        if not what:
            raise Refused(_("Say what was agreed."), "what")
        if not with_whom:
            raise Refused(_("Say who on their side agreed. What only we plan is not a move of theirs."), "with_whom")
        deal.check_day(agreed_on, today, "agreed_on")
        if due_on < agreed_on:
            raise Refused(_("It was to be reached before it was agreed. Look at the two days once more."), "due_on")
        made, is_new = cls.objects.get_or_create(
            deal=deal,
            what=what,
            with_whom=with_whom,
            agreed_on=agreed_on,
            due_on=due_on,
            defaults={"by": by, "batch_id": deal.batch_id},
        )
        if is_new:
            record(deal, "agree milestone", by, what=what, with_whom=with_whom, due_on=due_on)
        return made

    @classmethod
    @transaction.atomic
    def take_back(cls, deal: Deal, by: User, pk: int) -> Self | None:
        """It was noted wrongly. The history keeps what it said."""
        deal.hold_open_deal(by)
        agreed = deal.joint_milestones.filter(pk=pk).first()
        if agreed is None:
            return None
        cls.objects.filter(pk=agreed.pk).delete()
        record(deal, "remove milestone", by, what=agreed.what, with_whom=agreed.with_whom)
        return agreed
