import uuid
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem
from actions.models.action_list import ActionList, on_list
from actions.models.agreeing import Agreeing
from actions.models.coaching_talk import CoachingTalk
from actions.models.follow_up import FollowUp
from actions.models.milestone import Milestone
from actions.models.moving import Moving
from actions.models.parents import PARENTS, at_most_one
from actions.models.promise import OPEN_STATES, State
from actions.models.settling import Settling
from actions.models.step import Step
from failforward import links
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.scopes import Among
from failforward.tokens import Token
from reviews.models import Deal, Review
from reviews.models.review import Visibility, is_standard, on_it

# What a row of the list shows.
LISTED = ["what", "title", "state", "private", "due_on", "first_due_on", "kept_on"]
LISTED += ["person__name", "asked_by__name", "action_list__name"]


class CommitmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own and what one asked for; shared ones of one's lists, reviews and teams managed. Private ones: their
        person only, not even admins. The partner reads by a link of their own."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(reduce(or_, commitment_scopes(user)))

    def still_open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def without_question(self) -> Self:
        """Open, and nobody is going to ask about it."""
        planned = FollowUp.objects.waiting().filter(commitment=OuterRef("pk"))
        return self.still_open().filter(~Exists(planned))

    def waiting_for(self, user: User) -> Self:
        """What `user` has promised or is asked to promise, the next due first."""
        return self.filter(person=user.pk, state__in=[State.REQUESTED, *OPEN_STATES]).order_by("due_on", "pk")

    def for_list(self) -> Self:
        return self.select_related("person", "asked_by", "action_list")

    def for_rows(self) -> Self:
        """For the list of all, which shows little of each."""
        return self.for_list().only(*LISTED)

    def for_desk(self) -> Self:
        return self.select_related("asked_by").only("what", "title", "state", "due_on", "asked_by__name")

    def for_detail(self) -> Self:
        parents = ["action", "step__action", "milestone__action", "review__deal__account", "deal__account"]
        return self.for_page().select_related(*parents, "previous")

    def for_page(self) -> Self:
        """What it hangs from is read beside it: planning a join of all kinds takes longer than the page."""
        return self.select_related("person", "asked_by", "team", "action_list__owner")


def commitment_scopes(user: User) -> list[Q]:
    """Whose commitments `user` reads, a condition for each reason. What hangs from a named or sealed review is seen by
    those on it, and by nobody for any other reason but being the person or the asker."""
    reach = reach_of(user)
    shared = Q(private=False)
    open_to_teams = shared & (Q(review=None) | Q(is_standard()))
    scopes = [Q(person=user.pk), shared & Q(asked_by=user.pk), shared & Q(on_it(user, "review"))]
    if reach.is_admin:
        return [*scopes, open_to_teams]
    return [*scopes, shared & Q(on_list(user)), open_to_teams & Q(team__in=sorted(reach.managed))]


def under_actions(actions: Sequence[int]) -> Q:
    """Those on these, their steps and their milestones. Without a join, so that each is found by its own index."""
    steps, milestones = (part.objects.filter(action__in=actions).values("pk") for part in (Step, Milestone))
    return Q(action__in=actions) | Q(Among("step", steps)) | Q(Among("milestone", milestones))


class Commitment(Agreeing, Moving, Settling):
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
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="following")
    action = models.ForeignKey(ActionItem, models.PROTECT, null=True, blank=True, related_name="commitments")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="commitments")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="commitments")
    review = models.ForeignKey(Review, models.PROTECT, null=True, blank=True, related_name="commitments")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="commitments")
    talk = models.ForeignKey(CoachingTalk, models.PROTECT, null=True, blank=True, related_name="commitments")
    meeting = models.ForeignKey("actions.Meeting", models.PROTECT, null=True, blank=True, related_name="commitments")
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
            models.CheckConstraint(
                condition=Q(private=False) | Q(asked_by=None, action_list=None), name="a_private_one_has_no_asker"
            ),
            models.CheckConstraint(condition=~Q(state=State.KEPT) | Q(kept_on__isnull=False), name="kept_on_a_day"),
        ]
        indexes = [
            models.Index(fields=["-due_on", "-id"], name="commitments_by_day", condition=Q(private=False)),
            models.Index(fields=["person", "-due_on", "-id", "state"], name="commitments_of_person"),
            models.Index(fields=["asked_by", "-due_on", "-id", "state", "private"], name="commitments_asked_by"),
            # With all that decides whether others read them: thousands are found and counted from the index alone.
            models.Index(fields=["action_list", "-due_on", "-id", "state", "private"], name="commitments_of_list"),
            models.Index(fields=["team", "-due_on", "-id", "state", "private", "review"], name="commitments_of_team"),
            # Most hang from none, which makes the index of all look as if it told little apart.
            models.Index(fields=["review"], name="commitments_of_review", condition=Q(review__isnull=False)),
            models.Index(fields=["state", "due_on"], name="commitments_of_state_by_day"),
        ]

    def __str__(self) -> str:
        return self.title or self.what[:80]

    def get_absolute_url(self) -> str:
        return links.address_of("commitment_detail", self.pk)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def in_closed_circle(self) -> bool:
        """It hangs from a review that only those on it may read."""
        return self.review is not None and self.review.visibility != Visibility.STANDARD

    @property
    def kept_late(self) -> bool:
        return self.kept_on is not None and self.kept_on > self.first_due_on

    @property
    def parent(self) -> dict[str, models.Model]:
        """What it hangs from, by kind; empty or one."""
        return {kind: getattr(self, kind) for kind in PARENTS if getattr(self, f"{kind}_id")}


class RequestToken(Token):
    """Lets the person accept, redate or decline what was asked of them, without logging in."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="request_tokens")
