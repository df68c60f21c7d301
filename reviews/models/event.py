import uuid
from typing import Self

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.models import record
from reviews import permissions
from reviews.categories import CATEGORY_CHOICES
from reviews.models.event_merging import Mergeable
from reviews.models.finding import Finding
from reviews.models.review import Review, Visibility, reviews_to_tell
from reviews.models.review_person import ReviewPerson


class Role(models.TextChoices):
    CAUSED = "caused", _("Caused it")
    CONTRIBUTED = "contributed", _("Contributed")
    UNRELATED = "unrelated", _("Unrelated")
    UNKNOWN = "unknown", _("We don’t know")


# Of a fault in a deal that was won: how near it came to losing it.
NEAR_MISS_ROLES = {
    Role.CAUSED: _("Nearly cost it"),
    Role.CONTRIBUTED: _("Put it at risk"),
    Role.UNRELATED: _("Did no harm"),
    Role.UNKNOWN: Role.UNKNOWN.label,
}
# Of a gap in a hand-off: what became of what the customer was promised.
HAND_OFF_ROLES = {
    Role.CAUSED: _("Broke a promise"),
    Role.CONTRIBUTED: _("Put one at risk"),
    Role.UNRELATED: _("Did no harm"),
    Role.UNKNOWN: Role.UNKNOWN.label,
}
ROLES = {"lost_deal": dict(Role.choices), "win": NEAR_MISS_ROLES, "hand_off": HAND_OFF_ROLES}
# What did something to the outcome; the rest is not looked into further.
COUNTING = [Role.CAUSED, Role.CONTRIBUTED]


class WithoutIt(models.TextChoices):
    YES = "yes", _("Yes")
    PERHAPS = "perhaps", _("Perhaps")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("We don’t know")


class Confidence(models.TextChoices):
    GUESS = "guess", _("A guess")
    LIKELY = "likely", _("Fairly sure")
    SURE = "sure", _("Sure")


class Verdict(models.TextChoices):
    SYSTEMIC = "systemic", _("Systemic")
    ONE_OFF = "one_off", _("One-off")
    UNSURE = "unsure", _("Unsure")


EDITABLE = ["what", "happened_on", "until_on", "source", "source_url", "interpretation", "is_omission"]


class EventQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the reviews one reads; where one is asked to tell first, only one's own."""
        return self.heard_by(user).filter(review__in=Review.objects.visible_to(user))

    def few_visible_to(self, user: User) -> Self:
        """The same, asked of each: where few events are looked at, and there are far more reviews."""
        return self.heard_by(user).filter(
            models.Exists(Review.objects.visible_to(user).filter(pk=models.OuterRef("review")))
        )

    def heard_by(self, user: User) -> Self:
        return self.filter(~Q(review__in=reviews_to_tell(user)) | Q(author=user.pk))

    def in_order(self) -> Self:
        """By day; within a day by the random uuid, so that the order tells nothing about who wrote when."""
        return self.order_by(models.F("happened_on").asc(nulls_last=True), "created_on", "uuid")

    def for_card(self) -> Self:
        """To be read by itself: with its review, deal, team, and who is on it."""
        on_it = models.Prefetch("review__persons", ReviewPerson.objects.select_related("user"))
        return self.select_related("review__deal__account", "review__team").prefetch_related(on_it)

    def with_session(self) -> Self:
        """Each with `is_held`: whether a session runs on its review."""
        sessions = apps.get_model("reviews.Session").objects
        running = sessions.filter(review=models.OuterRef("review"), ended_at=None)
        return self.annotate(is_held=models.Exists(running))

    def of_standard_reviews(self) -> Self:
        return self.filter(review__visibility=Visibility.STANDARD)

    def systemic(self) -> Self:
        return self.filter(verdict=Verdict.SYSTEMIC)

    def loose(self) -> Self:
        """Events that keep a review from being closed."""
        return self.filter(Q(settled_at=None) | Q(verdict=Verdict.SYSTEMIC, finding=None))

    def progress(self) -> dict[str, int]:
        """How many events there are, have a causal role, and are settled."""
        return self.aggregate(
            events=models.Count("pk"),
            judged=models.Count("pk", filter=~Q(causal_role="")),
            settled=models.Count("pk", filter=Q(settled_at__isnull=False)),
        )


