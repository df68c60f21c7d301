from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Addendum(models.Model):
    """What came to light after closing: dated, added, never edited."""

    review = models.ForeignKey("reviews.Review", models.PROTECT, related_name="addenda")
    text = models.TextField(_("what came to light"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
