from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.permissions import can_agree_to_drop, can_withdraw_drop
from actions.told import tell
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import hold


class DropQuerySet(models.QuerySet):
    def asked_for(self) -> Self:
        return self.filter(state=Drop.State.ASKED_FOR)

    def to_decide_by(self, user: User) -> Self:
        """What `user` is asked to agree to, the oldest first."""
        return self.asked_for().filter(asked=user.pk).order_by("at", "pk")

    def for_list(self) -> Self:
        return self.select_related("action__action_list", "by", "asked")


class Drop(models.Model):
    """An action is given up: why, who says so, and who agreed. `alone`: there was nobody else who could have.

    `from_state` is where the action comes back to when it is taken up again.
    """

    class State(models.TextChoices):
        ASKED_FOR = "asked_for", _("asked-for")
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("not agreed")
        WITHDRAWN = "withdrawn", _("taken back")

    action = models.ForeignKey("actions.ActionItem", models.PROTECT, related_name="drops")
    reason = models.CharField(_("why it is dropped"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED_FOR)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    alone = models.BooleanField(_("nobody else was there to agree"), default=False)
    from_state = models.CharField(max_length=12, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = DropQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_drop_says_why"),
            models.UniqueConstraint(
                fields=["action"], condition=Q(state="asked_for"), name="one_drop_asked_for_an_action"
            ),
            models.CheckConstraint(
                condition=~Q(state="asked_for") | Q(asked__isnull=False) & ~Q(asked=F("by")),
                name="somebody_else_is_asked_to_drop",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed")
                | Q(alone=True, decided_by=None)
                | Q(alone=False, decided_by__isnull=False) & ~Q(decided_by=F("by")),
                name="a_second_person_agrees_to_a_drop",
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def waits(self) -> bool:
        return self.state == self.State.ASKED_FOR

    def agree(self, by: User, *, now: datetime | None = None) -> None:
        """The second person says yes: the action is dropped, and who asked hears that it is."""
        now = now or timezone.now()
        with transaction.atomic():
            if not self._held_for(by):
                return
            tell(record(self.action, "drop_agreed", by), self.by, now=now)
            self.action.finish_drop(self, by, now)

    def refuse(self, by: User, *, now: datetime | None = None) -> None:
        """It goes on as it was."""
        now = now or timezone.now()
        with transaction.atomic():
            if not self._held_for(by):
                return
            self.decide(self.State.REFUSED, by, now)
            tell(record(self.action, "drop_refused", by), self.by, self.action.responsible, now=now)

    def withdraw(self, by: User) -> None:
        """Whoever asked for it, or leads the list, thinks better of it."""
        with transaction.atomic():
            self.action.hold_with_promises()
            hold(self)
            if not self.waits:
                return
            if not can_withdraw_drop(by, self):
                raise Refused(
                    say("%(name)s asked for it. They, or whoever leads the list, take it back.") % {"name": self.by}
                )
            self.take_back(by, timezone.now())

    def take_back(self, by: User, now: datetime, verb: str = "drop_withdrawn") -> None:
        self.decide(self.State.WITHDRAWN, None, now)
        tell(record(self.action, verb, by), self.by, self.asked, now=now)

    def _held_for(self, by: User) -> bool:
        """What was decided once, or is no longer asked for, stays so."""
        if not can_agree_to_drop(by, self):
            raise Refused(say("A second person agrees to this: %(name)s was asked.") % {"name": self.asked})
        self.action.hold_with_promises()
        hold(self)
        return self.waits

    def decide(self, state: str, by: User | None, now: datetime) -> None:
        self.state, self.decided_by, self.decided_at = state, by, now
        self.save(update_fields=["state", "decided_by", "decided_at", "alone", "from_state"])
