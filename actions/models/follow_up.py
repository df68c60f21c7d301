from django.db import models
from django.utils.translation import gettext_lazy as _

from actions.models.commitment import Commitment
from failforward.outbox.models import Mail
from failforward.tokens import Token


class State(models.TextChoices):
    PLANNED = "planned", _("planned")
    ANSWERED = "answered", _("answered")
    CANCELLED = "cancelled", _("cancelled")


class FollowUp(models.Model):
    """The question "How did it go?" for one occurrence of a commitment: asked once, whatever crashes.

    `due_on`, `hour` and `zone` are what was meant; `due_at` is derived from them and the person's working days.
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="follow_ups")
    occurrence = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField()
    hour = models.PositiveSmallIntegerField()
    zone = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    mail = models.ForeignKey(Mail, models.PROTECT, null=True, blank=True, related_name="follow_ups")
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment", "occurrence"], name="asked_once_an_occurrence")]
        indexes = [models.Index(fields=["due_at"], name="follow_ups_due", condition=models.Q(state="planned"))]

    def __str__(self) -> str:
        return f"{self.commitment_id}.{self.occurrence}"


class AnswerToken(Token):
    """Lets the person answer this one follow-up without logging in."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="tokens")
