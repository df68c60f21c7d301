from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions import before_after, permissions
from actions.models.action import ActionItem
from actions.models.check_deciding import Decidable
from actions.models.check_state import MOST_DAYS, OPEN_STATES, USUAL_DAYS, Method, Outcome, Said, State
from failforward import links, outbox, versions
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record

ANSWERS = ["checker", "method", "after_days", "after_losses", "looks_at", "unit", "baseline", "target"]


class CheckQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(action__in=ActionItem.objects.visible_to(user))

    def still_open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def due(self, today: date) -> Self:
        """Its day has come, or as many losses were reviewed since the fix as were to be waited for."""
        seen = before_after.losses_since(models.OuterRef("fixed_on"), models.OuterRef("action__team__path"))
        enough = Q(after_losses__isnull=False, fixed_on__isnull=False, after_losses__lte=seen)
        return self.still_open().filter(Q(due_on__lte=today) | enough)

    def waiting_for(self, user: User, today: date) -> Self:
        return self.due(today).filter(checker=user.pk)

    def for_list(self) -> Self:
        return self.select_related("action", "checker").order_by("due_on", "pk")

    def for_detail(self) -> Self:
        people = ["checker", "decided_by", "action__responsible", "action__team"]
        return self.select_related(*people, "action__action_list__owner", "action__action_list__team")


