from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.categories import CATEGORY_CHOICES
from reviews.models.event import FailureEvent, Verdict


class HalfReading(models.Model):
    """What one pass over the queue said of an event: the category alone, or the verdict alone.

    Not a reading yet: it counts nowhere, has no history, and nobody but its reader sees it. With the other half it
    becomes a reading and goes.
    """

    event = models.ForeignKey(FailureEvent, models.PROTECT, related_name="half_readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    category = models.CharField(_("category"), max_length=30, choices=CATEGORY_CHOICES, blank=True)
    verdict = models.CharField(_("could it happen again"), max_length=8, choices=Verdict, blank=True)
    reason = models.TextField(_("why"), blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "event"], name="one_half_reading_a_person"),
            models.CheckConstraint(
                condition=Q(category="") & ~Q(verdict="") | ~Q(category="") & Q(verdict=""),
                name="a_half_reading_is_one_half",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.category}{self.verdict}"
