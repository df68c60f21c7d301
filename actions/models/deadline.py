from datetime import date, datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.permissions import can_decide_date
from actions.told import tell
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import Change, record
from failforward.versions import keep

YEARS_AHEAD = 5
MOVES_WITHOUT_ASKING = 2


class Deadline(models.Model):
    """The date of a milestone: every move has a reason, the first date stays."""

    class Meta:
        abstract = True

    @property
    def moved_times(self) -> int:
        return len([change for change in self.date_changes.all() if change.state == "agreed"])

    @property
    def last_reason(self) -> str:
        return next((change.reason for change in reversed(self.date_changes.all()) if change.state == "agreed"), "")

    @property
    def asked_for(self):
        """The new date that waits for the list owner, if there is one."""
        return next((change for change in self.date_changes.all() if change.state == "asked_for"), None)

    def move(self, by: User, to_on: date, reason: str, *, today: date):
        """Another deadline. The third one only asks for it, unless the list owner moves it themself.

        Returns the DateChange; nothing when the date is the same.
        """
        from actions.models.date_change import DateChange

        reason = reason.strip()
        if not reason:
            raise Refused(_("A deadline moves only with a reason. Say why."), "reason")
        check_deadline(to_on, today)
        with transaction.atomic():
            self.hold()
            self.check_ahead()
            if to_on == self.due_on:
                return None
            waiting = self.date_changes.filter(state=DateChange.State.ASKED_FOR).first()
            if waiting is not None and waiting.to_on == to_on:
                return waiting
            self.drop_request()
            asks = self.moves_agreed() >= MOVES_WITHOUT_ASKING and not can_decide_date(by, self.action.action_list)
            change = DateChange.objects.create(
                milestone=self,
                from_on=self.due_on,
                to_on=to_on,
                reason=reason,
                by=by,
                state=DateChange.State.ASKED_FOR if asks else DateChange.State.AGREED,
            )
            if not asks:
                self.take_date(to_on)
            verb = "date_asked_for" if asks else "milestone_moved"
            told = self._record_date(verb, by, change, reason=reason)
            if asks:
                change.ask_owner(timezone.now())
            else:
                tell(told, self.action.responsible, now=timezone.now())
        return change

    def take_decision(self, change, by: User, now: datetime) -> None:
        """The list owner agreed to the date that was asked for, or not; the row is held already."""
        agreed = change.state == change.State.AGREED
        if agreed:
            self.take_date(change.to_on)
        told = self._record_date("date_agreed" if agreed else "date_refused", by, change)
        tell(told, change.by, self.action.responsible, now=now)

    def _record_date(self, verb: str, by: User, change, **details) -> Change:
        return record(self.action, verb, by, milestone=self.what, from_on=change.from_on, to_on=change.to_on, **details)

    def take_date(self, to_on: date) -> None:
        self.due_on = to_on
        keep(self, "due_on")
        self.action.refresh_next_due()

    def moves_agreed(self) -> int:
        return self.date_changes.filter(state="agreed").count()

    def drop_request(self) -> None:
        """The new date that was asked for is overtaken."""
        self.date_changes.filter(state="asked_for").update(state="withdrawn")


def check_deadline(due_on: date, today: date) -> None:
    if due_on < today:
        raise Refused(
            say("%(date)s is past. A deadline lies ahead.") % {"date": date_format(due_on, "D j M Y")}, "due_on"
        )
    if due_on.year > today.year + YEARS_AHEAD:
        raise Refused(say("%(year)s is far ahead. Look at the year once more.") % {"year": due_on.year}, "due_on")
