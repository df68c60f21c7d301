from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.deal import Deal


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
    source = models.CharField(max_length=50, default="form")
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
