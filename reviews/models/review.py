import uuid
from typing import Self

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from failforward import links
from failforward.accounts.models import Membership, Team, User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.models import record
from failforward.ids import random_id
from failforward.scopes import Among
from reviews.models.deal import LISTED as DEAL_LISTED
from reviews.models.deal import Deal
from reviews.models.review_choosing import Choosable
from reviews.models.review_closing import Closable
from reviews.models.review_gathering import Gathering
from reviews.models.review_people import Peopled
from reviews.models.review_person import ReviewPerson
from reviews.models.review_state import CHOSEN_STATES, DERIVED_STATES, OPEN_STATES, State, Visibility, state_of
from reviews.models.review_thanks import Thanking

CLOSED = _("This review is closed. Add a dated note, or have it reopened.")
# What a row of a list shows; reading whole rows takes twice as long.
NOT_REVIEWED = {
    "lost_deal": _("This loss is not reviewed. Choose it for review first."),
    "hand_off": _("This hand-off is not reviewed. Choose it for review first."),
    "win": _("This win is not reviewed. Choose it for review first."),
}
LISTED = ["kind", "state", "visibility", "lost_on", "value_minor", "value_order", "waived_because", "lesson"]
LISTED += [f"deal__{name}" for name in DEAL_LISTED]
# What the team's rule for choosing weighs, and whose it is.
WEIGHED = ["owner__name", "team__currency", "team__review_from_minor", "team__review_every_nth"]


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        mine = Q(on_it(user))
        if reach.is_admin:
            return self.filter(Q(visibility=Visibility.STANDARD) | mine)
        return self.filter(Q(visibility=Visibility.STANDARD) & (Q(team__in=reach.managed) | Q(owner=user.pk)) | mine)

    def standard(self) -> Self:
        """All that sums, counts, shares and charts are made of, for everybody."""
        return self.filter(visibility=Visibility.STANDARD)

    def to_choose(self) -> Self:
        return self.filter(state=State.PENDING)

    def under_way(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def chosen(self) -> Self:
        return self.filter(state__in=CHOSEN_STATES)

    def on(self, user: User) -> Self:
        """The reviews that `user` is on, whatever their visibility."""
        return self.filter(on_it(user))

    def for_list(self) -> Self:
        return self.select_related("deal__account").only(*LISTED)

    def for_triage(self) -> Self:
        return self.select_related("deal__account", "owner", "team").only(*LISTED, *WEIGHED)

    def for_export(self) -> Self:
        return self.select_related("deal__account", "owner", "team")

    def for_session(self) -> Self:
        """With the names of its deal and its team; of its people there may be many, see `crew`."""
        return self.select_related("deal__account", "team", "closed_by")

    def for_detail(self) -> Self:
        return self.for_page().prefetch_related(models.Prefetch("persons", ReviewPerson.objects.select_related("user")))

    def for_page(self) -> Self:
        """Without those who are on it, see `crew`."""
        members = Membership.objects.filter(team=models.OuterRef("team")).order_by().values("team")
        size = models.Subquery(members.values(size=models.Count("pk")))
        one = ["deal__account", "owner", "team", "closed_by", "direct_cost"]
        related = self.select_related(*one)
        sessions = apps.get_model("reviews.Session").objects
        held = models.Exists(sessions.filter(review=models.OuterRef("pk"), ended_at=None))
        return related.annotate(team_size=Coalesce(size, 0), is_held=held)


def on_it(user: User, review: str = "pk") -> Among:
    """The reviews that `user` is on."""
    return Among(review, ReviewPerson.objects.filter(user=user.pk).values("review"))


def reviews_to_tell(user: User) -> models.QuerySet:
    """Full reviews that gather, in which `user` has not told yet and so does not hear the others. Their facilitator
    hears all. The same as `not permissions.hears_all`."""
    asked = ReviewPerson.objects.filter(
        user=user.pk, has_told=False, review__depth=Review.Depth.FULL, review__state=State.GATHERING
    )
    return asked.exclude(review__facilitator=user.pk).values("review")


def is_standard(review: str = "review") -> Exact:
    """Asked for each row by itself: for a join, the visibility of all reviews is read to learn that of a few."""
    visibility = Review.objects.filter(pk=models.OuterRef(review)).values("visibility")
    return Exact(models.Subquery(visibility), Visibility.STANDARD)


def is_of_a_loss(review: str = "review") -> Exact:
    """Asked for each row by itself, like `is_standard`."""
    kind = Review.objects.filter(pk=models.OuterRef(review)).values("kind")
    return Exact(models.Subquery(kind), Review.Kind.LOST_DEAL)


def review_scopes(user: User) -> list[Q]:
    """Whose reviews `user` reads, a condition for each reason; each alone is answered by an index in list order."""
    reach = reach_of(user)
    standard = Q(visibility=Visibility.STANDARD)
    mine = Q(on_it(user))
    if reach.is_admin:
        return [standard, mine]
    return [standard & Q(team__in=sorted(reach.managed)), standard & Q(owner=user.pk), mine]


class Review(Choosable, Peopled, Gathering, Thanking, Closable):
    """The after-action review of one deal.

    `team`, `owner` (the deal's), `lost_on` and `value_minor` repeat the deal's, so that every list of reviews is read
    in index order; the deal's verbs keep them in step.
    """

    class Kind(models.TextChoices):
        LOST_DEAL = "lost_deal", _("lost deal")
        HAND_OFF = "hand_off", _("hand-off")
        WIN = "win", _("win")

    class Depth(models.TextChoices):
        QUICK = "quick", _("quick review")
        FULL = "full", _("full review")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LOST_DEAL)
    depth = models.CharField(max_length=5, choices=Depth, default=Depth.QUICK)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    visibility = models.CharField(_("who reads it"), max_length=10, choices=Visibility, default=Visibility.STANDARD)
    # The list indexes below begin with team and owner; one more of each would only mislead the planner.
    team = models.ForeignKey(Team, models.PROTECT, related_name="reviews", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Of a win or a hand-off: the day the deal was closed.
    lost_on = models.DateField()
    value_minor = models.BigIntegerField(null=True, blank=True)
    # What lists are ordered by: a value that is not stated comes last.
    value_order = models.GeneratedField(
        expression=Coalesce("value_minor", models.Value(-1)), output_field=models.BigIntegerField(), db_persist=True
    )
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="ReviewPerson",
        through_fields=("review", "user"),
        related_name="reviews",
    )
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="facilitated_reviews"
    )
    self_facilitated = models.BooleanField(default=False)
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    readers_per_event = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    opened_on = models.DateField(null=True, blank=True)
    target_close_on = models.DateField(_("to be closed by"), null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    waived_because = models.TextField(_("why it is not reviewed"), blank=True)
    lesson = models.TextField(_("lesson"), blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reopened_because = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "kind"],
                condition=Q(visibility=Visibility.STANDARD),
                name="one_standard_review_of_a_kind",
                violation_error_message=_("This deal has a review already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAIVED) | ~Q(waived_because=""),
                name="waived_has_a_reason",
                violation_error_message=_("Say in a few words why this loss is not reviewed."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED) | Q(closed_at__isnull=False), name="closed_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(readers_per_event=None) | Q(readers_per_event__gte=1, readers_per_event__lte=9),
                name="a_review_has_one_reader_to_nine",
            ),
        ]
        indexes = [
            # With all that the steps of the loop are counted by, so that the rows themselves need not be read.
            models.Index(
                fields=["-lost_on", "-id", "visibility", "kind", "state", "deal", "team", "owner"],
                name="reviews_by_loss_and_state",
                condition=Q(visibility=Visibility.STANDARD),
            ),
            models.Index(
                fields=["team", "-lost_on", "-id"],
                name="reviews_of_team_by_loss",
                condition=Q(visibility=Visibility.STANDARD),
            ),
            models.Index(
                fields=["owner", "-lost_on", "-id"],
                name="reviews_of_owner_by_loss",
                condition=Q(visibility=Visibility.STANDARD),
            ),
            models.Index(
                fields=["-lost_on", "-id"],
                name="lessons_by_day",
                condition=Q(visibility=Visibility.STANDARD, state=State.CLOSED) & ~Q(lesson=""),
            ),
            models.Index(
                fields=["team", "-lost_on", "-id"],
                name="lessons_of_team_by_day",
                condition=Q(visibility=Visibility.STANDARD, state=State.CLOSED) & ~Q(lesson=""),
            ),
            # With the visibility at the end they are counted from the index alone.
            models.Index(
                fields=["team", "state", "-value_order", "-id", "visibility"], name="reviews_of_team_by_state"
            ),
            models.Index(fields=["state", "-value_order", "-id"], name="reviews_by_state"),
            models.Index(
                fields=["-value_order", "-id"], name="reviews_by_value", condition=Q(visibility=Visibility.STANDARD)
            ),
            models.Index(fields=["team", "-value_order", "-id", "visibility"], name="reviews_of_team_by_value"),
            # Few among the losses, and a list of its own.
            models.Index(fields=["-lost_on", "-id"], name="reviews_of_wins_by_day", condition=Q(kind="win")),
            models.Index(fields=["owner", "-value_order", "-id"], name="reviews_of_owner_by_value"),
        ]

    def __str__(self) -> str:
        return str(self.deal)

    def get_absolute_url(self) -> str:
        return links.address_of("review_detail", self.pk)

    @property
    def is_closed(self) -> bool:
        return self.state == State.CLOSED

    @property
    def is_standard(self) -> bool:
        return self.visibility == Visibility.STANDARD

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def readers_needed(self) -> int:
        return self.readers_per_event or self.team.readers_needed(getattr(self, "team_size", None))

    def add_event(self, by: User | None, what: str, *, anonymous: bool = False, **fields) -> models.Model:
        """An anonymous event keeps nobody's name: not here, not in the history, not by putting them on the review."""
        if not what.strip():
            raise Refused(_("Say what happened, in a sentence or two."), field="what")
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            if self.state == State.WAIVED:
                raise Refused(NOT_REVIEWED[self.kind])
            event = self.events.create(
                id=random_id(),
                what=what.strip(),
                anonymous=anonymous,
                author=None if anonymous else by,
                batch_id=self.batch_id,
                **fields,
            )
            record(event, "added", by, anonymous=anonymous)
            self.refresh_state()
        return event

    def refresh_state(self) -> None:
        """Nobody clicks through the states: they follow from what is filled in."""
        with transaction.atomic():
            self.lock()
            if self.state not in DERIVED_STATES:
                return
            state = state_of(**self.events.progress())
            if state != self.state:
                self.state = state
                self.save(update_fields=["state"])

    def count_anew(self) -> None:
        """Whatever changes what insights sum up calls this, in its own transaction."""
        from reviews import summaries

        summaries.count_anew([self.pk])

    def weigh_again(self) -> None:
        """Whatever lets fewer people read its events calls this, in its own transaction."""
        from reviews import coding

        coding.weigh_again(self, timezone.now())

    def lock(self) -> None:
        """Reads the row again and holds it, so that two verbs at once see each other. What only points at it (a sum
        that is rebuilt) does not wait, and so cannot wait for what the verb waits for."""
        self.persons_read = None
        self.refresh_from_db(from_queryset=Review.objects.select_for_update(no_key=True))

    def must_not_be_closed(self) -> None:
        if self.is_closed:
            raise Refused(CLOSED)
