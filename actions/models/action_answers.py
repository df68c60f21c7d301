from collections.abc import Iterable
from datetime import date

from django.db import models, transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action_list import ActionList
from failforward.accounts.models import User
from failforward.guards import Missing, Refused
from failforward.history.models import record
from failforward.versions import assign, keep
from reviews.categories import BY_CODE
from reviews.models import Finding
from reviews.models.finding import State as FindingState

# Findings that an action can be proposed for; the others are reopened first.
ANSWERABLE = [FindingState.OPEN, FindingState.BEING_FIXED, FindingState.REOPENED]
ANSWERS = {
    "what": _("what"),
    "steps": _("steps"),
    "milestones": _("a milestone"),
    "criterion": _("how we will know"),
    "who": _("who"),
}
# The form field that takes each of the five answers.
ANSWER_FIELDS = {
    "what": "what",
    "steps": "no_steps_needed",
    "milestones": "milestones",
    "criterion": "done_criterion",
    "who": "responsible",
}


class Answered(models.Model):
    """The five answers of an action: what, steps, milestones with deadlines, done criterion, who."""

    class Meta:
        abstract = True

    # The wanted ones, where a page has read them as rows.
    milestones_read = None

    @property
    def steps_wanted(self) -> list:
        return [step for step in self.steps.all() if step.left_out_at is None]

    @property
    def has_steps(self) -> bool:
        """Lists ask for it with their rows; pages of one action have read the steps."""
        return self.any_steps if hasattr(self, "any_steps") else bool(self.steps_wanted)

    @property
    def steps_left_out(self) -> list:
        return [step for step in self.steps.all() if step.left_out_at]

    @property
    def steps_done(self) -> int:
        return len([step for step in self.steps_wanted if step.done_at])

    @property
    def milestones_called_off(self) -> list:
        return [milestone for milestone in self.milestones.all() if milestone.is_called_off]

    @property
    def milestones_reached(self) -> int:
        return len([milestone for milestone in self.milestones_wanted if milestone.reached_on])

    @property
    def milestones_wanted(self) -> list:
        if self.milestones_read is not None:
            return self.milestones_read
        return [milestone for milestone in self.milestones.all() if not milestone.is_called_off]

    @property
    def next_milestone(self):
        return next((milestone for milestone in self.milestones_wanted if milestone.reached_on is None), None)

    def missing(self) -> list[Missing]:
        """Which of the five answers (what, steps, milestones, done criterion, who) nobody has given yet."""
        answers = {
            "what": (self.what.strip(), _("Nobody has said yet what is to be done.")),
            "steps": (
                self.no_steps_needed or self.has_steps,
                _("There are no interim steps yet. “No interim steps needed” is an answer too."),
            ),
            "milestones": (self.milestones_wanted, _("There is no milestone with a deadline yet. One is enough.")),
            "criterion": (self.done_criterion.strip(), _("Nobody has said yet how we will know that it is fixed.")),
            "who": (self.responsible_id, _("Nobody is responsible yet.")),
        }
        return [Missing(str(sentence), anchor) for anchor, (given, sentence) in answers.items() if not given]

    def missing_in_short(self) -> list[Missing]:
        """A word each, where a line has to do."""
        return [Missing(str(ANSWERS[part.anchor]), part.anchor) for part in self.missing()]

    def change(self, by: User, seen: int | None = None, **answers) -> None:
        """Other words for `what`, `type`, `done_criterion`, `responsible` or `no_steps_needed`.

        `seen` is the version that the person looked at while writing.
        """
        answers = {name: value.strip() if isinstance(value, str) else value for name, value in answers.items()}
        with transaction.atomic():
            self.hold_open(seen)
            if answers.get("responsible") and answers["responsible"].pk != self.responsible_id:
                check_responsible(answers["responsible"], self.action_list)
                self.must_not_be_checker(answers["responsible"])
            if answers.get("no_steps_needed") and self.steps_wanted:
                raise Refused(_("There are steps. Leave them out first if none is needed."), "no_steps_needed")
            changes = assign(self, answers)
            self.check_still_whole()
            if changes:
                keep(self, *changes)
                record(self, "changed", by, **changes)

    def add_finding(self, by: User, finding: Finding) -> None:
        from actions.models.action import ActionFinding

        check_finding(finding, by)
        with transaction.atomic():
            self.hold_open()
            if ActionFinding.objects.get_or_create(action=self, finding=finding)[1]:
                record(self, "finding_added", by, finding=finding)
                if self.is_running:
                    finding.mark_being_fixed(by)

    def add_step(self, by: User, what: str):
        from actions.models.step import Step

        with transaction.atomic():
            self.hold_open()
            return Step.add(by, self, what)

    def add_milestone(self, by: User, what: str, due_on: date, *, today: date):
        from actions.models.milestone import Milestone

        with transaction.atomic():
            self.hold_open()
            return Milestone.add(by, self, what, due_on, today=today)

    def refresh_next_due(self) -> None:
        open_ones = self.milestones.filter(reached_on=None, called_off_because="")
        self.next_due_on = open_ones.aggregate(first=models.Min("due_on"))["first"]
        self.save(update_fields=["next_due_on"])

    def check_whole(self) -> None:
        missing = self.missing()
        if missing:
            raise Refused(" ".join(part.sentence for part in missing), missing[0].anchor)

    def check_still_whole(self) -> None:
        """What the team agreed to keeps its five answers: each can be changed, none taken away."""
        if not self.what.strip():
            raise Refused(_("Say what is to be done."), "what")
        missing = self.missing() if self.is_running else []
        if missing:
            raise Refused(
                say("The team has committed to this action, so it keeps its five answers. %(missing)s")
                % {"missing": " ".join(part.sentence for part in missing)},
                ANSWER_FIELDS[missing[0].anchor],
            )


def criterion_of(findings: Iterable[Finding]) -> str:
    return "\n".join(dict.fromkeys(str(BY_CODE[finding.category].criterion) for finding in findings))


def check_finding(finding: Finding, by: User) -> None:
    if not Finding.objects.visible_to(by).filter(pk=finding.pk).exists():
        raise Refused(_("There is no such finding."), "findings")
    if finding.state == FindingState.MERGED:
        raise Refused(
            say("“%(title)s” was merged into another finding. Choose that one.") % {"title": finding.title}, "findings"
        )
    if finding.state == FindingState.ACCEPTED:
        raise Refused(
            say("“%(title)s” was accepted as not worth fixing. Reopen the finding first.") % {"title": finding.title},
            "findings",
        )
    if finding.state == FindingState.FIXED:
        raise Refused(
            say("“%(title)s” counts as fixed. Reopen the finding first if it has come back.")
            % {"title": finding.title},
            "findings",
        )


def check_responsible(person: User | None, action_list: ActionList) -> None:
    if person is not None and not action_list.eligible().filter(pk=person.pk).exists():
        raise Refused(
            say("%(name)s is neither on the list “%(list)s” nor in its team. Add them to the list first.")
            % {"name": person.name, "list": action_list.name},
            "responsible",
        )
