from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions.models.milestone import Milestone
from failforward.accounts.models import User
from failforward.history.models import record
from failforward.versions import hold


class DateChange(models.Model):
    """A deadline moved, from when to when and why. A third move of a milestone waits for the list owner."""

    class State(models.TextChoices):
        AGREED = "agreed", _("agreed")
        ASKED_FOR = "asked_for", _("asked-for")
        REFUSED = "refused", _("not agreed")
        WITHDRAWN = "withdrawn", _("taken back")

    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="date_changes")
    commitment = models.ForeignKey(
        "actions.Commitment", models.PROTECT, null=True, blank=True, related_name="date_changes"
    )
    from_on = models.DateField()
    to_on = models.DateField()
    reason = models.CharField(_("why it moves"), max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.AGREED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_date_moves_with_a_reason"),
            models.CheckConstraint(
                condition=Q(milestone__isnull=False, commitment=None) | Q(milestone=None, commitment__isnull=False),
                name="a_date_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} → {self.to_on}"

    def agree(self, by: User) -> None:
        self.decide(by, self.State.AGREED, "date_agreed")

    def refuse(self, by: User) -> None:
        self.decide(by, self.State.REFUSED, "date_refused")

    def decide(self, by: User, state: str, verb: str) -> None:
        """What was decided once stays decided."""
        with transaction.atomic():
            milestone = self.milestone
            milestone.hold()
            hold(self)
            if self.state != self.State.ASKED_FOR:
                return
            self.state, self.decided_by = state, by
            self.save(update_fields=["state", "decided_by"])
            if state == self.State.AGREED:
                milestone.take_date(self.to_on)
            record(milestone.action, verb, by, milestone=milestone.what, from_on=self.from_on, to_on=self.to_on)
