from datetime import date, datetime

from django.db import models, transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions import before_after
from actions.effect import EFFECTIVE, INCONCLUSIVE, INEFFECTIVE
from actions.models.action_state import State as ActionState
from actions.models.check_state import BEGINS_FROM, LATEST, Said, State
from failforward import versions
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record


class Decidable(models.Model):
    """How a check goes from its day to a decision: begun, decided, extended, retired."""

    class Meta:
        abstract = True

    def begin(self, by: User, *, today: date) -> None:
        """Its day has come: the action is being checked."""
        with transaction.atomic():
            self.hold()
            if self.is_under_way:
                return
            self.must_be_open()
            self.must_check(by)
            if self.action.state not in BEGINS_FROM:
                raise Refused(_("Nobody has said yet that it is done. A fix is checked when it has had time to show."))
            if not self.is_due(today):
                raise Refused(
                    say("The fix has its time to show until %(day)s. Whoever leads the list may plan it earlier.")
                    % {"day": before_after.day(self.due_on)}
                )
            self.state = State.UNDER_WAY
            versions.keep(self, "state")
            self.call_off_mail()
            self.action.enter(ActionState.UNDER_CHECK, by, "check_begun")

    def decide(self, by: User, said: str, evidence: str, *, today: date, now: datetime, evidence_url: str = "") -> None:
        """The done criterion decides. Met counts as effective, unless counting shows that nothing changed: then the
        two contradict each other, and neither proves anything."""
        evidence, evidence_url = evidence.strip(), evidence_url.strip()
        if said not in Said.values:
            raise Refused(_("Say whether the criterion is met. “It cannot be told yet” is an answer too."), "said")
        if not evidence:
            raise Refused(_("Say what shows it: a number, a place to look, what people said."), "evidence")
        if evidence_url and not evidence_url.lower().startswith(("https://", "http://")):
            raise Refused(_("A link begins with https:// or http://."), "evidence_url")
        with transaction.atomic():
            self.hold()
            self.must_check(by)
            if not self.is_under_way:
                raise Refused(_("Begin the check first.") if self.is_open else _("This check is over."))
            self.verdict = before_after.verdict_of(before_after.compared(self.action, self.fixed_on, today))
            self.state, self.said, self.outcome = State.DECIDED, said, outcome_of(said, self.verdict)
            self.evidence, self.evidence_url = evidence, evidence_url
            self.decided_by, self.decided_at = by, now
            self.on_watch = self.outcome == EFFECTIVE and self.verdict != EFFECTIVE
            decided = ["state", "said", "outcome", "verdict", "evidence", "evidence_url", "on_watch"]
            versions.keep(self, *decided, "decided_by", "decided_at")
            # Decided again after it was extended, the check keeps only what shows the later decision.
            shown = {"evidence": evidence, "evidence_url": evidence_url}
            self.action.enter(self.outcome, by, f"check_{self.outcome}", shown=shown)
            self.action.tell_findings(by, self.outcome)

    def extend(self, by: User, until: date, reason: str, *, today: date) -> None:
        """It takes longer: what could not be told is looked at again on a later day."""
        reason = reason.strip()
        if not reason:
            raise Refused(_("Say why it takes longer."), "reason")
        with transaction.atomic():
            self.hold()
            if not (self.is_under_way or self.is_decided and self.outcome == INCONCLUSIVE):
                raise Refused(_("Only a check that is under way, or that could not tell, is extended."))
            if self.is_decided and (
                self.action.state != ActionState.INCONCLUSIVE or self.action.checks.still_open().exists()
            ):
                raise Refused(_("The action has gone on since. Plan another check."))
            if not today < until <= today + LATEST:
                raise Refused(_("Choose a day after today, within three years."), "until")
            was_decided, self.due_on = self.is_decided, until
            self.state, self.said, self.outcome, self.verdict = State.UNDER_WAY, "", "", ""
            self.decided_by = self.decided_at = None
            versions.keep(self, "due_on", "state", "said", "outcome", "verdict", "decided_by", "decided_at")
            self.call_off_mail()
            if was_decided:
                self.action.enter(ActionState.UNDER_CHECK, by, "check_begun")
            record(self.action, "check_extended", by, until=until, reason=reason)

    def retire(self, by: User, reason: str) -> None:
        """It will not be made, or what it watched need not be watched any more. What was decided stays."""
        reason = reason.strip()
        if not reason:
            raise Refused(_("Say why it is not checked any more."), "reason")
        with transaction.atomic():
            self.hold()
            if self.state == State.RETIRED or self.is_decided and not self.on_watch:
                return
            if self.is_decided:
                self.on_watch = False
                versions.keep(self, "on_watch")
            else:
                back = self.is_under_way
                self.state, self.retired_because = State.RETIRED, reason
                versions.keep(self, "state", "retired_because")
                self.call_off_mail()
                if back:
                    self.action.enter(self.action.state_before_check(), by, "check_ended")
            record(self.action, "check_retired", by, reason=reason)


def outcome_of(said: str, verdict: str) -> str:
    if said == Said.NOT_MET:
        return INEFFECTIVE
    return EFFECTIVE if said == Said.MET and verdict != INEFFECTIVE else INCONCLUSIVE
