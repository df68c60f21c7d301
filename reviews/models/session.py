from datetime import datetime, timedelta
from typing import NamedTuple, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews import permissions
from reviews.models.review import Review


class Step(models.TextChoices):
    GATHER = "gather", _("Gather")
    CAUSES = "causes", _("Causes")
    SORT = "sort", _("Sort")
    FINDINGS = "findings", _("Findings")
    CLOSE = "close", _("Close")


# What a step gets unless somebody gives it more, and the most it can be given.
MINUTES = {Step.GATHER: 15, Step.CAUSES: 20, Step.SORT: 15, Step.FINDINGS: 15, Step.CLOSE: 10}
MORE, MOST = 5, 240


def usual_minutes() -> dict[str, int]:
    return {str(step): minutes for step, minutes in MINUTES.items()}


class Clock(NamedTuple):
    """Soft time: it says how late it is and stops nothing. All in whole minutes."""

    planned: int
    used: int

    @property
    def left(self) -> int:
        return self.planned - self.used

    @property
    def over(self) -> int:
        return max(0, -self.left)


class Session(models.Model):
    """A review held together: who leads says which step all are on. It keeps nobody's presence."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="sessions")
    led_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    step = models.CharField(max_length=8, choices=Step, default=Step.GATHER)
    step_started_at = models.DateTimeField()
    minutes = models.JSONField(default=usual_minutes)
    # From here on what was gathered is read on the projected screen too.
    opened_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review"], condition=Q(ended_at=None), name="one_session_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.step}"

    @classmethod
    @transaction.atomic
    def begin(cls, review: Review, by: User, now: datetime) -> Self:
        """The one that runs, where one does."""
        review.lock()
        if running := cls.running(review.pk):
            return running
        if not permissions.can_begin_session(by, review):
            raise Refused(_("The facilitator or a manager begins a session, while the review is open."))
        session = cls.objects.create(
            review=review, led_by=by, started_at=now, step_started_at=now, batch_id=review.batch_id
        )
        record(review, "session_begun", by)
        return session

    @classmethod
    def running(cls, review_id: int) -> Self | None:
        return cls.objects.filter(review=review_id, ended_at=None).select_related("led_by").first()

    @property
    def at(self) -> Step:
        return Step(self.step)

    @property
    def following(self) -> Step | None:
        return step_after(self.at, 1)

    @property
    def before(self) -> Step | None:
        return step_after(self.at, -1)

    def clock(self, now: datetime) -> Clock:
        used = max(now - self.step_started_at, timedelta(0))
        return Clock(self.minutes.get(self.step, MINUTES[self.at]), used // timedelta(minutes=1))

    def move_to(self, by: User, step: str, now: datetime) -> bool:
        """All who follow see it next."""
        if step not in Step.values:
            raise Refused(_("Choose one of the five steps."))
        with transaction.atomic():
            self.hold(by)
            if self.step == step:
                return False
            self.step, self.step_started_at = step, now
            self.save(update_fields=["step", "step_started_at"])
            record(self, "moved_on", by, step=Step(step).label)
        return True

    def give(self, by: User, minutes: int) -> bool:
        """So many minutes for the step at hand, in all: pressed twice it gives no more."""
        if not 1 <= minutes <= MOST:
            raise Refused(_("Give a step between one minute and four hours."))
        with transaction.atomic():
            self.hold(by)
            if self.minutes.get(self.step) == minutes:
                return False
            self.minutes = self.minutes | {self.step: minutes}
            self.save(update_fields=["minutes"])
            record(self, "given", by, minutes=minutes)
        return True

    def open_to_room(self, by: User, now: datetime) -> bool:
        """What was gathered is read aloud: the projected screen shows it. Who has not told yet still reads only their
        own on their own screen."""
        with transaction.atomic():
            self.hold(by)
            if self.opened_at:
                return False
            self.opened_at = now
            self.save(update_fields=["opened_at"])
            record(self, "opened", by)
        return True

    def hand_over(self, by: User, to: User) -> bool:
        """To anybody who works on the review. Its facilitator and managers may also take it."""
        with transaction.atomic():
            self.lock()
            self.must_run()
            if self.led_by_id == to.pk:
                return False
            if not permissions.leads_review(by, self.review) or by != to:
                self.must_be_led(by)
            if not permissions.works_on(to, self.review):
                raise Refused(_("The lead goes to somebody who works on this review. Add them first."))
            self.led_by = to
            self.save(update_fields=["led_by"])
            record(self, "handed_over", by, person=to)
        return True

    def end(self, by: User, now: datetime) -> bool:
        with transaction.atomic():
            self.lock()
            if self.ended_at:
                return False
            if not permissions.leads_review(by, self.review):
                self.must_be_led(by)
            self.be_over(by, now)
        return True

    def be_over(self, by: User, now: datetime) -> None:
        """For a verb that holds the review and has asked who may."""
        self.ended_at = now
        self.save(update_fields=["ended_at"])
        record(self.review, "session_ended", by)

    def hold(self, by: User) -> None:
        """Holds the row for whoever leads; to everybody else it says who does."""
        self.lock()
        self.must_run()
        self.must_be_led(by)

    def lock(self) -> None:
        """The review before the session, the order in which every verb takes them."""
        self.review = Review.objects.select_for_update(no_key=True).get(pk=self.review_id)
        self.refresh_from_db(from_queryset=Session.objects.select_for_update(no_key=True))

    def must_run(self) -> None:
        if self.ended_at or not self.review.is_open:
            raise Refused(_("This session is over."))

    def must_be_led(self, by: User) -> None:
        """By somebody who still works on the review: who is taken off it loses the lead with it."""
        if self.led_by_id != by.pk:
            raise Refused(self.who_leads())
        if not permissions.works_on(by, self.review):
            raise Refused(_("You no longer work on this review. Its facilitator or a manager takes the lead."))

    def who_leads(self) -> str:
        return _("%(name)s leads at the moment. Take the lead first, or ask for it.") % {"name": self.led_by}


def step_after(step: Step, places: int) -> Step | None:
    steps = list(Step)
    place = steps.index(step) + places
    return steps[place] if 0 <= place < len(steps) else None
