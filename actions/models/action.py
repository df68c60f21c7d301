import uuid
from collections.abc import Iterable
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from actions.models.action_answers import Answered, check_finding, check_responsible, criterion_of
from actions.models.action_list import ActionList, on_list
from actions.models.action_state import OPEN_STATES, PROOF_STATES, State, Worked
from actions.models.dependency import Waiting
from actions.models.drop import Drop
from actions.models.dropping import Droppable
from actions.models.helping import Helped, helped_by
from actions.models.proving import Proved
from failforward import links
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.models import record
from failforward.scopes import Among
from failforward.versions import hold
from reviews.models import Finding

BLOCKERS = ["blocked_by_person", "blocked_by_action"]
LISTED = ["what", "type", "state", "no_steps_needed", "done_criterion", "blocked_by", "sort_on", "responsible__name"]
LISTED += ["action_list__name", "action_list__owner", "action_list__team", "blocked_by_person__name"]
LISTED += ["blocked_by_action__what", "blocked_by_action__action_list"]


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        if reach.is_admin:
            return self
        mine = Q(responsible=user.pk) | Q(to_check(user)) | Q(helped_by(user)) | Q(to_agree_to(user))
        return self.filter(Q(on_list(user)) | Q(team__in=reach.managed) | mine)

    def still_open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def stalled(self, today: date, zone: str | None = None) -> Self:
        """Neither progress nor anything done for a week, or things done and nothing achieved for two. In days of
        `zone`, else of the active one."""
        from actions import stalls

        return stalls.stalled(self, today, zone)

    def for_list(self) -> Self:
        return self.select_related("action_list", "responsible", "team", *BLOCKERS).with_answers()

    def for_rows(self) -> Self:
        """For the list of all, which shows of other rows no more than their names, and reads milestones as rows."""
        return self.select_related("action_list", "responsible", *BLOCKERS).with_steps().only(*LISTED)

    def with_answers(self) -> Self:
        """What a row says of milestones and of what is missing."""
        return self.with_steps().prefetch_related("milestones")

    def with_steps(self) -> Self:
        from actions.models.step import Step

        wanted = Step.objects.filter(action=models.OuterRef("pk"), left_out_at=None)
        return self.annotate(any_steps=models.Exists(wanted))

    def for_detail(self) -> Self:
        """With its latest check. What hangs on it is added by the page."""
        people = ["action_list__owner", "action_list__sponsor", "responsible", "created_by"]
        latest = FilteredRelation("checks", condition=Q(checks__latest=True))
        rows = self.annotate(check_joined=latest).select_related("check_joined__checker")
        return rows.select_related(*people, *BLOCKERS, "action_list__team", "team")


def action_scopes(user: User) -> list[Q]:
    reach = reach_of(user)
    if reach.is_admin:
        return [Q()]
    others = [Q(to_check(user)), Q(helped_by(user)), Q(to_agree_to(user))]
    return [Q(on_list(user)), Q(team__in=sorted(reach.managed)), Q(responsible=user.pk), *others]


def to_check(user: User) -> Among:
    """What `user` checks or has checked."""
    from actions.models.check import EffectivenessCheck

    return Among("pk", EffectivenessCheck.objects.filter(checker=user.pk).values("action"))


def to_agree_to(user: User) -> Among:
    """What `user` is asked to agree to drop."""
    return Among("pk", Drop.objects.asked_for().filter(asked=user.pk).values("action"))


class ActionItem(Answered, Worked, Waiting, Droppable, Helped, Proved, models.Model):
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
    findings = models.ManyToManyField(
        Finding, through="ActionFinding", through_fields=("action", "finding"), related_name="actions"
    )
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
                condition=~Q(state=State.BLOCKED)
                | ~Q(blocked_by="")
                | Q(blocked_by_person__isnull=False)
                | Q(blocked_by_action__isnull=False),
                name="blocked_by_what_or_whom",
                violation_error_message=_("Say what or whom it waits for."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.PROPOSED, State.DROPPED])
                | (Q(responsible__isnull=False) & ~Q(done_criterion="")),
                name="a_committed_action_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.CLAIMED_DONE, *PROOF_STATES]) | Q(claimed_done_at__isnull=False),
                name="done_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.RECURRED, recurred_on__isnull=False)
                | ~Q(state=State.RECURRED) & Q(recurred_on=None),
                name="recurred_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DROPPED) & ~Q(dropped_because="")
                | ~Q(state=State.DROPPED) & Q(dropped_because=""),
                name="a_dropped_action_says_why",
                violation_error_message=_("Say in a few words why it is dropped."),
            ),
        ]
        indexes = [
            models.Index(fields=["sort_on", "id"], name="actions_by_day"),
            models.Index(fields=["action_list", "sort_on", "id"], name="actions_of_list_by_day"),
            models.Index(fields=["team", "sort_on", "id"], name="actions_of_team_by_day"),
            models.Index(fields=["responsible", "sort_on", "id"], name="actions_of_person_by_day"),
            models.Index(fields=["action_list", "-id"], name="actions_of_list"),
            models.Index(fields=["action_list", "state", "next_due_on"], name="actions_of_list_by_state"),
            models.Index(fields=["team", "-id"], name="actions_of_team"),
            models.Index(fields=["responsible", "-id"], name="actions_of_person"),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return links.address_of("action_detail", self.pk)

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
            action.mind_meetings()
        return action


class ActionFinding(models.Model):
    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    # It came to its finding with this one, which was merged into that.
    came_with = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
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