class EffectivenessCheck(Decidable, models.Model):
    """Whether a fix helped, found out later and by somebody else.

    `fixed_on` is the day on which the action was said to be done; from then on `due_on` is known. `verdict` is what
    counting said beside the criterion on the day of the decision. `on_watch`: it counts as effective, and whether the
    weakness stays away could not be told yet. `latest`: of several checks of an action, the one its page speaks of.
    """

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="checks")
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="checks")
    by_responsible = models.BooleanField(_("checked by the responsible person"), default=False)
    method = models.CharField(_("how it is checked"), max_length=10, choices=Method, default=Method.RECURRENCE)
    after_days = models.PositiveSmallIntegerField(
        _("days after it is done"),
        default=USUAL_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    after_losses = models.PositiveSmallIntegerField(_("or after so many reviewed losses"), null=True, blank=True)
    looks_at = models.CharField(_("what is looked at"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    baseline = models.DecimalField(_("before the fix"), max_digits=14, decimal_places=3, null=True, blank=True)
    target = models.DecimalField(_("to be reached"), max_digits=14, decimal_places=3, null=True, blank=True)
    fixed_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    latest = models.BooleanField(default=True)
    said = models.CharField(_("is the criterion met"), max_length=11, choices=Said, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    verdict = models.CharField(max_length=12, choices=Outcome, blank=True)
    evidence = models.TextField(_("what shows it"), blank=True)
    evidence_url = models.URLField(_("link"), blank=True)
    on_watch = models.BooleanField(default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    retired_because = models.CharField(_("why it is not checked"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action"], condition=Q(state__in=["planned", "under_way"]), name="one_open_check_an_action"
            ),
            models.UniqueConstraint(fields=["action"], condition=Q(latest=True), name="one_latest_check_an_action"),
            models.CheckConstraint(
                condition=~Q(state=State.DECIDED)
                | ~Q(outcome="")
                & ~Q(said="")
                & ~Q(evidence="")
                & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_check_says_why",
                violation_error_message=_("Say what shows it."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RETIRED) | ~Q(retired_because=""), name="a_retired_check_says_why"
            ),
            models.CheckConstraint(
                condition=Q(after_days__gte=1, after_days__lte=MOST_DAYS),
                name="a_check_waits_up_to_three_years",
                violation_error_message=_("Wait between one day and three years."),
            ),
            models.CheckConstraint(
                condition=Q(after_losses=None) | Q(after_losses__gte=1), name="a_check_waits_for_a_loss_at_least"
            ),
            models.CheckConstraint(condition=Q(due_on=None) | Q(fixed_on__isnull=False), name="due_once_it_is_done"),
            models.CheckConstraint(
                condition=~Q(state=State.UNDER_WAY) | Q(due_on__isnull=False), name="begun_when_due"
            ),
        ]
        indexes = [
            models.Index(
                fields=["checker", "due_on"], name="checks_to_make", condition=Q(state__in=["planned", "under_way"])
            )
        ]

    def __str__(self) -> str:
        return self.action.what

    def get_absolute_url(self) -> str:
        return links.address_of("check_detail", self.pk)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_under_way(self) -> bool:
        return self.state == State.UNDER_WAY

    @property
    def is_decided(self) -> bool:
        return self.state == State.DECIDED

    def is_due(self, today: date) -> bool:
        if not self.is_open or self.fixed_on is None:
            return False
        if self.due_on <= today:
            return True
        return self.after_losses is not None and before_after.losses_reviewed_since(self) >= self.after_losses

    # --- Verbs ----------------------------------------------------------------------------------

    @classmethod
    def plan(cls, by: User, action: ActionItem, *, today: date, **answers) -> "EffectivenessCheck":
        """Called by `ActionItem.plan_check`, which holds the action."""
        earlier = action.checks.filter(state=State.DECIDED).exists()
        check = cls(action=action, **answers)
        check.check_answers()
        if action.claimed_done_at:
            check.fixed_on = before_after.day_of(action.claimed_done_at, action.team)
            check.due_on = (today if earlier else check.fixed_on) + timedelta(check.after_days)
        action.checks.filter(latest=True).update(latest=False)
        check.save()
        record(action, "check_planned", by, checker=check.checker, method=check.get_method_display())
        return check

    def wait_from(self, fixed_on: date | None) -> None:
        """Called when its action is said to be done, or no longer."""
        self.fixed_on, self.due_on = fixed_on, fixed_on + timedelta(self.after_days) if fixed_on else None
        versions.keep(self, "fixed_on", "due_on")

    def change(self, by: User, seen: int | None = None, **answers) -> None:
        """Another checker, another day, another way of checking; what was found so far stays."""
        with transaction.atomic():
            self.hold(seen)
            self.must_be_open()
            changes = versions.assign(self, {name: answers[name] for name in ANSWERS if name in answers})
            self.check_answers()
            if not changes:
                return
            if "after_days" in changes and self.fixed_on and self.state == State.PLANNED:
                self.due_on = self.fixed_on + timedelta(self.after_days)
            versions.keep(self, *changes, "by_responsible", "due_on")
            self.call_off_mail()
            if "checker" in changes or not self.is_under_way:
                self.forget_unsent_mail()
            record(self.action, "check_changed", by, **changes)

    # --- What the verbs stand on ----------------------------------------------------------------

    def hold(self, seen: int | None = None) -> None:
        """The action before its check, the order in which every verb takes them."""
        action = self.action
        versions.hold(action)
        versions.hold(self, seen)
        self.action = action

    def call_off_mail(self) -> None:
        """What is to tell that its day has come, and did not go yet, goes without it: somebody is at it, or the day or
        the person is another one, who is told in their own."""
        for notice in self.notices.filter(mail__isnull=False).select_related("mail").defer("mail__body"):
            if outbox.replan(notice.mail, notice.mail.due_at):
                notice.mail = None
                notice.save(update_fields=["mail"])

    def forget_unsent_mail(self) -> None:
        """Whoever still, or again, is to check it on that day is told as if nothing had been called off."""
        self.notices.filter(to=self.checker, mail=None).delete()

    def must_be_open(self) -> None:
        if not self.is_open:
            raise Refused(_("This check is over. Plan another one."))

    def must_check(self, by: User) -> None:
        if not permissions.can_check(by, self):
            raise Refused(say("%(name)s checks this.") % {"name": self.checker.name})
        self.check_answers()

    def check_answers(self) -> None:
        """The checker is somebody else, where there is anybody else; where there is not, the record says so."""
        if not 1 <= self.after_days <= MOST_DAYS:
            raise Refused(_("Wait between one day and three years."), "after_days")
        if self.method != Method.RECURRENCE and not self.looks_at.strip():
            raise Refused(_("Say what is looked at."), "looks_at")
        owned, responsible = self.action.action_list, self.action.responsible_id
        if not owned.witnesses().filter(pk=self.checker_id).exists():
            raise Refused(
                say("%(name)s is neither on the list nor in its team.") % {"name": self.checker.name}, "checker"
            )
        self.by_responsible = self.checker_id == responsible
        if self.by_responsible and owned.witnesses().exclude(pk=responsible).exists():
            raise Refused(_("Somebody other than the responsible person checks it. Name one of the others."), "checker")
