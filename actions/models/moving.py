from datetime import date, datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as say

from actions.models.date_change import DateChange
from actions.models.follow_up import FollowUp
from actions.models.promise import OPEN_STATES, State, check_day
from actions.permissions import can_agree_to_a_move
from failforward import working_days
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.versions import hold, keep


class Moving(models.Model):
    """The dates of a commitment: every move has a reason, the first date stays."""

    class Meta:
        abstract = True

    def move(self, by: User, to_on: date, reason: str, *, now: datetime | None = None) -> DateChange:
        """To another day, with a reason. A third move of what hangs from a milestone waits for the list owner: the
        question is asked on the new day, the promised date stays until it is agreed."""
        with transaction.atomic():
            hold(self)
            self._guard_settling(by, OPEN_STATES)
            return self.shift(by, to_on, reason, State.MOVED, now or timezone.now(), self.needs_owner(by))

    def shift(self, by: User, to_on: date, reason: str, state: str, now: datetime, asked_for: bool) -> DateChange:
        """The change of date behind a move and behind the answers that keep it open; the row is held already."""
        check_day(to_on, working_days.local_date(now, self.person.time_zone))
        if not reason.strip():
            raise Refused(say("Say in one line why it moves."), "reason")
        self.date_changes.filter(state=DateChange.State.ASKED_FOR).update(state=DateChange.State.WITHDRAWN)
        change = DateChange.objects.create(
            commitment=self,
            from_on=self.due_on,
            to_on=to_on,
            reason=reason.strip()[:300],
            state=DateChange.State.ASKED_FOR if asked_for else DateChange.State.AGREED,
            by=by,
            batch_id=self.batch_id,
        )
        self.state = state
        self.due_on = self.due_on if asked_for else to_on
        keep(self, "state", "due_on")
        record(self, "asked_to_move" if asked_for else "moved", by, from_on=change.from_on, to_on=to_on)
        FollowUp.plan(self, to_on, now)
        return change

    def agree_to_move(self, by: User, *, now: datetime | None = None) -> None:
        """The list owner agrees to the date that was asked for."""
        with transaction.atomic():
            change = self._held_change(by)
            if change is None:
                return
            change.state, change.decided_by = DateChange.State.AGREED, by
            change.save(update_fields=["state", "decided_by"])
            self.due_on = change.to_on
            keep(self, "due_on")
            record(self, "agreed_to_move", by, to_on=change.to_on)
            FollowUp.plan(self, change.to_on, now or timezone.now())

    def refuse_move(self, by: User, *, now: datetime | None = None) -> None:
        """The date stays; the person is asked again on it, or at once when it is over."""
        with transaction.atomic():
            change = self._held_change(by)
            if change is None:
                return
            change.state, change.decided_by = DateChange.State.REFUSED, by
            change.save(update_fields=["state", "decided_by"])
            record(self, "refused_move", by, to_on=change.to_on)
            FollowUp.plan(self, self.due_on, now or timezone.now())

    def _held_change(self, by: User) -> DateChange | None:
        hold(self)
        if not can_agree_to_a_move(by, self):
            raise Refused(say("The owner of the list agrees to this date."))
        return self.date_changes.filter(state=DateChange.State.ASKED_FOR).first() if self.is_open else None

    def needs_owner(self, by: User) -> bool:
        if not self.milestone_id or can_agree_to_a_move(by, self):
            return False
        return self.times_moved() >= 2

    def times_moved(self) -> int:
        return self.date_changes.filter(state=DateChange.State.AGREED).count()
