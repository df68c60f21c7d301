from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LooseEnd(models.Model):
    """A bit of housekeeping that is settled, by whom and when: done, or found that there is nothing to do."""

    class What(models.TextChoices):
        FILES = "files", _("Files are archived")
        WORKSPACES = "workspaces", _("Workspaces are closed")
        CUSTOMER = "customer", _("The customer is thanked")
        QUESTIONS = "questions", _("Open questions are answered or dropped")

    review = models.ForeignKey("reviews.Review", models.PROTECT, related_name="loose_ends")
    what = models.CharField(max_length=10, choices=What)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["review", "what"], name="a_loose_end_is_settled_once")]

    def __str__(self) -> str:
        return self.get_what_display()
