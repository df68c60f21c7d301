from datetime import date

from django.db import models, transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from actions.effect import EFFECTIVE, INEFFECTIVE
from actions.models.action_state import State
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import hold, keep
from reviews.models import Finding

# Attempts that are over, and do not keep a finding from counting as fixed by another one.
GIVEN_UP = [State.DROPPED, State.INEFFECTIVE, State.RECURRED]
NOBODY_AT_IT = [*GIVEN_UP, State.PROPOSED, State.INCONCLUSIVE]


def time_between(fixed_on: date, recurred_on: date) -> str:
    """ "7 months", from the fix to the loss that showed it again."""
    days = max(0, (recurred_on - fixed_on).days)
    months = round(days / 30.44)
    if months:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


class Proved(models.Model):
    """What comes after claimed done: the check that says whether it helped, and what may come back."""

    recurred_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def latest_check(self):
        """As `for_detail` joins it; none is joined where there is none."""
        return getattr(self, "check_joined", None)

    @property
    def fixed_on(self) -> date | None:
        """The day on which it was said to be done, in its team's place."""
        from actions.before_after import day_of

        return day_of(self.claimed_done_at, self.team) if self.claimed_done_at else None

    @property
    def came_back_after(self) -> str:
        return time_between(self.fixed_on, self.recurred_on)

    def plan_check(self, by: User, *, today: date, **answers):
        """Who checks it, how, and how long after it is done."""
        from actions.models.check import EffectivenessCheck
        from actions.models.check_state import PLANNABLE

        with transaction.atomic():
            hold(self)
            if self.state not in PLANNABLE:
                raise Refused(_("This action is over. Nothing is left to be checked."))
            if self.checks.still_open().exists():
                raise Refused(_("A check is planned already. Change that one."), "checker")
            return EffectivenessCheck.plan(by, self, today=today, **answers)

    def set_check_day(self) -> None:
        """It is said to be done, or no longer: the check waits from that day on."""
        from actions.models.check_state import State as CheckState

        for check in self.checks.filter(state=CheckState.PLANNED):
            check.wait_from(self.fixed_on)

    def must_not_be_checker(self, person: User | None) -> None:
        check = self.checks.still_open().filter(checker=person).first() if person else None
        if check is not None and self.action_list.witnesses().exclude(pk=person.pk).exists():
            raise Refused(
                say("%(name)s is to check it. Name somebody else for the check first.") % {"name": person.name},
                "responsible",
            )

    def state_before_check(self) -> str:
        """Where it goes back to when a check ends without an answer."""
        last = self.checks.filter(state="decided").order_by("-pk").first()
        return last.outcome if last else State.CLAIMED_DONE

    def tell_findings(self, by: User, outcome: str) -> None:
        """A finding counts as fixed when all that was done about it is proved, from the last of it on; where nothing
        that is left helps it is open again."""
        for finding in self.findings.order_by("pk"):
            self.tell_finding(finding, by, outcome, say("“%(what)s” did not help.") % {"what": self.what})

    def tell_finding(self, finding: Finding, by: User, outcome: str, reason: str) -> None:
        states = set(finding.actions.values_list("state", flat=True)) - set(GIVEN_UP)
        if outcome == EFFECTIVE and states == {State.EFFECTIVE}:
            proved = finding.actions.filter(state=State.EFFECTIVE).select_related("team")
            finding.mark_fixed(by, max(one.fixed_on for one in proved))
        elif outcome == INEFFECTIVE and not states - set(NOBODY_AT_IT):
            finding.mark_open_again(by, reason)

    def come_back(self, by: User, finding: Finding, on: date) -> bool:
        """The weakness is there again, although this was proved to have ended it. False where it never was."""
        with transaction.atomic():
            hold(self)
            if self.state not in (State.EFFECTIVE, State.UNDER_CHECK, State.INCONCLUSIVE):
                return False
            for check in self.checks.still_open():
                check.retire(by, say("The weakness came back."))
            hold(self)
            self.checks.filter(on_watch=True).update(on_watch=False)
            self.state, self.recurred_on = State.RECURRED, on
            keep(self, "state", "recurred_on")
            record(self, "recurred", by, finding=finding)
        return True
