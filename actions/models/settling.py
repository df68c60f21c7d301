from datetime import date, datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as say

from actions.models.date_change import DateChange
from actions.models.follow_up import FollowUp
from actions.models.promise import OPEN_STATES, State
from actions.permissions import can_settle
from actions.told import tell
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.versions import hold, keep


class Settling(models.Model):
    """How a commitment ends or stays open: dropped by a person, or what an answer makes of it."""

    class Meta:
        abstract = True

    def drop(self, by: User, reason: str) -> None:
        with transaction.atomic():
            hold(self)
            if self.state == State.DROPPED:
                return
            self._guard_settling(by, [State.REQUESTED, *OPEN_STATES])
            if not reason.strip():
                raise Refused(say("Say in a few words why it is dropped."), "reason")
            was_open, self.state = self.is_open, State.DROPPED
            keep(self, "state")
            told = record(self, "dropped", by, reason=reason.strip())
            self._stop_asking()
            if was_open:
                tell(told, self.person, self.asked_by, now=timezone.now())

    def end_with_its_action(self, by: User, reason: str) -> None:
        """The action it was for is dropped; both rows are held already."""
        self.state = State.DROPPED
        keep(self, "state")
        told = record(self, "dropped", by, reason=reason)
        self._stop_asking()
        tell(told, self.person, now=timezone.now())

    def _guard_settling(self, by: User, states: list[str]) -> None:
        if not can_settle(by, self):
            raise Refused(say("Only %(person)s or who asked for it can do this.") % {"person": self.person})
        if self.state not in states:
            raise Refused(say("This is %(state)s, so nothing can be moved.") % {"state": self.get_state_display()})

    # What an answer makes of it; `actions.answers` holds the row already.

    def keep_it(self, by: User, on: date) -> None:
        self._close(State.KEPT, by, "kept", kept_on=on)

    def give_up(self, by: User, reason: str) -> None:
        self._close(State.DROPPED, by, "dropped", reason=reason)

    def be_followed(self, by: User) -> None:
        """Something else was promised in its place: it ends, and its date does not move."""
        self._close(State.DROPPED, by, "followed")

    def go_on(self, by: User, now: datetime) -> None:
        """Nothing takes its place after all."""
        self.state = State.ACCEPTED
        keep(self, "state")
        record(self, "taken_up", by)
        FollowUp.plan(self, self.due_on, now)

    def get_stuck(self, by: User, again_on: date, now: datetime) -> None:
        """The date stays, help is asked for, and the question comes again so that it is not forgotten."""
        self.state = State.STUCK
        keep(self, "state")
        record(self, "stuck", by)
        FollowUp.plan(self, again_on, now)

    def _close(self, state: str, by: User, verb: str, kept_on: date | None = None, **details) -> None:
        self.state, self.kept_on = state, kept_on
        keep(self, "state", "kept_on")
        record(self, verb, by, kept_on=kept_on, **details)
        self._stop_asking()

    def take_answer_back(self, change: DateChange | None) -> None:
        """As it was before the answer that is being changed."""
        if change is not None:
            if change.state == DateChange.State.AGREED and self.due_on == change.to_on:
                self.due_on = change.from_on
            change.state = DateChange.State.WITHDRAWN
            change.save(update_fields=["state"])
        self.state, self.kept_on = State.ACCEPTED, None
        keep(self, "state", "kept_on", "due_on")

    # The next step an answer names, as long as nobody was asked about it.

    def reword(self, by: User, what: str, with_whom: str, due_on: date, now: datetime) -> None:
        if self._has_its_own_life() or (
            self.is_open and (self.what, self.with_whom, self.due_on) == (what, with_whom, due_on)
        ):
            return
        self.what, self.with_whom, self.state = what, with_whom, State.ACCEPTED
        self.due_on = self.first_due_on = due_on
        keep(self, "what", "with_whom", "state", "due_on", "first_due_on")
        record(self, "reworded", by, due_on=due_on)
        FollowUp.plan(self, due_on, now)

    def take_off(self, by: User) -> None:
        if self.is_open and not self._has_its_own_life():
            self._close(State.DROPPED, by, "taken_back")

    def _has_its_own_life(self) -> bool:
        return self.follow_ups.answered().exists() or self.date_changes.exists()

    def _stop_asking(self) -> None:
        self.withdraw_asked_dates()
        for waiting in self.follow_ups.waiting():
            waiting.cancel()
