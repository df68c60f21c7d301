import uuid
from collections.abc import Iterable
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action_list import ActionList, lists_of
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Missing, Refused
from failforward.history.models import record
from failforward.versions import assign, hold, keep
from reviews.categories import BY_CODE
from reviews.models import Finding
from reviews.models.finding import State as FindingState


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


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        if reach.is_admin:
            return self
        return self.filter(Q(action_list__in=lists_of(user)) | Q(team__in=reach.managed) | Q(responsible=user.pk))

    def still_open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def for_list(self) -> Self:
        return self.select_related("action_list", "responsible", "team").prefetch_related("steps", "milestones")

    def for_detail(self) -> Self:
        return self.select_related(
            "action_list",
            "action_list__owner",
            "action_list__sponsor",
            "action_list__team",
            "responsible",
            "team",
            "created_by",
            "created_by",
        ).prefetch_related("steps", "milestones__seen_by", "milestones__date_changes__by", "findings")


def action_scopes(user: User) -> list[Q]:
    reach = reach_of(user)
    if reach.is_admin:
        return [Q()]
    lists = models.Subquery(lists_of(user))
    return [Q(action_list__in=lists), *(Q(team=team) for team in sorted(reach.managed)), Q(responsible=user.pk)]


class ActionItem(models.Model):
    """The owned answer to one or more findings. `team` is the list's, `next_due_on` the next open milestone's."""

    class Type(models.TextChoices):
        TRAINING = "training", _("training")
        HIRING = "hiring", _("hiring")
        EXIT = "exit", _("exit")
        TECHNOLOGY = "technology", _("technology")
        REASSIGNMENT = "reassignment", _("reassignment")
        INTELLIGENCE = "intelligence", _("intelligence gathering")
        PROCEDURE = "procedure", _("procedure")
        OTHER = "other", _("other")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action_list = models.ForeignKey(ActionList, models.PROTECT, related_name="actions")
    team = models.ForeignKey("accounts.Team", models.PROTECT, related_name="actions")
    findings = models.ManyToManyField(Finding, through="ActionFinding", related_name="actions")
    what = models.CharField(_("what is to be done"), max_length=300)
    type = models.CharField(_("kind of action"), max_length=15, choices=Type, default=Type.PROCEDURE)
    no_steps_needed = models.BooleanField(_("no interim steps needed"), default=False)
    done_criterion = models.TextField(_("how will we know that it is fixed"), blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    blocked_by = models.CharField(_("blocked by what or whom"), max_length=300, blank=True)
    next_due_on = models.DateField(null=True, blank=True)
    # The day lists are ordered by; never empty, because empty values have no place in a key.
    sort_on = models.GeneratedField(
        expression=Coalesce("next_due_on", models.Value(date(9999, 12, 31))),
        output_field=models.DateField(),
        db_persist=True,
    )
    committed_at = models.DateTimeField(null=True, blank=True)
    claimed_done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="an_action_says_what"),
            models.CheckConstraint(
                condition=~Q(state=State.BLOCKED) | ~Q(blocked_by=""),
                name="blocked_by_what_or_whom",
                violation_error_message=_("Say what or whom it waits for."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.PROPOSED, State.DROPPED])
                | (Q(responsible__isnull=False) & ~Q(done_criterion="")),
                name="a_committed_action_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_on", "id"], name="actions_by_day"),
            models.Index(fields=["action_list", "sort_on", "id"], name="actions_of_list_by_day"),
            models.Index(fields=["team", "sort_on", "id"], name="actions_of_team_by_day"),
            models.Index(fields=["responsible", "sort_on", "id"], name="actions_of_person_by_day"),
            models.Index(fields=["action_list", "-id"], name="actions_of_list"),
            models.Index(fields=["team", "-id"], name="actions_of_team"),
            models.Index(fields=["responsible", "-id"], name="actions_of_person"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING_STATES

    @property
    def steps_wanted(self) -> list:
        return [step for step in self.steps.all() if step.left_out_at is None]

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
        return [milestone for milestone in self.milestones.all() if not milestone.is_called_off]

    @property
    def next_milestone(self):
        return next((milestone for milestone in self.milestones_wanted if milestone.reached_on is None), None)

    def missing(self) -> list[Missing]:
        """Which of the five answers (what, steps, milestones, done criterion, who) nobody has given yet."""
        answers = {
            "what": (self.what.strip(), _("Nobody has said yet what is to be done.")),
            "steps": (
                self.no_steps_needed or self.steps_wanted,
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

    # --- Verbs: the answers ---------------------------------------------------------------------

    @classmethod
    def propose(
        cls,
        by: User,
        action_list: ActionList,
        what: str,
        findings: Iterable[Finding],
        *,
        type: str = Type.PROCEDURE,
        done_criterion: str | None = None,
        responsible: User | None = None,
        no_steps_needed: bool = False,
    ) -> "ActionItem":
        """A new action. Without a done criterion it takes the ones of its findings' categories."""
        findings = list(dict.fromkeys(findings))
        if not what.strip():
            raise Refused(_("Say what is to be done."), "what")
        if not findings:
            raise Refused(_("An action answers a weakness. Choose the finding that it is meant to end."), "findings")
        for finding in findings:
            check_finding(finding, by)
        check_responsible(responsible, action_list)
        if done_criterion is None:
            done_criterion = criterion_of(findings)
        with transaction.atomic():
            action = cls.objects.create(
                action_list=action_list,
                team_id=action_list.team_id,
                what=what.strip(),
                type=type,
                done_criterion=done_criterion.strip(),
                responsible=responsible,
                no_steps_needed=no_steps_needed,
                created_by=by,
            )
            ActionFinding.objects.bulk_create(ActionFinding(action=action, finding=finding) for finding in findings)
            record(action, "proposed", by, findings=[finding.title for finding in findings])
        return action

    def change(self, by: User, seen: int | None = None, **answers) -> None:
        """Other words for `what`, `type`, `done_criterion`, `responsible` or `no_steps_needed`.

        `seen` is the version that the person looked at while writing.
        """
        answers = {name: value.strip() if isinstance(value, str) else value for name, value in answers.items()}
        with transaction.atomic():
            self.hold_open(seen)
            if answers.get("responsible") and answers["responsible"].pk != self.responsible_id:
                check_responsible(answers["responsible"], self.action_list)
            if answers.get("no_steps_needed") and self.steps_wanted:
                raise Refused(_("There are steps. Leave them out first if none is needed."), "no_steps_needed")
            changes = assign(self, answers)
            self.check_still_whole()
            if changes:
                keep(self, *changes)
                record(self, "changed", by, **changes)

    def add_finding(self, by: User, finding: Finding) -> None:
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

    # --- Verbs: the state -----------------------------------------------------------------------

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

    def block(self, by: User, by_what: str) -> None:
        """It waits for something or somebody. Told again with other words, the words change."""
        by_what = by_what.strip()
        if not by_what:
            raise Refused(_("Say what or whom it waits for."), "blocked_by")
        with transaction.atomic():
            self.hold_running()
            if (self.state, self.blocked_by) == (State.BLOCKED, by_what):
                return
            self.enter(State.BLOCKED, by, "blocked", blocked_by=by_what)

    def unblock(self, by: User) -> None:
        with transaction.atomic():
            self.hold_running()
            if self.state == State.BLOCKED:
                self.enter(State.IN_PROGRESS, by, "unblocked", blocked_by="")

    def claim_done(self, by: User) -> None:
        """Says that the work is done. Whether it helped is for the check to say, later and by somebody else."""
        with transaction.atomic():
            hold(self)
            if self.state == State.CLAIMED_DONE:
                return
            self.check_running()
            if self.state == State.BLOCKED:
                raise Refused(
                    say("It still waits: %(what)s. Say first that it no longer does.") % {"what": self.blocked_by}
                )
            self.check_milestones_reached()
            self.claimed_done_at = timezone.now()
            self.enter(State.CLAIMED_DONE, by, "claimed_done", claimed_done_at=self.claimed_done_at)

    def take_back(self, by: User) -> None:
        """It was called done too early."""
        with transaction.atomic():
            hold(self)
            if self.state == State.CLAIMED_DONE:
                self.enter(State.IN_PROGRESS, by, "taken_back", claimed_done_at=None)

    # --- What the verbs stand on ----------------------------------------------------------------

    def hold_open(self, seen: int | None = None) -> None:
        hold(self, seen)
        if self.state == State.CLAIMED_DONE:
            raise Refused(_("This action is said to be done. Take that back first to change it."))
        if not self.is_open:
            raise Refused(_("This action is over. It stays as it was."))

    def hold_running(self) -> None:
        hold(self)
        self.check_running()

    def enter(self, state: str, by: User, verb: str, **fields) -> None:
        self.state = state
        for name, value in fields.items():
            setattr(self, name, value)
        keep(self, "state", *fields)
        record(self, verb, by, **{name: value for name, value in fields.items() if isinstance(value, str) and value})

    def refresh_next_due(self) -> None:
        open_ones = self.milestones.filter(reached_on=None, called_off_because="")
        self.next_due_on = open_ones.aggregate(first=models.Min("due_on"))["first"]
        self.save(update_fields=["next_due_on"])

    def check_running(self) -> None:
        if self.state == State.PROPOSED:
            raise Refused(_("This action is still a proposal. Commit to it first."))
        if not self.is_running:
            raise Refused(_("This action is no longer being worked on."))

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

    def check_milestones_reached(self) -> None:
        milestone = self.next_milestone
        if milestone is not None:
            raise Refused(
                say("“%(what)s” is not reached yet. Say what shows that it is, or call the milestone off.")
                % {"what": milestone.what}
            )


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


class ActionFinding(models.Model):
    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "finding"], name="a_finding_once_an_action")]

    def __str__(self) -> str:
        return f"{self.action_id} for {self.finding_id}"


class ActionPart(models.Model):
    """A step or a milestone. It changes only while its action is held and open."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="%(class)ss")

    class Meta:
        abstract = True

    def hold(self, seen: int | None = None) -> None:
        action = self.action
        action.hold_open()
        hold(self, seen)
        self.action = action


def criterion_of(findings: Iterable[Finding]) -> str:
    return "\n".join(dict.fromkeys(str(BY_CODE[finding.category].criterion) for finding in findings))


def check_finding(finding: Finding, by: User) -> None:
    if not Finding.objects.visible_to(by).filter(pk=finding.pk).exists():
        raise Refused(_("There is no such finding."), "findings")
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
