import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions.models.action_list import ActionList, lists_of
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from reviews.models import Finding


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
        return self.select_related("action_list", "responsible", "team")

    def for_detail(self) -> Self:
        return self.select_related("action_list", "action_list__owner", "action_list__sponsor", "responsible", "team")


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
            models.Index(fields=["-id", "state"], name="actions_by_state"),
            models.Index(fields=["action_list", "-id"], name="actions_of_list"),
            models.Index(fields=["team", "-id"], name="actions_of_team"),
            models.Index(fields=["responsible", "-id"], name="actions_of_person"),
        ]

    def __str__(self) -> str:
        return self.what


class ActionFinding(models.Model):
    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "finding"], name="a_finding_once_an_action")]

    def __str__(self) -> str:
        return f"{self.action_id} for {self.finding_id}"


class Step(models.Model):
    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(_("step"), max_length=300)
    done_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "position"], name="one_step_a_place"),
        ]

    def __str__(self) -> str:
        return self.what


class Milestone(models.Model):
    """Something one can see to be reached, by a date. It counts once there is evidence or somebody who saw it."""

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="milestones")
    what = models.CharField(_("milestone"), max_length=300)
    due_on = models.DateField(_("by"))
    first_due_on = models.DateField(editable=False)
    reached_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    evidence_url = models.URLField(_("link"), blank=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reached_on=None) | ~Q(evidence="") | ~Q(evidence_url="") | Q(seen_by__isnull=False),
                name="reached_with_evidence",
                violation_error_message=_("Say what shows that it is reached, or who saw it."),
            ),
        ]

    def __str__(self) -> str:
        return self.what


class DateChange(models.Model):
    """A deadline moved, from when to when and why. A third move of a milestone waits for the list owner."""

    class State(models.TextChoices):
        AGREED = "agreed", _("agreed")
        ASKED_FOR = "asked_for", _("asked-for")
        REFUSED = "refused", _("not agreed")

    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="date_changes")
    commitment = models.ForeignKey(
        "actions.Commitment", models.PROTECT, null=True, blank=True, related_name="date_changes"
    )
    from_on = models.DateField()
    to_on = models.DateField()
    reason = models.CharField(_("why it moves"), max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.AGREED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_date_moves_with_a_reason"),
            models.CheckConstraint(
                condition=Q(milestone__isnull=False, commitment=None) | Q(milestone=None, commitment__isnull=False),
                name="a_date_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} → {self.to_on}"
