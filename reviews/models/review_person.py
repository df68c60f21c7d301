from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewPerson(models.Model):
    """Somebody on the review: they read it whatever its visibility, add events and read (code) events."""

    review = models.ForeignKey("reviews.Review", models.PROTECT, related_name="persons")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Said in so many words, never derived: an event without a name would give its author away.
    has_told = models.BooleanField(default=False)
    thanked_for = models.TextField(_("what they are thanked for"), blank=True)
    thanked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    thanked_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "review"], name="once_on_a_review")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.review_id}"
