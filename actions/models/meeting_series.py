import uuid
from datetime import date, datetime, time, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem
from actions.models.action_list import ActionList
from actions.models.action_state import HOLDING_STATES
from actions.models.meeting_state import State
from failforward import working_days
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import assign, hold, keep

USUAL_MINUTES, LEAST_MINUTES, MOST_MINUTES = 30, 5, 240


class MeetingSeriesQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(action_list__in=ActionList.objects.visible_to(user))

    def carried_on(self) -> Self:
        """Something on the list is proposed to claimed done: it goes on by itself, and so it ends."""
        held = ActionItem.objects.filter(action_list=OuterRef("action_list"), state__in=HOLDING_STATES)
        return self.filter(Exists(held))

    def out_of_step(self, today: date) -> Self:
        """Ended and still in calendars, or carried on with no meeting ahead: nobody looked after the commit."""
        from actions.models.invitee import Invitee
        from actions.models.meeting import Meeting

        invited = Exists(Invitee.objects.filter(series=OuterRef("pk"), invited=True))
        ahead = Exists(Meeting.objects.still_open().filter(action_list=OuterRef("action_list")))
        going, running = (Q(pk__in=some.values("pk")) for some in (self.carried_on(), self.running(today)))
        return self.filter(Q(invited) & ~going | ~Q(ahead) & running)

    def running(self, today: date) -> Self:
        return self.carried_on().filter(Q(ends_on=None) | Q(ends_on__gte=today))

    def for_detail(self) -> Self:
        return self.select_related("action_list__owner", "action_list__team")


class MeetingSeries(models.Model):
    """The weekly meetings of a list, one series each. The list says on which weekday, at what time and in which zone.

    `uuid` and `version` are what calendars know it by.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action_list = models.OneToOneField(ActionList, models.PROTECT, related_name="meeting_series")
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        default=USUAL_MINUTES,
        validators=[MinValueValidator(LEAST_MINUTES), MaxValueValidator(MOST_MINUTES)],
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = MeetingSeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "meeting series"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="a_series_ends_after_it_starts",
                violation_error_message=_("It cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.action_list)

    @property
    def weekday(self) -> int:
        return self.action_list.meeting_weekday

    @property
    def time(self) -> time:
        return self.action_list.meeting_time

    @property
    def time_zone(self) -> str:
        return self.action_list.time_zone

    @property
    def is_carried_on(self) -> bool:
        return ActionItem.objects.filter(action_list=self.action_list_id, state__in=HOLDING_STATES).exists()

    @property
    def has_ended(self) -> bool:
        """By itself: nothing holds it any more. The first meeting of a list is there to find what does, and one that
        runs is closed first."""
        if self.is_carried_on:
            return False
        states = set(self.action_list.meetings.order_by().values_list("state", flat=True).distinct())
        return State.RUNNING not in states and bool(states - {State.PLANNED})

    def is_over(self, today: date) -> bool:
        return self.ends_on is not None and self.ends_on < today

    @property
    def first_on(self) -> date:
        """The day of the first meeting by its plan."""
        return self.starts_on + timedelta(days=(self.weekday - self.starts_on.isoweekday()) % 7)

    @property
    def has_meetings(self) -> bool:
        """At least one between its two ends."""
        return self.ends_on is None or self.first_on <= self.ends_on

    @property
    def invites(self) -> bool:
        return self.has_meetings and not self.has_ended

    def next_start(self, after: datetime) -> datetime | None:
        """The first meeting after this instant that the series plans; None when it ends before."""
        first = working_days.instant(self.starts_on, self.time, self.time_zone) - timedelta(seconds=1)
        starts_at = self.action_list.next_meeting_at(max(after, first))
        on = working_days.local_date(starts_at, self.time_zone)
        return None if self.is_over(on) else starts_at

    def start_in_week_of(self, at: datetime) -> datetime | None:
        """The meeting that the series has in the week of this instant; None before its first and after its last."""
        on = working_days.local_date(at, self.time_zone)
        on += timedelta(days=self.weekday - on.isoweekday())
        if on < self.first_on or self.is_over(on):
            return None
        return working_days.instant(on, self.time, self.time_zone)

    # --- Verbs ----------------------------------------------------------------------------------

    @classmethod
    def plan(
        cls,
        by: User,
        action_list: ActionList,
        *,
        now: datetime,
        starts_on: date | None = None,
        ends_on: date | None = None,
        minutes: int = USUAL_MINUTES,
    ) -> Self:
        """Weekly from then on. Planned again it is the same series with other days."""
        starts_on = starts_on or working_days.local_date(now, action_list.time_zone)
        check_days(starts_on, ends_on, minutes)
        with transaction.atomic():
            hold(action_list)
            series = cls.objects.filter(action_list=action_list).first()
            if series is not None:
                series.action_list = action_list
                series.change(by, now=now, starts_on=starts_on, ends_on=ends_on, minutes=minutes)
                return series
            series = cls.objects.create(
                action_list=action_list,
                starts_on=starts_on,
                ends_on=ends_on,
                minutes=minutes,
                batch_id=action_list.batch_id,
            )
            record(series, "planned", by, starts_on=starts_on)
            series.plan_next(now)
        return series

    def change(self, by: User, seen: int | None = None, *, now: datetime, **values) -> None:
        """`minutes`, `starts_on`, `ends_on`."""
        with transaction.atomic():
            # What plans a meeting waits for the list: two would plan two.
            hold(self.action_list)
            hold(self, seen)
            changes = assign(self, values)
            check_days(self.starts_on, self.ends_on, self.minutes)
            if changes:
                keep(self, *changes)
                record(self, "changed", by, **changes)
                self.plan_next(now)

    def end(self, by: User, on: date, *, now: datetime) -> None:
        """The last one is on this day or before."""
        self.change(by, now=now, ends_on=max(on, self.starts_on))

    def move_along(self, now: datetime) -> None:
        """The list meets on another day or at another time: whoever has it in a calendar has to learn that."""
        with transaction.atomic():
            hold(self)
            keep(self)
            self.plan_next(now)

    @classmethod
    def carry_on(cls, action_list: int, now: datetime | None = None) -> None:
        """Something came to the list that holds its meetings, or the last such thing is done."""
        with transaction.atomic():
            series = cls.objects.filter(action_list=action_list).select_related("action_list").first()
            if series is not None:
                hold(series.action_list)
                series.plan_next(now or timezone.now())

    def plan_next(self, now: datetime) -> None:
        """The next meeting, on its day. One at a time: what is planned and was not held yet comes first."""
        from actions.models.invitee import Invitee
        from actions.models.meeting import Meeting
        from actions.rhythm.silence import follow_meeting

        Meeting.follow(self, now)
        Invitee.tell(self, now)
        follow_meeting(self.action_list, now)


def check_days(starts_on: date, ends_on: date | None, minutes: int) -> None:
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise Refused(
            say("A meeting takes between %(least)s and %(most)s minutes.")
            % {"least": LEAST_MINUTES, "most": MOST_MINUTES},
            "minutes",
        )
    if ends_on is not None and ends_on < starts_on:
        raise Refused(say("It cannot end before it starts."), "ends_on")
