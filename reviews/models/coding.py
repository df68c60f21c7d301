from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.categories import BY_CODE, CATEGORY_CHOICES
from reviews.models.event import FailureEvent, Verdict


class Hat(models.TextChoices):
    LUMPER = "lumper", _("lumper: the category first")
    SPLITTER = "splitter", _("splitter: the verdict first")


class Coding(models.Model):
    """One person's independent reading of an event; blind until every reader has sent theirs."""

    event = models.ForeignKey(FailureEvent, models.PROTECT, related_name="codings")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="codings")
    category = models.CharField(_("category"), max_length=30, choices=CATEGORY_CHOICES)
    more_categories = models.JSONField(default=list, blank=True)
    verdict = models.CharField(_("could it happen again"), max_length=8, choices=Verdict)
    reason = models.TextField(_("why"), blank=True)
    # Of the category's definition, as it stood when this was sent.
    definition_version = models.PositiveIntegerField(default=1)
    hat = models.CharField(max_length=8, choices=Hat, default=Hat.LUMPER)
    submitted_at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "coder"], name="one_coding_a_person"),
            models.CheckConstraint(condition=~Q(category="") & ~Q(verdict=""), name="a_coding_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.coder_id}: {self.category} {self.verdict}"

    @property
    def more(self) -> str:
        """The further categories, in words."""
        return ", ".join(str(BY_CODE[code].label) for code in self.more_categories if code in BY_CODE)


class Adjudication(models.Model):
    """How differing codings were settled, by whom and why. The codings stay as they were: that is the dissent kept."""

    event = models.OneToOneField(FailureEvent, models.PROTECT, related_name="adjudication")
    category = models.CharField(_("category"), max_length=30, choices=CATEGORY_CHOICES)
    verdict = models.CharField(
        _("could it happen again"), max_length=8, choices=[c for c in Verdict.choices if c[0] != Verdict.UNSURE]
    )
    reason = models.TextField(_("why"))
    dissent = models.TextField(_("who sees it otherwise, and why"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    def __str__(self) -> str:
        return f"{self.event_id}: {self.category} {self.verdict}"
