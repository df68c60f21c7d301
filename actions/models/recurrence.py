from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions import permissions
from actions.models.action import ActionItem
from failforward import links, outbox
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.models import record
from reviews.models import FailureEvent, Finding, Verdict
from reviews.models.finding import State as FindingState
from reviews.models.review_state import Visibility

MAIL = "came_back"


class State(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    ACCEPTED = "accepted", _("it came back")
    REJECTED = "rejected", _("something else")


class RecurrenceQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Whoever reads both the event and the finding; of standard reviews only."""
        return self.of_findings_read(user).filter(finding__in=Finding.objects.visible_to(user).values("pk"))

    def of_findings_read(self, user: User) -> Self:
        """The same, of findings that `user` is known to read. Asked of each event: there are far more events."""
        event = FailureEvent.objects.few_visible_to(user).filter(pk=OuterRef("event"))
        return self.standard().filter(Exists(event))

    def standard(self) -> Self:
        return self.filter(event__review__visibility=Visibility.STANDARD)

    def waiting(self) -> Self:
        """Nobody has said yet whether it is the same, and it may still be."""
        proposed = self.filter(state=State.PROPOSED, finding__state=FindingState.FIXED)
        elsewhere = ~Q(event__finding=None) & ~Q(event__finding=models.F("finding"))
        proposed = proposed.filter(event__verdict=Verdict.SYSTEMIC, event__merged_into=None).exclude(elsewhere)
        return proposed.filter(event__review__lost_on__gte=models.F("finding__fixed_on"))

    def waiting_for(self, user: User) -> Self:
        """What `user` reads and is asked to look at: a manager of the finding's team, or whoever facilitates."""
        reach, proposed = reach_of(user), self.visible_to(user).waiting()
        if reach.is_admin:
            return proposed
        return proposed.filter(Q(finding__team__in=reach.managed) | Q(event__review__facilitator=user.pk))

    def for_list(self) -> Self:
        return self.select_related("finding", "event__review__deal__account").order_by("pk")

    def for_detail(self) -> Self:
        people = ["decided_by", "event__review__deal__account", "event__review__team", "finding__team"]
        return self.select_related(*people).prefetch_related("event__review__persons")


class Recurrence(models.Model):
    """A new event that looks like a weakness which counts as fixed, and what a person said to it.

    `because` are the words that both speak of; a person who put the event there by hand needs none.
    """

    event = models.ForeignKey(FailureEvent, models.PROTECT, related_name="recurrences")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="recurrences")
    same_category = models.BooleanField(default=False)
    because = models.CharField(max_length=200, blank=True)
    score = models.FloatField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    reason = models.TextField(_("why"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = RecurrenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "finding"], name="an_event_once_for_a_finding"),
            models.CheckConstraint(
                condition=Q(state=State.PROPOSED) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="somebody_said_that_it_came_back",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REJECTED) | ~Q(reason=""),
                name="not_a_recurrence_says_why",
                violation_error_message=_("Say why it is something else."),
            ),
        ]
        indexes = [models.Index(fields=["finding"], name="recurrences_to_decide", condition=Q(state="proposed"))]

    def __str__(self) -> str:
        return self.finding.title

    def get_absolute_url(self) -> str:
        return links.address_of("recurrence_detail", self.pk)

    @property
    def waits(self) -> bool:
        return self.state == State.PROPOSED

    @property
    def is_elsewhere(self) -> bool:
        """Somebody has put the event into another finding since."""
        return self.event.finding_id not in (None, self.finding_id)

    @property
    def is_earlier(self) -> bool:
        """The day of the loss was corrected since: it was lost before the fix."""
        fixed_on = self.finding.fixed_on
        return fixed_on is not None and self.event.review.lost_on < fixed_on

    # --- Verbs ----------------------------------------------------------------------------------

    def accept(self, by: User, *, now: datetime, reason: str = "") -> None:
        """It came back: the event joins the finding, which is open again, and so is the last review on it; the fix did
        not last, and whoever owns or sponsors its list hears of it."""
        with transaction.atomic():
            self.hold(by)
            if not self.waits:
                return
            if self.finding.state != FindingState.FIXED:
                raise Refused(_("This finding does not count as fixed any more. There is nothing to reopen."))
            if self.is_elsewhere:
                raise Refused(_("This event belongs to another finding now. Take it out of that one first."))
            if self.is_earlier:
                raise Refused(_("This deal was lost before the fix, so it says nothing about it. Say that instead."))
            self.finding.take(self.event, by)
            lost_on = self.event.review.lost_on
            self.finding.mark_open_again(by, reason.strip() or say("It was seen again."))
            fixes = [one for one in self.finding.actions.order_by("pk") if one.come_back(by, self.finding, lost_on)]
            self.settle(State.ACCEPTED, by, now, reason)
            record(self.finding, "came back", by)
            self.tell(fixes, by, now)

    def reject(self, by: User, reason: str, *, now: datetime) -> None:
        """It is something else, and why."""
        if not reason.strip():
            raise Refused(_("Say why it is something else."), "reason")
        with transaction.atomic():
            self.hold(by)
            if not self.waits:
                return
            self.settle(State.REJECTED, by, now, reason)
            record(self.finding, "not come back", by, reason=reason.strip())

    # --- What the verbs stand on ----------------------------------------------------------------

    def hold(self, by: User) -> None:
        if not permissions.can_decide_recurrence(by, self):
            raise Refused(_("A manager of the team decides this, or whoever leads the review."))
        # Actions before findings, the order in which all verbs hold them.
        fixes = self.finding.actions.order_by().values("pk")
        list(ActionItem.objects.filter(pk__in=fixes).order_by("pk").select_for_update(no_key=True))
        self.event.lock()
        self.finding = Finding.objects.select_for_update(no_key=True).get(pk=self.finding_id)
        self.refresh_from_db(
            from_queryset=Recurrence.objects.select_for_update(no_key=True),
            fields=["state", "reason", "decided_by", "decided_at"],
        )

    def settle(self, state: str, by: User, now: datetime, reason: str) -> None:
        self.state, self.reason, self.decided_by, self.decided_at = state, reason.strip(), by, now
        self.save(update_fields=["state", "reason", "decided_by", "decided_at"])

    def tell(self, fixes: list[ActionItem], by: User, now: datetime) -> None:
        """Each once, however many of their actions it concerns; not whoever said it themselves."""
        lists = [fix.action_list for fix in fixes]
        people = {person.pk: person for one in lists for person in (one.owner, one.sponsor) if person is not None}
        for pk in sorted(people.keys() - {by.pk}):
            outbox.plan(f"{MAIL}:{self.pk}:{pk}", MAIL, people[pk], now, subject_id=self.pk, batch_id=self.batch_id)
