from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as say

from actions.models.date_change import DateChange
from actions.models.follow_up import FollowUp
from actions.models.promise import OPEN_STATES, State, check_day
from actions.permissions import can_agree_to_a_move, can_answer
from actions.told import tell
from failforward import working_days
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.versions import hold, keep

SNOOZES = 2
DAY = timedelta(1)


class Moving(models.Model):
    """The dates of a commitment: every move has a reason, the first date stays."""

    class Meta:
        abstract = True

    def move(
        self, by: User, to_on: date, reason: str, *, now: datetime | None = None, quietly: bool = False
    ) -> DateChange:
        """To another day, with a reason. A third move of what hangs from a milestone waits for the list owner: the
        question is asked on the new day, the promised date stays until it is agreed. The other side gets a mail, but
        `quietly` when one of another kind says it."""
        with transaction.atomic():
            hold(self)
            self._guard_settling(by, OPEN_STATES)
            now = now or timezone.now()
            return self.shift(by, to_on, reason, State.MOVED, now, self.needs_owner(by), quietly=quietly)

    def shift(
        self, by: User, to_on: date, reason: str, state: str, now: datetime, asked_for: bool, *, quietly: bool = True
    ) -> DateChange:
        """The change of date behind a move and behind the answers that keep it open; the row is held already."""
        check_day(to_on, working_days.local_date(now, self.person.time_zone))
        if not reason.strip():
            raise Refused(say("Say in one line why it moves."), "reason")
        self.withdraw_asked_dates()
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
        why = {"reason": change.reason} if state == State.MOVED else {}
        told = record(self, "asked_to_move" if asked_for else "moved", by, from_on=change.from_on, to_on=to_on, **why)
        FollowUp.plan(self, to_on, now)
        if asked_for:
            change.ask_owner(now)
        if not quietly:
            tell(told, self.person, self.asked_by, now=now)
        return change

    def agree_to_move(self, by: User, *, now: datetime | None = None) -> None:
        """The list owner agrees to the date that was asked for."""
        for change in self.date_changes.asked_for():
            change.agree(by, now=now)

    def refuse_move(self, by: User, *, now: datetime | None = None) -> None:
        """The date stays; the person is asked again on it, or at once when it is over."""
        for change in self.date_changes.asked_for():
            change.refuse(by, now=now)

    def take_decision(self, change: DateChange, by: User, now: datetime) -> None:
        """What the list owner said to the date that was asked for; the row is held already."""
        agreed = change.state == DateChange.State.AGREED
        if agreed:
            self.take_date(change.to_on)
        told = record(self, "agreed_to_move" if agreed else "refused_move", by, to_on=change.to_on)
        FollowUp.plan(self, self.due_on, now)
        tell(told, change.by, self.person, self.asked_by, now=now)

    def snooze(self, by: User, to_on: date, reason: str, *, now: datetime | None = None) -> None:
        """The question comes again on `to_on`; what was promised, and by when, stays."""
        now = now or timezone.now()
        with transaction.atomic():
            hold(self)
            waiting = self.follow_ups.waiting().select_related("mail").order_by("-occurrence").first()
            if not can_answer(by, self):
                raise Refused(say("Only %(person)s can put the question off.") % {"person": self.person})
            if not self.is_open or waiting is None:
                raise Refused(say("There is no question to put off."))
            if self.snoozes_left() < 1:
                raise Refused(say("It was put off twice. Answer it, or move the date."), "to_on")
            if not reason.strip():
                raise Refused(say("Say in one line why it is put off."), "reason")
            today = working_days.local_date(now, self.person.time_zone)
            check_day(to_on, today + DAY, field="to_on")
            waiting.commitment = self
            waiting.snooze(to_on, reason.strip()[:300], now)
            record(self, "snoozed", by, to_on=to_on, reason=reason.strip()[:300])

    def snoozes_left(self) -> int:
        """Each question can be put off twice, until it is answered."""
        answered = self.follow_ups.answered().aggregate(last=Max("occurrence"))["last"] or 0
        return SNOOZES - self.follow_ups.snoozed().filter(occurrence__gt=answered).count()

    def withdraw_asked_dates(self) -> None:
        """What is settled needs no new date any more."""
        self.date_changes.asked_for().update(state=DateChange.State.WITHDRAWN)

    def take_date(self, to_on: date) -> None:
        self.due_on = to_on
        keep(self, "due_on")

    def hold(self) -> None:
        hold(self)

    def needs_owner(self, by: User) -> bool:
        if not self.milestone_id or can_agree_to_a_move(by, self):
            return False
        return self.times_moved() >= 2

    def times_moved(self) -> int:
        return self.date_changes.filter(state=DateChange.State.AGREED).count()
