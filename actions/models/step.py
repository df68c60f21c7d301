from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem, ActionPart
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import keep


class Step(ActionPart):
    """One interim step, in its place. `left_out_at`: it turned out not to be needed."""

    position = models.PositiveSmallIntegerField()
    what = models.CharField(_("step"), max_length=300)
    done_at = models.DateTimeField(null=True, blank=True)
    left_out_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "position"], name="one_step_a_place"),
        ]

    def __str__(self) -> str:
        return self.what

    @classmethod
    def add(cls, by: User, action: ActionItem, what: str) -> "Step":
        """Called by `ActionItem.add_step`, which holds the action."""
        what = worded(what)
        step = cls.objects.create(action=action, position=next_place(action), what=what)
        if action.no_steps_needed:
            action.no_steps_needed = False
            keep(action, "no_steps_needed")
        record(action, "step_added", by, step=what)
        return step

    def edit(self, by: User, what: str, seen: int | None = None) -> None:
        what = worded(what)
        with transaction.atomic():
            self.hold(seen)
            if what != self.what:
                before, self.what = self.what, what
                keep(self, "what")
                record(self.action, "step_changed", by, before=before, step=what)

    def tick(self, by: User) -> None:
        with transaction.atomic():
            self.hold()
            if self.left_out_at:
                raise Refused(_("This step was left out. Take it in again first."))
            if self.done_at is None:
                self.done_at = timezone.now()
                keep(self, "done_at")
                record(self.action, "step_done", by, step=self.what)

    def untick(self, by: User) -> None:
        with transaction.atomic():
            self.hold()
            if self.done_at:
                self.done_at = None
                keep(self, "done_at")
                record(self.action, "step_not_done", by, step=self.what)

    def leave_out(self, by: User) -> None:
        """Not needed after all. What was written stays, and it can be taken in again."""
        with transaction.atomic():
            self.hold()
            if self.left_out_at:
                return
            self.left_out_at = timezone.now()
            keep(self, "left_out_at")
            self.action.check_still_whole()
            record(self.action, "step_left_out", by, step=self.what)

    def take_in(self, by: User) -> None:
        with transaction.atomic():
            self.hold()
            if self.left_out_at is None:
                return
            self.left_out_at = None
            keep(self, "left_out_at")
            if self.action.no_steps_needed:
                self.action.no_steps_needed = False
                keep(self.action, "no_steps_needed")
            record(self.action, "step_taken_in", by, step=self.what)

    def move_up(self, by: User) -> None:
        self.trade_places(by, "position__lt", "-position")

    def move_down(self, by: User) -> None:
        self.trade_places(by, "position__gt", "position")

    def trade_places(self, by: User, beyond: str, nearest: str) -> None:
        with transaction.atomic():
            self.hold()
            others = self.action.steps.filter(left_out_at=None, **{beyond: self.position})
            other = others.order_by(nearest).first()
            if other is None:
                return
            mine, theirs = self.position, other.position
            # No two steps share a place, not even between two statements: the first one steps aside.
            self.take_place(next_place(self.action))
            other.take_place(mine)
            self.take_place(theirs)
            record(self.action, "steps_reordered", by, step=self.what)

    def take_place(self, position: int) -> None:
        self.position = position
        self.save(update_fields=["position"])


def next_place(action: ActionItem) -> int:
    return (action.steps.aggregate(last=Max("position"))["last"] or 0) + 1


def worded(what: str) -> str:
    if not what.strip():
        raise Refused(_("Say what this step is."), "what")
    return what.strip()
