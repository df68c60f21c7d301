import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.deal import Deal


class ImportJob(models.Model):
    """One file on its way in. `cursor` is the number of rows done, so that it carries on after a restart."""

    class State(models.TextChoices):
        CHECKED = "checked", _("looked at")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(_("name of the source"), max_length=50)
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    reviews_from = models.CharField(max_length=10, default="90d")
    total = models.PositiveIntegerField(null=True, blank=True)
    cursor = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    reviews_opened = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name


class ImportFile(models.Model):
    """The bytes as they came: the deals, and the files that are joined to them."""

    job = models.ForeignKey(ImportJob, models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)
    is_main = models.BooleanField(default=False)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """What the import did to a deal, or why it did not. Rows that changed nothing leave no row."""

    class Result(models.TextChoices):
        CREATED = "created", _("created")
        UPDATED = "updated", _("updated")
        REJECTED = "rejected", _("left out")

    job = models.ForeignKey(ImportJob, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    result = models.CharField(max_length=8, choices=Result)
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="import_rows")
    before = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    raw = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_result_a_row")]

    def __str__(self) -> str:
        return f"{self.number} {self.result}"
