from datetime import date, datetime
from typing import Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as say

from actions.models.action_state import State as ActionState
from actions.models.follow_up import FollowUp, no_address
from actions.models.parents import PARENTS, home_of
from actions.models.promise import OPEN_STATES, State, check_day
from actions.permissions import can_agree_for
from failforward import outbox, working_days
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.versions import hold, keep


class Agreeing(models.Model):
    """How a commitment comes about: promised, or asked for and answered."""

    class Meta:
        abstract = True

    @classmethod
    def make(cls, by: User, person: User, what: str, due_on: date, *, now: datetime | None = None, **fields) -> Self:
        """Accepted from the start: promised by the person, or aloud where `by` may write it down."""
        now = now or timezone.now()
        begun = cls._begin(by, person, what, due_on, now, State.ACCEPTED, **fields)
        if not can_agree_for(by, person, begun.action_list, begun.review):
            raise Refused(
                say("Only %(person)s can promise this. Ask instead: they accept, name another date or say no.")
                % {"person": person},
                "person",
            )
        if by != person and not begun.agreed_where:
            raise Refused(say("Say where %(person)s agreed to this.") % {"person": person}, "agreed_where")
        begun.agreed_on = begun.agreed_on or working_days.local_date(now, person.time_zone)
        with transaction.atomic():
            begun.save(force_insert=True)
            record(begun, "made", by, due_on=due_on, agreed_where=begun.agreed_where)
            FollowUp.plan(begun, begun.due_on, now)
        return begun

    @classmethod
    def request(cls, by: User, person: User, what: str, due_on: date, *, now: datetime | None = None, **fields) -> Self:
        """Asked of somebody, who accepts, names another date or says no. Asked of oneself it is made; asked of the
        same person for the same milestone or step again, it is the one that is there."""
        now = now or timezone.now()
        check_committed(**fields)
        if by == person:
            return cls.make(by, person, what, due_on, now=now, **fields)
        begun = cls._begin(by, person, what, due_on, now, State.REQUESTED, **fields)
        if begun.private:
            raise Refused(say("What is asked of somebody else cannot be private."), "private")
        with transaction.atomic():
            if there := begun._twin():
                return there
            begun.save(force_insert=True)
            record(begun, "requested", by, due_on=due_on)
            mail = outbox.plan(
                f"request:{begun.pk}", "request", person, now, subject_id=begun.pk, batch_id=begun.batch_id
            )
            if not person.email:
                outbox.withhold(mail, no_address(person))
        return begun

    @classmethod
    def _begin(cls, by: User, person: User, what: str, due_on: date, now: datetime, state: str, **fields) -> Self:
        begun = cls(person=person, what=what.strip(), due_on=due_on, first_due_on=due_on, state=state, **fields)
        if not begun.what:
            raise Refused(say("Say what is to be done."), "what")
        if not person.is_active:
            raise Refused(say("%(person)s is not here any more. Choose somebody else.") % {"person": person}, "person")
        check_day(due_on, working_days.local_date(now, person.time_zone), earliest=-366)
        for kind in PARENTS:
            if (parent := getattr(begun, kind)) is not None:
                begun._hang_from(kind, parent)
        if begun.private:
            begun.asked_by = None
        elif begun.asked_by is None:
            begun.asked_by = begun._usual_asker(by)
        return begun

    def _hang_from(self, kind: str, parent: models.Model) -> None:
        if kind == "talk" and self.person not in parent.two:
            raise Refused(say("What is agreed in a talk is done by one of the two who held it."), "person")
        home = home_of(kind, parent)
        if self.private and "action_list" in home:
            raise Refused(say("What hangs from an action is seen by its list. Leave it shared."), "private")
        for name, value in home.items():
            setattr(self, name, value)

    def _usual_asker(self, by: User) -> User | None:
        """Who asked; for one's own promise the other one of the talk, or the owner of the list, who carries it into
        the meeting."""
        if by != self.person:
            return by
        if self.talk:
            return self.talk.other_than(by)
        owner = self.action_list.owner if self.action_list else None
        return owner if owner != self.person else None

    def _twin(self) -> Self | None:
        if not (self.milestone_id or self.step_id):
            return None
        live = type(self).objects.filter(state__in=[State.REQUESTED, *OPEN_STATES], person=self.person)
        return live.filter(milestone=self.milestone_id, step=self.step_id).select_for_update(no_key=True).first()

    def accept(self, by: User, *, now: datetime | None = None) -> None:
        self._answer_request(by, self.due_on, now or timezone.now())

    def redate(self, by: User, to_on: date, *, now: datetime | None = None) -> None:
        """Yes, but by another day. That day is the first promised one; the asker is told."""
        self._answer_request(by, to_on, now or timezone.now())

    def _answer_request(self, by: User, to_on: date, now: datetime) -> None:
        with transaction.atomic():
            hold(self)
            if self._was_answered_so(by, [*OPEN_STATES, State.KEPT]):
                return
            today = working_days.local_date(now, self.person.time_zone)
            asked_for = self.due_on
            if to_on != asked_for:
                check_day(to_on, today)
            self.state, self.agreed_on = State.ACCEPTED, today
            self.due_on = self.first_due_on = to_on
            keep(self, "state", "agreed_on", "due_on", "first_due_on")
            if to_on == asked_for:
                record(self, "accepted", by, due_on=to_on)
            else:
                record(self, "redated", by, asked_for=asked_for, due_on=to_on)
                self._tell_asker(now)
            FollowUp.plan(self, to_on, now)

    def decline(self, by: User, reason: str = "", *, now: datetime | None = None) -> None:
        with transaction.atomic():
            hold(self)
            if self._was_answered_so(by, [State.DECLINED]):
                return
            self.state, self.declined_because = State.DECLINED, reason.strip()[:300]
            keep(self, "state", "declined_because")
            record(self, "declined", by, reason=self.declined_because)
            self._tell_asker(now or timezone.now())

    def _was_answered_so(self, by: User, states: list[str]) -> bool:
        if by != self.person:
            raise Refused(say("Only %(person)s can answer this.") % {"person": self.person})
        if self.state in states:
            return True
        if self.state != State.REQUESTED:
            raise Refused(say("This is %(state)s by now.") % {"state": self.get_state_display()})
        return False

    def _tell_asker(self, now: datetime) -> None:
        if self.asked_by_id:
            key = f"request-answer:{self.pk}"
            outbox.plan(key, "request_answer", self.asked_by, now, subject_id=self.pk, batch_id=self.batch_id)


def check_committed(action=None, step=None, milestone=None, **others) -> None:
    """A proposed action asks nobody."""
    action = action or getattr(step or milestone, "action", None)
    if action is not None and action.state == ActionState.PROPOSED:
        raise Refused(
            say("This action is still a proposal, and a proposal asks nobody. Commit to it first, then ask."), "person"
        )