class EventManager(models.Manager.from_queryset(EventQuerySet)):
    """Without those that stand behind another: they are counted, read and judged nowhere."""

    def get_queryset(self) -> EventQuerySet:
        return super().get_queryset().filter(merged_into=None)


class FailureEvent(Mergeable):
    """One thing that happened or was left undone: a fact, with its interpretation kept apart.

    `category` and `verdict` are the settled reading (one reader's, two that agree, or the adjudication); they are
    empty until it is settled. `causal_role` is empty until somebody judged it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, models.PROTECT, related_name="events")
    what = models.TextField(_("what happened"))
    happened_on = models.DateField(_("when"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("who says so"), max_length=200, blank=True)
    source_url = models.URLField(_("link"), blank=True)
    interpretation = models.TextField(_("what we make of it"), blank=True)
    is_omission = models.BooleanField(_("something left undone"), default=False)
    anonymous = models.BooleanField(_("without my name"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    causal_role = models.CharField(_("what it did to the outcome"), max_length=12, choices=Role, blank=True)
    without_it = models.CharField(_("without it, would we have won"), max_length=8, choices=WithoutIt, blank=True)
    confidence = models.CharField(_("how sure we are"), max_length=8, choices=Confidence, blank=True)
    category = models.CharField(_("category"), max_length=30, choices=CATEGORY_CHOICES, blank=True)
    verdict = models.CharField(_("could it happen again"), max_length=8, choices=Verdict, blank=True)
    readings = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    # Everybody who was to read it has, and they differ: a facilitator or manager decides.
    disputed_at = models.DateTimeField(null=True, blank=True)
    # It was settled, and has waited for somebody to read it anew since.
    asked_again = models.BooleanField(default=False, db_default=False)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="events")
    # It came into its finding with this one, which was merged into that.
    came_with = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="told_too")
    version = models.PositiveIntegerField(default=1)
    created_on = models.DateField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = EventManager()
    everything = EventQuerySet.as_manager()
    # Those that stand behind it, where a page has read them.
    twins = ()
    # Whether a session runs on its review, where a page has asked: see `with_session`.
    is_held = False
    # What was found out about it, see `causality.add_causality`.
    base_rate = why_counts = None

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(anonymous=False) | Q(author=None), name="anonymous_has_no_author"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(finding=None) & ~Q(merged_into=models.F("id")),
                name="what_stands_behind_another_feeds_nothing",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="an_event_says_what_happened"),
            models.CheckConstraint(
                condition=Q(settled_at=None) | (~Q(category="") & Q(verdict__in=["systemic", "one_off"])),
                name="settled_has_category_and_verdict",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(happened_on=None) | Q(until_on__gte=models.F("happened_on")),
                name="an_event_ends_after_it_began",
                violation_error_message=_("The end lies before the beginning. Change one of the two dates."),
            ),
        ]
        indexes = [
            models.Index(fields=["review", "settled_at"], name="events_of_a_review"),
            # Most reviews show no weakness, and are not to be looked for among all events.
            models.Index(
                fields=["review", "finding"],
                name="systemic_events_of_a_review",
                condition=Q(verdict=Verdict.SYSTEMIC, merged_into=None),
            ),
            models.Index(
                fields=["created_on", "uuid", "review"],
                name="events_to_read",
                condition=Q(settled_at=None, disputed_at=None, merged_into=None),
            ),
            models.Index(fields=["-id"], name="events_read_twice", condition=Q(readings__gte=2)),
            models.Index(fields=["settled_at"], name="events_by_settling", condition=Q(settled_at__isnull=False)),
            models.Index(fields=["disputed_at", "id"], name="events_to_decide", condition=Q(disputed_at__isnull=False)),
            models.Index(
                models.F("category"),
                models.F("verdict"),
                Coalesce("happened_on", "created_on"),
                name="events_of_category_by_day",
                condition=Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

    @property
    def is_disputed(self) -> bool:
        return self.disputed_at is not None

    @property
    def counts(self) -> bool:
        return self.causal_role in COUNTING

    @cached_property
    def author_name(self) -> str:
        return self.author.name if self.author_id else ""

    @property
    def is_near_miss(self) -> bool:
        """A fault in a deal that was won."""
        return self.review.kind == Review.Kind.WIN

    @property
    def role_in_words(self) -> str:
        return str(ROLES[self.review.kind].get(self.causal_role, ""))

    @property
    def may_feed_a_finding(self) -> bool:
        """Systemic events do. So may one that is unrelated to the outcome or a near miss, sorted or not, unless it is
        a one-off."""
        if self.is_settled:
            return self.verdict == Verdict.SYSTEMIC
        return self.causal_role == Role.UNRELATED or self.is_near_miss

    def edit(self, by: User, *, version: int, was: dict | None = None, **fields) -> bool:
        """Changes the account of what happened. `version` is the one the form was opened with; `was`, where it is
        known, what these fields held then: two people conflict only where both changed the same field."""
        if not set(fields) <= set(EDITABLE):
            raise TypeError(f"not editable: {set(fields) - set(EDITABLE)}")
        if not fields.get("what", self.what).strip():
            raise Refused(_("Say what happened, in a sentence or two."), field="what")
        with transaction.atomic():
            self.lock()
            self.review.must_not_be_closed()
            changed = {name: value for name, value in fields.items() if getattr(self, name) != value}
            if not changed:
                return False
            if was is None or any(getattr(self, name) != was[name] for name in changed):
                self.must_be_version(version)
            before = {name: getattr(self, name) for name in changed}
            for name, value in changed.items():
                setattr(self, name, value)
            self.must_end_after_it_began()
            self.version += 1
            self.save(update_fields=[*changed, "version"])
            changes = {name: [str(before[name] or ""), str(changed[name] or "")] for name in changed}
            record(self, "edited", by, changes=changes)
        return True

    def judge(
        self,
        by: User,
        causal_role: str,
        *,
        version: int | None = None,
        without_it: str | None = None,
        confidence: str | None = None,
    ) -> bool:
        """Says what the event did to the outcome; where it is said, what would have been without it, and how sure."""
        if causal_role not in Role.values:
            raise Refused(_("Say what it did to the outcome. “We don’t know” is an answer too."), field="causal_role")
        with transaction.atomic():
            self.lock()
            self.review.must_not_be_closed()
            self.must_be_counted()
            said = {"causal_role": causal_role, "without_it": without_it, "confidence": confidence}
            said = {name: value for name, value in said.items() if value not in (None, getattr(self, name))}
            if not said:
                return False
            if version is not None:
                self.must_be_version(version)
            if not permissions.hears_all(by, self.review):
                raise Refused(_("Tell first what you know. Judging comes when you have read what the others say."))
            before = {name: getattr(self, name) for name in said}
            for name, value in said.items():
                setattr(self, name, value)
            self.version += 1
            self.save(update_fields=[*said, "version"])
            record(self, "judged", by, before=before, after=said)
            self.leave_finding_unless_fit(by)
            self.review.refresh_state()
            if self.is_settled:
                self.review.count_anew()
        return True

    def lock(self) -> None:
        """Holds the review before the event, the order in which every verb takes them."""
        review = Review.objects.select_for_update(no_key=True).get(pk=self.review_id)
        self.refresh_from_db(from_queryset=FailureEvent.everything.select_for_update(no_key=True))
        self.review = review

    def leave_finding_unless_fit(self, by: User | None) -> None:
        """What it was judged or settled as since may feed none: a one-off, or what did more than nothing and is not
        settled."""
        if self.finding_id and not self.may_feed_a_finding:
            self.finding.let_go(self, by)

    def must_be_counted(self) -> None:
        if self.merged_into_id:
            raise Refused(_("This event stands behind another that tells the same. Look at that one."))

    def must_end_after_it_began(self) -> None:
        """Each of two editors may have moved one of the two days."""
        if self.happened_on and self.until_on and self.until_on < self.happened_on:
            raise Refused(_("The end lies before the beginning. Change one of the two dates."), field="until_on")

    def must_be_version(self, version: int) -> None:
        if self.version != version:
            raise Conflict(_("Somebody else changed this event while you wrote. Both are shown; choose."), current=self)
