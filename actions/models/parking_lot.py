from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.meeting import Meeting
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import hold, keep


class ParkedQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(settled_at=None)


class Parked(models.Model):
    """A thought that does not belong to the item at hand: kept so that it can be left alone now.

    It stands in the lobby of the next meetings until somebody settles it.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="parked")
    what = models.TextField(_("for later"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = ParkedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(what=""), name="what_is_parked_is_said")]

    def __str__(self) -> str:
        return self.what[:80]

    @classmethod
    def park(cls, meeting: Meeting, by: User, what: str, *, now: datetime) -> Self:
        """By anybody who follows the meeting. The same words again are the same thought."""
        what = what.strip()
        if not what:
            raise Refused(say("Say what is kept for later."), "what")
        with transaction.atomic():
            hold(meeting)
            meeting.must_run()
            there = meeting.parked.filter(what=what).first()
            if there is not None:
                return there
            parked = cls.objects.create(meeting=meeting, what=what, by=by, at=now, batch_id=meeting.batch_id)
            keep(meeting)
            record(meeting, "parked", by, what=what)
        return parked

    def settle(self, by: User, *, now: datetime) -> bool:
        """It was talked about, or needs no talk any more."""
        with transaction.atomic():
            hold(self.meeting)
            self.refresh_from_db(fields=["settled_at"])
            if self.settled_at:
                return False
            self.settled_at, self.settled_by = now, by
            self.save(update_fields=["settled_at", "settled_by"])
            record(self.meeting, "settled", by, what=self.what)
        return True
