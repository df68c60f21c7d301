import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone

from failforward.ids import random_id


class ChangeQuerySet(models.QuerySet):
    def about(self, obj: models.Model) -> "ChangeQuerySet":
        """What happened to this object, newest first. Reach `obj` through its own `visible_to` first."""
        return self.about_any([obj])

    def about_any(self, objects: Iterable[models.Model]) -> "ChangeQuerySet":
        """The same for several objects that one page shows together."""
        keys: dict[str, list[int]] = {}
        for obj in objects:
            keys.setdefault(obj._meta.label_lower, []).append(obj.pk)
        wanted = models.Q(pk__in=[])
        for subject, ids in keys.items():
            wanted |= models.Q(subject=subject, subject_id__in=ids)
        # By time and not by row: what is kept to the day only would be betrayed by its neighbours.
        return self.filter(wanted).select_related("by").order_by("-at", "-pk")


class Change(models.Model):
    """One row a verb: who did what to which object, and when. Written by `record` alone."""

    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    verb = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    day_only = models.BooleanField(default=False)
    details = models.JSONField(default=dict, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject", "subject_id", "-id"], name="changes_of_an_object")]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} {self.verb}"


def record(obj: models.Model, verb: str, by=None, *, anonymous: bool = False, **details) -> Change:
    """Writes that `by` did `verb` to `obj`. Details are values a reader of the object may see.

    `anonymous` keeps the day only and nobody's name; its id tells no hour either. Below zero, because SQLite counts on
    from the highest.
    """
    now = timezone.now()
    if anonymous:
        by, now = None, dt.datetime.combine(now.date(), dt.time(), tzinfo=dt.UTC)
    return Change.objects.create(
        id=-random_id() if anonymous else None,
        subject=obj._meta.label_lower,
        subject_id=obj.pk,
        verb=verb,
        by=by if by is not None and by.pk else None,
        at=now,
        day_only=anonymous,
        details={key: plain(value) for key, value in details.items()},
        batch_id=getattr(obj, "batch_id", None),
    )


def plain(value):
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, bool | int | float | str | dict | type(None)) else str(value)
