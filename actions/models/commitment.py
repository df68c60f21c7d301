import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem
from actions.models.action_list import ActionList, lists_of
from actions.models.milestone import Milestone
from actions.models.step import Step
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.tokens import Token
from reviews.models import Deal, Review


class State(models.TextChoices):
    REQUESTED = "requested", _("asked for")
    ACCEPTED = "accepted", _("accepted")
    KEPT = "kept", _("kept")
    PARTLY = "partly", _("partly")
    STUCK = "stuck", _("stuck")
    MOVED = "moved", _("moved")
    DROPPED = "dropped", _("dropped")
    DECLINED = "declined", _("declined")


OPEN_STATES = [State.ACCEPTED, State.PARTLY, State.STUCK, State.MOVED]
PARENTS = ["action", "step", "milestone", "review", "deal"]


def at_most_one(names: list[str]) -> Q:
    """No two of these foreign keys are filled."""
    whole = Q()
    for index, name in enumerate(names):
        for other in names[index + 1 :]:
            whole &= Q(**{name: None}) | Q(**{other: None})
    return whole


class CommitmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own and what one asked for; shared ones of one's lists and of teams managed. Private ones: their
        person only (and later the partner), not even admins."""
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        shared = Q(private=False)
        if reach.is_admin:
            return self.filter(shared | Q(person=user.pk))
        return self.filter(
            Q(person=user.pk)
            | shared & (Q(asked_by=user.pk) | Q(action_list__in=lists_of(user)) | Q(team__in=reach.managed))
        )

    def still_open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def for_list(self) -> Self:
        return self.select_related("person", "asked_by", "action_list")

    def for_detail(self) -> Self:
        return self.select_related(
            "person",
            "asked_by",
            "action_list",
            "action",
            "step",
            "milestone__action",
            "review__deal",
            "deal",
            "previous",
        )


def commitment_scopes(user: User) -> list[Q]:
    reach = reach_of(user)
    shared = Q(private=False)
    if reach.is_admin:
        return [shared, Q(person=user.pk)]
    lists = models.Subquery(lists_of(user))
    return [
        Q(person=user.pk),
        shared & Q(asked_by=user.pk),
        shared & Q(action_list__in=lists),
        *(shared & Q(team=team) for team in sorted(reach.managed)),
    ]


class Commitment(models.Model):
    """Who does what, with whom, for what outcome, by when; agreed by that person, at a time and place.

    It hangs from at most one thing. `action_list` and `team` are that thing's, so that lists read in index order.
    `asked_by` gets every answer; without one (a promise to oneself) nobody does.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    what = models.TextField(_("what"))
    title = models.CharField(_("short title for the mail"), max_length=80, blank=True)
    with_whom = models.CharField(_("with whom"), max_length=200, blank=True)
    outcome_wanted = models.CharField(_("for what outcome"), max_length=300, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="commitments")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="commitments_asked_for"
    )
    due_on = models.DateField(_("by"))
    first_due_on = models.DateField(editable=False)
    agreed_on = models.DateField(null=True, blank=True)
    agreed_where = models.CharField(_("agreed where"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    private = models.BooleanField(_("only I see it"), default=False)
    kept_on = models.DateField(null=True, blank=True)
    declined_because = models.CharField(max_length=300, blank=True)
    previous = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="next")
    action = models.ForeignKey(ActionItem, models.PROTECT, null=True, blank=True, related_name="commitments")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="commitments")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="commitments")
    review = models.ForeignKey(Review, models.PROTECT, null=True, blank=True, related_name="commitments")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="commitments")
    action_list = models.ForeignKey(ActionList, models.PROTECT, null=True, blank=True, related_name="commitments")
    team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, blank=True, related_name="commitments")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="a_commitment_says_what"),
            models.CheckConstraint(condition=at_most_one(PARENTS), name="a_commitment_has_one_parent_at_most"),
            models.CheckConstraint(
                condition=~Q(state__in=OPEN_STATES) | Q(agreed_on__isnull=False), name="accepted_on_a_day"
            ),
            models.CheckConstraint(condition=~Q(state=State.KEPT) | Q(kept_on__isnull=False), name="kept_on_a_day"),
        ]
        indexes = [
            models.Index(fields=["-due_on", "-id"], name="commitments_by_day", condition=Q(private=False)),
            models.Index(fields=["person", "-due_on", "-id"], name="commitments_of_person"),
            models.Index(fields=["asked_by", "-due_on", "-id"], name="commitments_asked_by"),
            models.Index(fields=["action_list", "-due_on", "-id"], name="commitments_of_list"),
            models.Index(fields=["team", "-due_on", "-id"], name="commitments_of_team"),
        ]

    def __str__(self) -> str:
        return self.title or self.what[:80]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def kept_late(self) -> bool:
        return self.kept_on is not None and self.kept_on > self.first_due_on


class RequestToken(Token):
    """Lets the person accept, redate or decline what was asked of them, without logging in."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="request_tokens")
