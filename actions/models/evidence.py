from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Self

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.evidence import kinds, store
from actions.models.milestone import Milestone
from actions.permissions import can_take_out
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import keep

MOST_FILES = 10


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        from actions.models.action import ActionItem

        return self.filter(milestone__action__in=ActionItem.objects.visible_to(user))

    def there(self) -> Self:
        return self.filter(taken_out_at=None)


class EvidenceFile(models.Model):
    """A file that shows that a milestone is reached. Its bytes lie in the store under a name of chance; `name` is what
    it was called, made harmless. Taken out, the row stays and the bytes go."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="files")
    name = models.CharField(_("file"), max_length=100)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=40, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    taken_out_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    taken_out_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_out_at=None, taken_out_by=None)
                | Q(taken_out_at__isnull=False, taken_out_by__isnull=False),
                name="taken_out_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_there(self) -> bool:
        return self.taken_out_at is None

    @classmethod
    def add(cls, by: User, milestone: Milestone, checked: "Checked") -> Self:
        """The milestone is held already, the bytes are in the store."""
        if milestone.files.there().count() >= MOST_FILES:
            raise Refused(
                say("There are %(n)s files already. Take one out first, or give a link.") % {"n": MOST_FILES}, "file"
            )
        made = cls.objects.create(
            milestone=milestone,
            name=checked.name,
            kind=checked.kind,
            size=checked.size,
            stored_as=checked.stored_as,
            by=by,
            batch_id=milestone.batch_id,
        )
        if not milestone.has_file:
            milestone.has_file = True
            keep(milestone, "has_file")
        return made

    def take_out(self, by: User) -> None:
        """By whoever put it there or leads the list. The bytes go for good."""
        with transaction.atomic():
            milestone = self.milestone
            milestone.hold()
            self.refresh_from_db()
            if not self.is_there:
                return
            if not can_take_out(by, self, milestone.action):
                raise Refused(_("Whoever put a file there takes it out, or who leads the list."))
            last = not milestone.files.there().exclude(pk=self.pk).exists()
            if last and milestone.reached_on and not milestone.is_shown_otherwise:
                raise Refused(_("Nothing else shows that the milestone is reached. Say first what does."))
            self.taken_out_by, self.taken_out_at = by, timezone.now()
            self.save(update_fields=["taken_out_by", "taken_out_at"])
            if last:
                milestone.has_file = False
                keep(milestone, "has_file")
            record(milestone.action, "evidence_taken_out", by, milestone=milestone.what, file=self.name)
            transaction.on_commit(lambda: store.forget(self.stored_as))


class Checked(NamedTuple):
    """A file that may be kept, and where its bytes are."""

    name: str
    kind: str
    size: int
    stored_as: str


@contextmanager
def kept(upload: UploadedFile | None) -> Iterator[Checked | None]:
    """The bytes of what was uploaded, written before anything is locked; gone again when what follows is refused."""
    if upload is None:
        yield None
        return
    known = kinds.known(upload)
    stored_as = store.put(upload.chunks())
    try:
        yield Checked(*known, stored_as)
    except BaseException:
        store.forget(stored_as)
        raise
