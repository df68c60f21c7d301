from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from actions.models.follow_up import FollowUp
from failforward.accounts.models import User
from failforward.outbox.models import Mail


class Step(models.TextChoices):
    """What is done about a question nobody answered, in this order; each once."""

    NUDGE = "nudge", _("reminded")
    PARTNER = "partner", _("the partner was told")
    LIST_OWNER = "list_owner", _("the list owner was told")
    ASKER = "asker", _("the asker was told")
    MEETING = "meeting", _("stands in the meeting as “no answer yet”")
    SPONSOR = "sponsor", _("the sponsor was asked to help")


class SilenceStep(models.Model):
    """One step on one unanswered question. `mail` is what went out because of it, together with others of that day."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="silence_steps")
    step = models.CharField(max_length=10, choices=Step)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    mail = models.ForeignKey(Mail, models.PROTECT, null=True, blank=True, related_name="silence_steps")
    taken_at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["follow_up", "step"], name="each_step_once")]

    def __str__(self) -> str:
        return f"{self.follow_up_id}: {self.step}"

    @classmethod
    def take(cls, follow_up: FollowUp, step: str, to: User | None, mail: Mail | None, now: datetime) -> "SilenceStep":
        batch = follow_up.batch_id
        return cls.objects.create(follow_up=follow_up, step=step, to=to, mail=mail, taken_at=now, batch_id=batch)
