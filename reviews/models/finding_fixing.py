"""From open to fixed, and back: what a finding goes through once it is named."""

from datetime import date

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from failforward import versions
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews.models.finding_state import State


class Fixable(models.Model):
    class Meta:
        abstract = True

    @transaction.atomic
    def accept(self, by: User, reason: str) -> None:
        """Not worth fixing, and why: a legitimate end."""
        self._hold_for(by)
        if self.state == State.ACCEPTED:
            return
        if not reason.strip():
            raise Refused(_("Say why this is not worth fixing."), "reason")
        if self.state == State.FIXED:
            raise Refused(_("This finding is fixed. There is nothing left to accept."))
        self._write(state=State.ACCEPTED, accepted_because=reason.strip())
        record(self, "accept", by, reason=reason.strip())

    @transaction.atomic
    def reopen(self, by: User, reason: str) -> None:
        self._hold_for(by)
        if self.state in (State.OPEN, State.REOPENED, State.BEING_FIXED):
            return
        if not reason.strip():
            raise Refused(_("Say in a sentence why it is open again."), "reason")
        came_back = self.state == State.FIXED
        self._write(state=State.REOPENED, accepted_because="", fixed_on=None)
        record(self, "reopen", by, reason=reason.strip())
        if came_back:
            self._reopen_last_review(by, reason.strip())

    @transaction.atomic
    def mark_being_fixed(self, by: User) -> None:
        """An action on it is committed. Who may commit that is the action's question. Where it was merged, the action
        answers the kept one too."""
        versions.hold(self)
        if self.state in (State.BEING_FIXED, State.MERGED):
            return
        if self.state == State.ACCEPTED:
            raise Refused(_("The finding “%(title)s” was accepted as not worth fixing. Reopen it first.") % self.named)
        if self.state == State.FIXED:
            raise Refused(_("The finding “%(title)s” is fixed. Reopen it first.") % self.named)
        self._write(state=State.BEING_FIXED)
        record(self, "being fixed", by)

    @transaction.atomic
    def mark_fixed(self, by: User, on: date) -> bool:
        """All that was done about it is proved; `on` is the day of the fix. Who may say so is the check's question."""
        versions.hold(self)
        if self.state in (State.FIXED, State.ACCEPTED, State.MERGED):
            return False
        self._write(state=State.FIXED, fixed_on=on)
        record(self, "fixed", by)
        return True

    @transaction.atomic
    def mark_open_again(self, by: User, reason: str) -> bool:
        """What was done about it did not help. Who may say so is the check's question."""
        versions.hold(self)
        if self.state not in (State.FIXED, State.BEING_FIXED):
            return False
        was_fixed = self.state == State.FIXED
        self._write(state=State.REOPENED, fixed_on=None)
        record(self, "reopen", by, reason=reason)
        if was_fixed:
            self._reopen_last_review(by, reason)
        return True

    def _reopen_last_review(self, by: User, reason: str) -> None:
        """A weakness that was fixed came back: of the books that were closed on it, the last one is opened again. The
        older ones stay closed, or one return would put years of work back on the table."""
        closed = self.events.filter(review__state="closed").of_standard_reviews().select_related("review")
        if last := closed.order_by("-review__closed_at", "-pk").first():
            last.review.reopen(by, _("“%(title)s” came back: %(why)s") % {"title": self.title, "why": reason})
