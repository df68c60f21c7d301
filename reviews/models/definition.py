from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.models import record
from failforward.versions import MEANWHILE
from reviews import permissions
from reviews.categories import BY_CODE, CATEGORY_CHOICES

WORDS = ["short", "definition", "counts", "does_not_count", "example"]


class Definition(models.Model):
    """What a category means from a moment on, for everybody. Rows are added and never changed.

    Version 1 is built in (`reviews/categories.py`) and has no row, so that it stays translated.
    """

    FIRST = 1

    category = models.CharField(_("category"), max_length=30, choices=CATEGORY_CHOICES)
    version = models.PositiveIntegerField()
    short = models.CharField(_("in a few words"), max_length=100)
    definition = models.TextField(_("what it means"))
    counts = models.TextField(_("what counts"))
    does_not_count = models.TextField(_("what does not count"))
    example = models.TextField(_("an example"))
    reason = models.TextField(_("why it changed"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "version"], name="one_definition_of_a_version"),
            models.CheckConstraint(condition=Q(version__gt=1), name="the_first_definition_is_built_in"),
            models.CheckConstraint(
                condition=~Q(definition="") & ~Q(reason=""), name="a_definition_says_what_changed_and_why"
            ),
        ]

    def __str__(self) -> str:
        return str(BY_CODE[self.category].label)

    @classmethod
    def version_of(cls, category: str) -> int:
        """The version that holds now."""
        newest = cls.objects.filter(category=category).order_by("-version").values_list("version", flat=True).first()
        return newest or cls.FIRST

    @classmethod
    @transaction.atomic
    def revise(cls, category: str, by: User, *, seen: int, reason: str, now: datetime, **words: str) -> Self | None:
        """Puts a new version beside the others. `seen` is the version it was written on; None where nothing changed."""
        if not permissions.can_write_codebook(by):
            raise Refused(_("The definitions hold for all teams. An admin changes them."))
        if category not in BY_CODE:
            raise Refused(_("Choose one of the eleven categories."))
        words = {name: words[name].strip() for name in WORDS}
        current = cls.objects.select_for_update(no_key=True).filter(category=category).order_by("-version").first()
        if seen != (current.version if current else cls.FIRST):
            raise Conflict(MEANWHILE, current)
        now_holds = current or BY_CODE[category]
        if all(words[name] == str(getattr(now_holds, name)) for name in WORDS):
            return None
        if empty := next((name for name in WORDS if not words[name]), None):
            raise Refused(_("Fill this in: whoever reads an event has nothing else to go by."), empty)
        if not reason.strip():
            raise Refused(_("Say why it changes: readings made before are looked at in that light."), "reason")
        fields = words | {"reason": reason.strip(), "by": by, "at": now}
        revised, is_new = cls.objects.get_or_create(category=category, version=seen + 1, defaults=fields)
        if not is_new:
            raise Conflict(MEANWHILE, revised)
        record(revised, "revise", by, reason=reason.strip())
        return revised
