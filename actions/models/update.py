from datetime import date, datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem
from actions.models.action_state import State
from actions.models.milestone import Milestone
from actions.permissions import can_work_on
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record

LONGEST = 5_000
# "Yes." settles no question of substance.
SHORTEST_LESSON = 12


class Hill(models.IntegerChoices):
    """Where an action stands: going up is finding out, going down is getting it done."""

    BEGUN = 1, _("finding out: just begun")
    CLIMBING = 2, _("finding out: half way")
    NEARLY_UP = 3, _("finding out: nearly clear")
    TOP = 4, _("on top: we know what to do")
    DESCENDING = 5, _("getting done: just begun")
    HALF_DOWN = 6, _("getting done: half way")
    NEARLY_DOWN = 7, _("getting done: nearly there")


class Better(models.TextChoices):
    UP = "up", _("more is better")
    DOWN = "down", _("less is better")


# What makes an update progress. Nobody ticks a box: it is read from what the update carries.
REACHED = Q(milestone__reached_on__isnull=False)
MOVED = Q(better=Better.UP, measure_to__gt=F("measure_from")) | Q(better=Better.DOWN, measure_to__lt=F("measure_from"))
SETTLED = ~Q(learned="")


class UpdateQuerySet(models.QuerySet):
    def progress(self) -> Self:
        return self.filter(REACHED | MOVED | SETTLED)

    def activity(self) -> Self:
        return self.exclude(pk__in=self.model.objects.progress().values("pk"))

    def open_questions(self) -> Self:
        return self.exclude(question="").filter(learned="", settled_by=None)

    def for_page(self) -> Self:
        return self.select_related("by", "milestone", "settles")


class Update(models.Model):
    """What somebody says of an action, on a day. It is progress or activity by what it carries."""

    Hill, Better = Hill, Better

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="updates", db_index=False)
    text = models.TextField(_("what happened"), blank=True)
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="updates")
    measure = models.CharField(_("what is measured"), max_length=120, blank=True)
    measure_from = models.DecimalField(_("from"), max_digits=14, decimal_places=3, null=True, blank=True)
    measure_to = models.DecimalField(_("to"), max_digits=14, decimal_places=3, null=True, blank=True)
    better = models.CharField(_("which way is better"), max_length=4, choices=Better, blank=True)
    question = models.CharField(_("open question"), max_length=300, blank=True)
    learned = models.TextField(_("what was learned"), blank=True)
    # The earlier update that asked the question which this one settles.
    settles = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="settled_by")
    hill = models.PositiveSmallIntegerField(_("where it stands"), choices=Hill, null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text="") | Q(hill__isnull=False), name="an_update_says_something"),
            models.CheckConstraint(
                condition=Q(measure="", measure_from=None, measure_to=None, better="")
                | ~Q(measure="")
                & ~Q(better="")
                & Q(measure_from__isnull=False, measure_to__isnull=False)
                & ~Q(measure_from=F("measure_to")),
                name="a_measure_moves_from_to",
                violation_error_message=_("Say what is measured, from where to where, and which way is better."),
            ),
            models.CheckConstraint(
                condition=Q(learned="") | ~Q(question=""),
                name="what_is_learned_settles_a_question",
                violation_error_message=_("Say which question this settles."),
            ),
            models.CheckConstraint(
                condition=Q(hill=None) | Q(hill__gte=Hill.BEGUN, hill__lte=Hill.NEARLY_DOWN), name="on_the_hill"
            ),
        ]
        indexes = [models.Index(fields=["action", "-on", "-id"], name="updates_of_an_action")]

    def __str__(self) -> str:
        return self.text[:80] or self.get_hill_display()

    @property
    def is_progress(self) -> bool:
        """What `progress` asks the database."""
        reached = self.milestone is not None and self.milestone.reached_on is not None
        return reached or self.measure_improved or bool(self.learned)

    @property
    def measure_improved(self) -> bool:
        if not self.measure:
            return False
        return self.measure_to > self.measure_from if self.better == Better.UP else self.measure_to < self.measure_from

    @classmethod
    def write(
        cls,
        by: User,
        action: ActionItem,
        text: str = "",
        *,
        now: datetime,
        today: date,
        milestone: Milestone | None = None,
        evidence: str = "",
        evidence_url: str = "",
        seen_by: User | None = None,
        measure: str = "",
        measure_from: Decimal | None = None,
        measure_to: Decimal | None = None,
        better: str = "",
        question: str = "",
        learned: str = "",
        settles: "Update | None" = None,
        hill: int | None = None,
    ) -> "Update":
        """The same words said twice on one day are one update. A milestone named here is reached with its evidence."""
        said = {
            "text": text.strip(),
            "measure": measure.strip(),
            "measure_from": measure_from,
            "measure_to": measure_to,
            "better": better if measure.strip() else "",
            "question": settles.question if settles else question.strip(),
            "learned": learned.strip(),
            "hill": hill,
        }
        with transaction.atomic():
            action.hold_open()
            if not can_work_on(by, action):
                raise Refused(_("The responsible person and whoever leads the list say how it goes."))
            check_said(said, milestone)
            same = cls.objects.filter(action=action, by=by, on=today, milestone=milestone, settles=settles, **said)
            if there := same.first():
                return there
            if settles is not None:
                check_open(settles, action)
            if milestone is not None:
                check_ahead(milestone, action)
                milestone.reach(by, today=today, evidence=evidence, evidence_url=evidence_url, seen_by=seen_by)
            if action.state == State.COMMITTED:
                action.enter(State.IN_PROGRESS, by, "started")
            update = cls.objects.create(
                action=action,
                by=by,
                on=today,
                at=now,
                milestone=milestone,
                settles=settles,
                batch_id=action.batch_id,
                **said,
            )
            record(action, "progress_told" if update.is_progress else "activity_told", by, text=str(update))
        return update


def check_said(said: dict, milestone: Milestone | None) -> None:
    if not said["text"] and said["hill"] is None:
        raise Refused(_("Say in a line what happened."), "text")
    numbers = (said["measure_from"], said["measure_to"])
    if not said["measure"] and any(number is not None for number in numbers):
        raise Refused(_("Say what is measured."), "measure")
    if said["measure"]:
        if None in numbers:
            raise Refused(_("Say from where to where it moved."), "measure_to")
        if numbers[0] == numbers[1]:
            raise Refused(_("From and to are the same: it has not moved."), "measure_to")
        if said["better"] not in Better.values:
            raise Refused(_("Say which way is better, more or less."), "better")
    if said["learned"] and not said["question"]:
        raise Refused(_("Say which question this settles."), "question")
    if said["learned"] and len(said["learned"]) < SHORTEST_LESSON:
        raise Refused(_("Say in a sentence what you learned. A question is settled by its answer."), "learned")


def check_ahead(milestone: Milestone, action: ActionItem) -> None:
    if milestone.action_id != action.pk:
        raise Refused(_("This milestone belongs to another action."), "milestone")
    milestone.action = action
    milestone.check_ahead()


def check_open(settles: Update, action: ActionItem) -> None:
    if settles.action_id != action.pk or not settles.question:
        raise Refused(_("This question belongs to another action."), "settles")
    if settles.learned or Update.objects.filter(settles=settles).exists():
        raise Refused(_("This question is settled already."), "settles")
