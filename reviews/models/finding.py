import uuid
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward import links, versions
from failforward.accounts.models import Team, User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.models import record
from failforward.scopes import Among
from reviews import permissions
from reviews.categories import BY_CODE, CATEGORY_CHOICES
from reviews.models.finding_fixing import Fixable
from reviews.models.finding_regrouping import Regrouped
from reviews.models.finding_state import State

CHANGEABLE = ["title", "category", "description"]
WEIGHED = ["confidence", "effort_days", "estimate_minor", "estimate_because", "priority_minor", "priority_because"]


# Called when an event joins a finding: what hangs on findings may want to know.
after_taking: list[Callable[["Finding", models.Model, User], object]] = []


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """A finding belongs to its team: all members read it, and everybody of the teams above and managed; whoever
        owns, sponsors or is on a list reads the findings that feed it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(reduce(or_, finding_scopes(user)))

    def called(self, title: str) -> Self:
        """Those that stand under this title, however it is written; what was merged stands under another."""
        return self.filter(title__iexact=title.strip()).exclude(state=State.MERGED)

    def for_list(self) -> Self:
        return self.select_related("team").only("title", "category", "state", "opened_at", "team__name")

    def for_detail(self) -> Self:
        return self.select_related("team", "opened_by", "merged_into")


def finding_scopes(user: User) -> list[Q]:
    """Whose findings `user` reads, a condition for each reason; each alone is answered by an index in list order."""
    reach = reach_of(user)
    if reach.is_admin:
        return [Q()]
    on_a_list = [_fed_to_lists(actions__action_list__owner=user.pk)]
    on_a_list += [
        _fed_to_lists(actions__action_list__sponsor=user.pk),
        _fed_to_lists(actions__action_list__people=user.pk),
    ]
    return [Q(team__in=sorted(reach.own)), *on_a_list]


def _fed_to_lists(**whose) -> Q:
    return Q(Among("pk", Finding.objects.filter(**whose).values("pk")))


class Finding(Fixable, Regrouped):
    """The systemic weakness that several events reveal: about how we work, never about who was there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="findings")
    title = models.CharField(_("the weakness"), max_length=200)
    description = models.TextField(_("more about it"), blank=True)
    category = models.CharField(_("category"), max_length=30, choices=CATEGORY_CHOICES)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    accepted_because = models.TextField(_("why it is not worth fixing"), blank=True)
    # What its managers say of whether it is worth fixing; each may be left open.
    confidence = models.PositiveSmallIntegerField(_("how sure that a fix helps, in percent"), null=True, blank=True)
    effort_days = models.PositiveIntegerField(_("days of work"), null=True, blank=True)
    estimate_minor = models.PositiveBigIntegerField(_("what it costs besides, a year"), null=True, blank=True)
    estimate_because = models.TextField(_("how that was estimated"), blank=True)
    priority_minor = models.PositiveBigIntegerField(_("priority set by hand"), null=True, blank=True)
    priority_because = models.TextField(_("why it was set by hand"), blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    fixed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="a_finding_has_a_title"),
            models.CheckConstraint(
                condition=~Q(state=State.ACCEPTED) | ~Q(accepted_because=""),
                name="accepted_has_a_reason",
                violation_error_message=_("Say why this is not worth fixing."),
            ),
        ]
        constraints += [
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__lte=100),
                name="confidence_is_a_percentage",
                violation_error_message=_("Say how sure you are from 0 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(estimate_minor=None) | ~Q(estimate_because=""), name="an_estimate_says_how_it_was_made"
            ),
            models.CheckConstraint(
                condition=Q(priority_minor=None) | ~Q(priority_because=""), name="a_priority_by_hand_has_a_reason"
            ),
        ]
        constraints += [
            models.CheckConstraint(
                condition=Q(merged_into=None) & ~Q(state=State.MERGED)
                | Q(merged_into__isnull=False, state=State.MERGED) & ~Q(merged_into=models.F("id")),
                name="merged_says_into_which",
            )
        ]
        indexes = [
            models.Index(fields=["team", "-id"], name="findings_of_team"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return links.address_of("finding_detail", self.pk)

    @classmethod
    @transaction.atomic
    def open(
        cls, team: Team, title: str, category: str, by: User, *, description: str = "", about=None, batch_id=None
    ) -> Self:
        """A new weakness of `team`. `about` is the review it comes from: whoever leads that may open it too."""
        if not permissions.can_open_finding(by, team, about):
            raise Refused(_("Findings are opened by a manager of the team, or by whoever leads the review."))
        _check_words(title, category)
        cls.must_be_new(team.pk, title)
        finding = cls.objects.create(
            team=team,
            title=title.strip(),
            category=category,
            description=description.strip(),
            opened_by=by,
            batch_id=batch_id,
        )
        record(finding, "open", by)
        return finding

    @classmethod
    def must_be_new(cls, team: int, title: str, but: int | None = None) -> None:
        """Holds the team, as whoever counts its sums does: of two who write the same at once the second is told."""
        list(Team.objects.filter(pk=team).select_for_update(no_key=True).values_list("pk"))
        if known := cls.objects.filter(team=team).called(title).exclude(pk=but).first():
            sentence = _("“%(title)s” is known already. Join that one, or say what is different here.")
            raise Refused(sentence % known.named, "title")

    @transaction.atomic
    def change(self, by: User, *, version: int | None = None, **fields) -> bool:
        """Sets title, category or description. `version` is the one the form was opened with."""
        words = {name: fields[name].strip() for name in CHANGEABLE if name in fields}
        if words.get("title", self.title).lower() != self.title.lower():
            # Before the finding is held: whoever sorts an event holds the team first.
            self.must_be_new(self.team_id, words["title"], but=self.pk)
        self._hold_for(by, version)
        changes = versions.assign(self, words)
        if not changes:
            return False
        _check_words(self.title, self.category)
        versions.keep(self, *changes)
        record(self, "change", by, changes=changes)
        return True

    @transaction.atomic
    def take(self, event, by: User, *, seen: int | None = None) -> None:
        """The event shows this weakness. It leaves the finding it was in. `seen` is the one that it was in when that
        was chosen, 0 for none: of two who choose at once the second is told of the first's."""
        event.lock()
        if event.finding_id == self.pk:
            return
        if seen is not None:
            must_be_where_it_was(event, seen)
        if not permissions.can_feed(by, self, event):
            raise Refused(_("Events join a finding by its team’s managers or the review’s facilitator."))
        event.must_be_counted()
        if not event.may_feed_a_finding:
            raise Refused(
                _("Only a systemic event joins a finding, one unrelated to the loss, or a near miss. Sort it first.")
            )
        versions.hold(self)
        self._must_not_be_merged()
        event.finding, event.came_with = self, None
        event.save(update_fields=["finding", "came_with"])
        self._note_event(event, "take", by)
        for follow in after_taking:
            follow(self, event, by)

    @transaction.atomic
    def release(self, event, by: User) -> None:
        """Out of this one; where somebody put it elsewhere meanwhile it stays."""
        event.lock()
        if event.finding_id != self.pk:
            return
        if not permissions.can_feed(by, self, event):
            raise Refused(_("Events leave a finding by its team’s managers or the review’s facilitator."))
        self.let_go(event, by)

    def let_go(self, event, by: User | None) -> None:
        """Without asking whether `by` may: what they did to the event was theirs to do."""
        event.finding = event.came_with = None
        event.save(update_fields=["finding", "came_with"])
        self._note_event(event, "release", by)

    @transaction.atomic
    def weigh(self, by: User, *, version: int | None = None, **fields) -> bool:
        """How sure, how much work, what it costs besides, a priority by hand. Amounts are in the team's currency."""
        self._hold_for(by, version)
        changes = versions.assign(self, {name: fields[name] for name in WEIGHED if name in fields})
        if not changes:
            return False
        if self.confidence is not None and not 0 <= self.confidence <= 100:
            raise Refused(_("Say how sure you are from 0 to 100."), "confidence")
        if self.effort_days is not None and self.effort_days < 1:
            raise Refused(_("Even a small fix takes a day. Write 1 or more, or leave it open."), "effort_days")
        for amount, because in (("estimate_minor", "estimate_because"), ("priority_minor", "priority_because")):
            if getattr(self, amount) is None:
                changes |= versions.assign(self, {because: ""})
            elif not getattr(self, because).strip():
                raise Refused(_("Say in a sentence where this number comes from."), because)
        versions.keep(self, *changes)
        record(self, "weigh", by, changes=changes)
        return True

    @property
    def named(self) -> dict[str, str]:
        return {"title": self.title}

    def _hold_for(self, by: User, version: int | None = None) -> None:
        versions.hold(self, version)
        if not permissions.can_write_findings(by, self.team_id):
            raise Refused(_("Findings are changed by the managers of their team."))
        self._must_not_be_merged()

    def _must_not_be_merged(self) -> None:
        if self.merged_into_id:
            raise Refused(_("“%(title)s” was merged into another finding. Choose that one.") % self.named)

    def _write(self, **fields) -> None:
        versions.assign(self, fields)
        versions.keep(self, *fields)

    def _note_event(self, event, verb: str, by: User | None) -> None:
        """On the event always; on the finding only what its whole team may know: that a standard review fed it."""
        record(event, f"{verb} finding", by, finding=self.title)
        if event.review.is_standard:
            record(self, f"{verb} event", by)
        event.review.refresh_state()


def must_be_where_it_was(event, seen: int) -> None:
    if event.finding_id not in (None, seen):
        sentence = _("Somebody else put it into “%(title)s” meanwhile. Leave it there, or choose once more.")
        raise Refused(sentence % event.finding.named, "finding")


def _check_words(title: str, category: str) -> None:
    if not title.strip():
        raise Refused(_("Say in one sentence what the weakness is."), "title")
    if len(title.strip()) > 200:
        raise Refused(_("Keep the weakness to 200 characters; the rest goes into the description."), "title")
    if category not in BY_CODE:
        raise Refused(_("Choose one of the eleven categories."), "category")
