from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action_list import ActionList
from actions.models.milestone import Milestone
from actions.permissions import can_decide_date
from failforward import outbox
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.tokens import Token
from failforward.versions import hold


class DateChangeQuerySet(models.QuerySet):
    def asked_for(self) -> Self:
        return self.filter(state=DateChange.State.ASKED_FOR)

    def on_list(self, pk: int | models.OuterRef) -> Self:
        return self.filter(Q(milestone__action__action_list=pk) | Q(commitment__action_list=pk))

    def to_decide_by(self, user: User) -> Self:
        """What the owner of a list is asked to agree to, the oldest first."""
        mine = Q(milestone__action__action_list__owner=user.pk) | Q(commitment__action_list__owner=user.pk)
        return self.asked_for().filter(mine).order_by("at", "pk")

    def for_list(self) -> Self:
        return self.select_related(
            "by", "milestone__action__action_list__owner", "commitment__person", "commitment__action_list__owner"
        )


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

    objects = DateChangeQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_date_moves_with_a_reason"),
            models.CheckConstraint(
                condition=Q(milestone__isnull=False, commitment=None) | Q(milestone=None, commitment__isnull=False),
                name="a_date_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="dates_asked_for", condition=Q(state="asked_for"))]

    def __str__(self) -> str:
        return f"{self.from_on} → {self.to_on}"

    @property
    def thing(self) -> models.Model:
        """What moves: a milestone or a commitment."""
        return self.milestone or self.commitment

    @property
    def action_list(self) -> ActionList | None:
        return self.milestone.action.action_list if self.milestone_id else self.commitment.action_list

    @property
    def waits(self) -> bool:
        return self.state == self.State.ASKED_FOR

    @classmethod
    def take_back(cls, thing: models.Model, to_on: date, reason: str) -> None:
        """Where `thing`, which is held, was last moved to this day for this reason: it is moved anew, and once."""
        last = thing.date_changes.last()
        if last is None or last.state != cls.State.AGREED:
            return
        if (last.to_on, last.reason, thing.due_on) == (to_on, reason[:300], to_on):
            last.state = cls.State.WITHDRAWN
            last.save(update_fields=["state"])
            thing.take_date(last.from_on)

    def ask_owner(self, now: datetime) -> None:
        """The owner of the list learns by mail that a date waits for them."""
        owner = self.action_list.owner
        key = f"date:{self.pk}:{owner.pk}"
        outbox.plan(key, "date_asked", owner, now, subject_id=self.pk, batch_id=self.batch_id)

    def agree(self, by: User, *, now: datetime | None = None) -> None:
        self._decide(by, self.State.AGREED, now or timezone.now())

    def refuse(self, by: User, *, now: datetime | None = None) -> None:
        """The date stays as it was."""
        self._decide(by, self.State.REFUSED, now or timezone.now())

    def _decide(self, by: User, state: str, now: datetime) -> None:
        """What was decided once, or is no longer asked for, stays so."""
        if not can_decide_date(by, self.action_list):
            raise Refused(say("The owner of the list agrees to this date."))
        with transaction.atomic():
            thing = self.thing
            thing.hold()
            hold(self)
            if not self.waits:
                return
            self.state, self.decided_by = state, by
            self.save(update_fields=["state", "decided_by"])
            thing.take_decision(self, by, now)


class DateToken(Token):
    """Lets the owner of the list agree to one date, or not, without logging in."""

    date_change = models.ForeignKey(DateChange, models.PROTECT, related_name="tokens")
