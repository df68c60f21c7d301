import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews import permissions
from reviews.models.deal import Deal

WRITTEN_HERE = "form"


class Activity(models.Model):
    """One contact on a deal: who moved (in: the buyer, out: us), when, what came of it, whether it was answered."""

    class Direction(models.TextChoices):
        IN = "in", _("from the buyer")
        OUT = "out", _("from us")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="activities")
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    happened_on = models.DateField(_("date"))
    subject = models.CharField(_("what"), max_length=300)
    outcome = models.TextField(_("what came of it"), blank=True)
    answered = models.BooleanField(_("answered"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=50, default=WRITTEN_HERE)
    external_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["deal", "-happened_on", "-id"], name="activities_of_a_deal")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_activity_for_an_id_of_a_source",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @classmethod
    @transaction.atomic
    def add(
        cls,
        deal: Deal,
        by: User,
        *,
        direction: str,
        happened_on: dt.date,
        subject: str,
        outcome: str = "",
        answered: bool | None = None,
        today: dt.date,
    ) -> "Activity":
        """`answered` is None where nobody knows. Adding the same contact twice adds it once."""
        if not permissions.can_write_deal(by, deal):
            raise Refused(_("Activities are added by the owner of the deal and the managers of its team."))
        if direction not in cls.Direction.values:
            raise Refused(_("Say who moved: the buyer or we."), "direction")
        if not subject.strip():
            raise Refused(_("Say in a few words what it was."), "subject")
        if happened_on > today:
            raise Refused(_("This day lies ahead. An activity is something that happened."), "happened_on")
        activity, is_new = cls.objects.get_or_create(
            deal=deal,
            direction=direction,
            happened_on=happened_on,
            subject=subject.strip(),
            defaults={"outcome": outcome.strip(), "answered": answered, "by": by, "batch_id": deal.batch_id},
        )
        if is_new:
            record(deal, "add activity", by, subject=activity.subject, happened_on=happened_on)
        return activity

    @classmethod
    @transaction.atomic
    def move(cls, deal: Deal, by: User, *, happened_on: dt.date, subject: str, today: dt.date) -> "Activity":
        """The buyer did something, while the deal is open."""
        deal.hold_open_deal(by)
        deal.check_day(happened_on, today, "happened_on")
        return cls.add(deal, by, direction=cls.Direction.IN, happened_on=happened_on, subject=subject, today=today)

    @classmethod
    @transaction.atomic
    def take_back_move(cls, deal: Deal, by: User, pk: int) -> "Activity | None":
        """It was noted wrongly. The history keeps what it said."""
        deal.hold_open_deal(by)
        move = deal.activities.filter(direction=cls.Direction.IN, pk=pk).first()
        if move is None:
            return None
        if move.source != WRITTEN_HERE:
            raise Refused(_("This came in from another system. Put it right there."))
        if deal.client_questions.filter(move=move.pk).exists():
            raise Refused(_("They said this when we asked them. Put it right at the question."))
        cls.objects.filter(pk=move.pk).delete()
        record(deal, "remove activity", by, subject=move.subject, happened_on=move.happened_on)
        return move
