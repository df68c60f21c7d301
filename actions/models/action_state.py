from functools import partial

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import Change, record
from failforward.versions import hold, keep


class State(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    COMMITTED = "committed", _("committed")
    IN_PROGRESS = "in_progress", _("in progress")
    BLOCKED = "blocked", _("blocked")
    CLAIMED_DONE = "claimed_done", _("claimed done")
    UNDER_CHECK = "under_check", _("under check")
    EFFECTIVE = "effective", _("effective")
    INEFFECTIVE = "ineffective", _("ineffective")
    INCONCLUSIVE = "inconclusive", _("inconclusive")
    RECURRED = "recurred", _("recurred")
    DROPPED = "dropped", _("dropped")


OPEN_STATES = [State.PROPOSED, State.COMMITTED, State.IN_PROGRESS, State.BLOCKED]
RUNNING_STATES = [State.COMMITTED, State.IN_PROGRESS, State.BLOCKED]
# As long as one of these is there, there is something to meet about: what is under check does not hold the meetings.
HOLDING_STATES = [*OPEN_STATES, State.CLAIMED_DONE]
# What only a check, or a weakness that came back, leads to.
PROOF_STATES = [State.UNDER_CHECK, State.EFFECTIVE, State.INEFFECTIVE, State.INCONCLUSIVE, State.RECURRED]


class Worked(models.Model):
    """How an action goes from a proposal to claimed done."""

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING_STATES

    def commit(self, by: User) -> None:
        """All five answers are given: the team will do it, and its findings are being fixed."""
        with transaction.atomic():
            hold(self)
            if self.is_running:
                return
            if self.state != State.PROPOSED:
                raise Refused(_("This action is not a proposal any more."))
            self.check_whole()
            self.state, self.committed_at = State.COMMITTED, timezone.now()
            keep(self, "state", "committed_at")
            record(self, "committed", by)
            for finding in self.findings.order_by("pk"):
                finding.mark_being_fixed(by)

    def start(self, by: User) -> None:
        with transaction.atomic():
            self.hold_running()
            if self.state == State.COMMITTED:
                self.enter(State.IN_PROGRESS, by, "started")

    def claim_done(self, by: User) -> None:
        """Says that the work is done. Whether it helped is for the check to say, later and by somebody else."""
        with transaction.atomic():
            hold(self)
            if self.state == State.CLAIMED_DONE:
                return
            self.check_running()
            if self.state == State.BLOCKED:
                raise Refused(
                    say("It still waits: %(what)s. Say first that it no longer does.") % {"what": self.waits_in_words}
                )
            self.check_nothing_comes_first()
            self.check_milestones_reached()
            self.claimed_done_at = timezone.now()
            self.enter(State.CLAIMED_DONE, by, "claimed_done", claimed_done_at=self.claimed_done_at)
            self.set_check_day()
            self.withdraw_drop(by, self.claimed_done_at)
            self.tell_those_who_wait(by)

    def take_back(self, by: User) -> None:
        """It was called done too early."""
        with transaction.atomic():
            hold(self)
            if self.state == State.CLAIMED_DONE:
                self.enter(State.IN_PROGRESS, by, "taken_back", claimed_done_at=None)
                self.set_check_day()

    def hold_open(self, seen: int | None = None) -> None:
        hold(self, seen)
        self.check_can_change()

    def check_can_change(self) -> None:
        if self.state == State.DROPPED:
            raise Refused(_("This action was dropped. Take it up again first to change it."))
        if self.state == State.CLAIMED_DONE:
            raise Refused(_("This action is said to be done. Take that back first to change it."))
        if not self.is_open:
            raise Refused(_("This action is over. It stays as it was."))

    def hold_running(self) -> None:
        hold(self)
        self.check_running()

    def enter(self, state: str, by: User, verb: str, *, shown: dict[str, str] | None = None, **fields) -> Change:
        """`shown` is for the history only."""
        if (self.state in HOLDING_STATES) != (state in HOLDING_STATES):
            self.mind_meetings()
        self.state = state
        for name, value in fields.items():
            setattr(self, name, value)
        keep(self, "state", *fields)
        said = fields | (shown or {})
        return record(self, verb, by, **{name: said for name, said in said.items() if isinstance(said, str) and said})

    def check_running(self) -> None:
        if self.state == State.PROPOSED:
            raise Refused(_("This action is still a proposal. Commit to it first."))
        if not self.is_running:
            raise Refused(_("This action is no longer being worked on."))

    def check_milestones_reached(self) -> None:
        milestone = self.next_milestone
        if milestone is not None:
            raise Refused(
                say("“%(what)s” is not reached yet. Say what shows that it is, or call the milestone off.")
                % {"what": milestone.what}
            )

    def mind_meetings(self) -> None:
        """The weekly meetings end with the last that holds them, and go on with the next. After the commit: whoever
        plans a meeting holds the list first, and here an action is held."""
        from actions.models.meeting_series import MeetingSeries

        transaction.on_commit(partial(MeetingSeries.carry_on, self.action_list_id), robust=True)
