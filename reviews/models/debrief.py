from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward import versions
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews import permissions
from reviews.models.event import FailureEvent
from reviews.models.review import Review


class Channel(models.TextChoices):
    PHONE = "phone", _("by phone")
    MEETING = "meeting", _("face to face")
    MAIL = "mail", _("by mail")
    SURVEY = "survey", _("in a survey")
    THIRD = "third", _("through somebody else")


class Agrees(models.TextChoices):
    YES = "yes", _("agrees with our view")
    PARTLY = "partly", _("agrees in part")
    NO = "no", _("sees it otherwise")
    UNKNOWN = "unknown", _("we don’t know")


SAID = ["who", "role", "said_on", "channel", "candour", "agrees"]


class DebriefQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(review__in=Review.objects.visible_to(user))


class Debrief(models.Model):
    """What somebody at the customer said about it: their view, put in context by who said it, how, and how openly."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="debriefs")
    who = models.CharField(_("who"), max_length=200)
    role = models.CharField(_("their role"), max_length=200, blank=True)
    said_on = models.DateField(_("when"))
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    candour = models.PositiveSmallIntegerField(_("how openly, 1 to 5"), null=True, blank=True)
    agrees = models.CharField(_("their view and ours"), max_length=10, choices=Agrees, default=Agrees.UNKNOWN)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = DebriefQuerySet.as_manager()

    class Meta:
        ordering = ["said_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(who=""), name="a_debrief_says_who"),
            models.CheckConstraint(
                condition=Q(candour=None) | Q(candour__range=(1, 5)), name="candour_is_from_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}, {self.role}" if self.role else self.who

    @classmethod
    @transaction.atomic
    def add(cls, review: Review, by: User, *, reasons: Iterable[str], today, **said) -> Self:
        review.lock()
        must_be_open(review, by)
        check(said, reasons, today)
        debrief = cls.objects.create(review=review, added_by=by, batch_id=review.batch_id, **said)
        debrief.keep_reasons(reasons)
        record(review, "debrief_added", by, who=debrief.who)
        return debrief

    @transaction.atomic
    def edit(self, by: User, *, version: int, reasons: Iterable[str], today, **said) -> bool:
        """What became an event stays a reason; of the others those stay that are still said."""
        self.review.lock()
        must_be_open(self.review, by)
        versions.hold(self, version)
        check(said, reasons, today)
        changes = versions.assign(self, {name: said[name] for name in SAID if name in said})
        changed = self.keep_reasons(reasons)
        if not changes and not changed:
            return False
        versions.keep(self, *changes)
        record(self.review, "debrief_changed", by, who=self.who)
        return True

    def keep_reasons(self, reasons: Iterable[str]) -> bool:
        known = {reason.text: reason for reason in self.reasons.all()}
        told = [text.strip() for text in reasons if text.strip()]
        gone = [one.pk for text, one in known.items() if text not in told and one.event_id is None]
        self.reasons.filter(pk__in=gone).delete()
        new = [text for text in dict.fromkeys(told) if text not in known]
        DebriefReason.objects.bulk_create(
            DebriefReason(debrief=self, text=text, batch_id=self.batch_id) for text in new
        )
        return bool(gone or new)


class DebriefReason(models.Model):
    """One reason they gave, in their words."""

    debrief = models.ForeignKey(Debrief, models.PROTECT, related_name="reasons")
    text = models.TextField(_("reason"))
    event = models.ForeignKey(FailureEvent, models.PROTECT, null=True, blank=True, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]

    @transaction.atomic
    def become_event(self, by: User) -> FailureEvent:
        """An event that says who says so. Pressed twice it is one."""
        review = self.debrief.review
        review.lock()
        must_be_open(review, by)
        self.refresh_from_db(from_queryset=DebriefReason.objects.select_for_update(no_key=True))
        if self.event_id is None:
            self.event = review.add_event(by, self.text, source=str(self.debrief)[:200])
            self.save(update_fields=["event"])
        return self.event


def must_be_open(review: Review, by: User) -> None:
    review.must_not_be_closed()
    if not permissions.can_edit_review(by, review):
        raise Refused(_("What the customer said is written down by the people on the review while it is open."))


def check(said: dict, reasons: Iterable[str], today) -> None:
    if not said["who"].strip():
        raise Refused(_("Say who it was. Their role will do, when you should not name them."), "who")
    if said["said_on"] > today:
        raise Refused(_("That day lies ahead. Choose today or an earlier day."), "said_on")
    if said.get("candour") not in (None, 1, 2, 3, 4, 5):
        raise Refused(_("Choose from 1 to 5, or leave it open."), "candour")
    if not any(text.strip() for text in reasons):
        raise Refused(_("Write down at least one reason they gave, in their words."), "reasons")
