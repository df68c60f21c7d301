from django.conf import settings
from django.db import models
from django.db.models import F

from actions.models.check import CheckQuerySet, EffectivenessCheck
from failforward.outbox.models import Mail


class CheckNotice(models.Model):
    """That a checker hears of the day of a check: once a checker and a day. `mail` is the mail of that day, in which it
    stands with others; none where somebody was at it before it went."""

    check_of = models.ForeignKey(EffectivenessCheck, models.PROTECT, related_name="notices")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField()
    mail = models.ForeignKey(Mail, models.PROTECT, null=True, blank=True, related_name="check_notices")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "to", "due_on"], name="told_once_a_checker_and_day")]

    def __str__(self) -> str:
        return f"{self.check_of_id}: {self.to_id} on {self.due_on}"


def told_in(pk: int | None) -> CheckQuerySet:
    """The checks this mail speaks of, as long as they wait for the same person on the same day."""
    still_the_same = {"notices__mail": pk, "notices__to": F("checker"), "notices__due_on": F("due_on")}
    return EffectivenessCheck.objects.still_open().filter(**still_the_same).order_by("due_on", "pk")
