import datetime as dt
from typing import Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.models import record
from reviews.models.deal import Deal

# By the database's clock, and longer than any batch takes.
LEASE = dt.timedelta(seconds=120)


class ImportJobQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Admins read every import; others those they started themselves."""
        if not user.is_authenticated:
            return self.none()
        return self if reach_of(user).is_admin else self.filter(by=user)

    def at_work(self) -> Self:
        return self.filter(state__in=[ImportJob.State.LOOKING, ImportJob.State.RUNNING])

    def to_carry_on(self) -> Self:
        """At work, and nobody has them: never begun, between two chunks, or their worker is gone."""
        return self.at_work().filter(Q(lease_until=None) | Q(lease_until__lt=Now()))

    def claim(self, pk: int) -> UUID | None:
        token = uuid4()
        mine = self.to_carry_on().filter(pk=pk)
        claimed = mine.update(lease_token=token, lease_until=Now() + LEASE, attempts=F("attempts") + 1)
        return token if claimed else None

    def hold(self, pk: int, token: UUID) -> bool:
        """Renews the lease; false when it is somebody else's by now or the import was cancelled."""
        mine = self.at_work().filter(pk=pk, lease_token=token)
        return bool(mine.update(lease_until=Now() + LEASE))

    def release(self, pk: int, token: UUID) -> None:
        self.filter(pk=pk, lease_token=token).update(lease_token=None, lease_until=None)

    def batch_is_in(self, job: "ImportJob", *, cursor: int, **counts: int) -> None:
        """A batch is in: its counts, and a clean slate for the number of attempts."""
        added = {name: F(name) + number for name, number in counts.items()}
        self.filter(pk=job.pk).update(cursor=cursor, attempts=0, **added)


class ImportJob(models.Model):
    """One file on its way in. `cursor` is the number of rows done, so that it carries on after a restart."""

    class State(models.TextChoices):
        LOOKING = "looking", _("being looked at")
        CHECKED = "checked", _("looked at")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
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
    # How the file is read, and what the look at it found: `Survey` and `Found` of reviews/imports.
    survey = models.JSONField(default=dict, blank=True)
    found = models.JSONField(default=dict, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    date_order = models.CharField(max_length=12, blank=True)
    # The day from which "the last 90 days" count, the same for every chunk.
    started_on = models.DateField(null=True, blank=True)
    problem = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    @transaction.atomic
    def take_in(cls, by: User, *, source: str, currency: str, today: dt.date, main, joined: list) -> Self:
        """Keeps what was uploaded, `main` and `joined` as (name, bytes), to be looked at."""
        job = cls.objects.create(
            file_name=main[0][:255], source=source, currency=currency, by=by, state=cls.State.LOOKING, started_on=today
        )
        ImportFile.objects.create(job=job, name=main[0][:255], is_main=True, content=main[1])
        for name, content in joined:
            ImportFile.objects.create(job=job, name=name[:255], content=content)
        return job

    @property
    def is_at_work(self) -> bool:
        return self.state in (self.State.LOOKING, self.State.RUNNING)

    def counts(self) -> dict[str, int]:
        names = ("created", "updated", "unchanged", "rejected")
        return {"read": self.cursor} | {name: getattr(self, name) for name in names}

    @transaction.atomic
    def start(self, by: User, *, reviews_from: str, today: dt.date) -> None:
        """Lets a job that was looked at run. Pressing twice starts it once."""
        self.refresh_from_db(from_queryset=ImportJob.objects.select_for_update(no_key=True))
        if self.state == self.State.CANCELLED:
            raise Refused(_("This import was cancelled. Choose the file again."))
        if self.state != self.State.CHECKED:
            return
        if self.survey["ask_dates"]:
            raise Refused(_("Say first whether the dates begin with the day or with the month."))
        self.state, self.reviews_from, self.started_on = self.State.RUNNING, reviews_from, today
        self.save(update_fields=["state", "reviews_from", "started_on"])

    @transaction.atomic
    def cancel(self, by: User) -> None:
        """What is in stays; the worker stops before its next batch."""
        self.refresh_from_db(from_queryset=ImportJob.objects.select_for_update(no_key=True))
        if self.state == self.State.CANCELLED:
            return
        if self.state in (self.State.DONE, self.State.FAILED):
            raise Refused(_("This import has ended already."))
        self._end(self.State.CANCELLED)
        record(self, "cancel", by, **self.counts())

    @transaction.atomic
    def read_dates(self, by: User, date_order: str) -> None:
        """The person's word on dates that can be read two ways; the file is looked at once more."""
        self.refresh_from_db(from_queryset=ImportJob.objects.select_for_update(no_key=True))
        if self.state == self.State.CHECKED and self.survey.get("ask_dates"):
            self.date_order, self.state = date_order, self.State.LOOKING
            self.save(update_fields=["date_order", "state"])

    def looked_at(self, survey: dict, found: dict) -> None:
        """Within the transaction that holds the lease."""
        self.survey, self.found, self.total, self.state = survey, found, survey["total"], self.State.CHECKED
        self.lease_token = self.lease_until = None
        self.attempts = 0
        self.save(
            update_fields=["survey", "found", "total", "state", "lease_token", "lease_until", "attempts", "source"]
        )

    def finish(self) -> None:
        """Within the transaction that holds the lease."""
        self._end(self.State.DONE)
        record(self, "import", self.by, **self.counts(), reviews=self.reviews_opened)

    @transaction.atomic
    def fail(self, token: UUID, problem: str) -> None:
        if ImportJob.objects.hold(self.pk, token):
            self.refresh_from_db()
            self.problem = problem
            self._end(self.State.FAILED)
            record(self, "stop", None, problem=problem, **self.counts())

    def _end(self, state: str) -> None:
        """The bytes are needed only to carry on; what they did stays in the rows."""
        self.state, self.finished_at, self.lease_token, self.lease_until = state, timezone.now(), None, None
        self.save(update_fields=["state", "problem", "finished_at", "lease_token", "lease_until"])
        self.files.all().delete()


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
