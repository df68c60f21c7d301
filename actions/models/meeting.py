import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.action_list import ActionList, ActionListPerson
from actions.models.action_state import OPEN_STATES as WORKED_ON
from actions.models.meeting_move import Moved
from actions.models.meeting_series import USUAL_MINUTES, MeetingSeries
from actions.models.meeting_state import OPEN_STATES, State
from actions.permissions import can_run_meeting
from failforward import links, working_days
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import hold, keep


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(action_list__in=ActionList.objects.visible_to(user))

    def still_open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def closed(self) -> Self:
        return self.filter(state=State.CLOSED)

    def for_list(self) -> Self:
        return self.select_related("action_list", "chair")

    def for_detail(self) -> Self:
        return self.select_related("action_list__owner", "action_list__team", "series", "chair", "note_keeper")


class Clock(NamedTuple):
    """Soft time, in whole minutes: it says how late it is and stops nothing."""

    planned: int
    used: int

    @property
    def over(self) -> int:
        return max(0, self.used - self.planned)


class Meeting(Moved):
    """One meeting of a list: planned, running, closed, or skipped with the reason.

    What it talks about is asked of the list until it is closed (`actions.agenda`); `items` holds what became of each,
    and from closing on all of the agenda. `current` is the item all look at (`commitment:12`), empty for the first
    that is left to talk about. `started_at` is when it began, `resumed_at` when its clock did.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action_list = models.ForeignKey(ActionList, models.PROTECT, related_name="meetings")
    series = models.ForeignKey(MeetingSeries, models.PROTECT, null=True, blank=True, related_name="meetings")
    starts_at = models.DateTimeField(_("planned for"))
    minutes = models.PositiveSmallIntegerField(default=USUAL_MINUTES)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    skipped_because = models.CharField(_("why it is skipped"), max_length=300, blank=True)
    held_on = models.DateField(null=True, blank=True)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note_keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    current = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Where it stands in lists: when it was held, else when it is to be.
    sort_at = models.GeneratedField(
        expression=Coalesce("resumed_at", "starts_at"), output_field=models.DateTimeField(), db_persist=True
    )
    # The closing figures, as they stood: never how many tasks were done.
    milestones_reached = models.PositiveSmallIntegerField(default=0)
    promises_kept = models.PositiveSmallIntegerField(default=0)
    problems_gone = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action_list"],
                condition=Q(state__in=OPEN_STATES),
                name="one_meeting_at_a_time",
                violation_error_message=_("This list has a meeting ahead already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SKIPPED) | ~Q(skipped_because=""),
                name="a_skipped_meeting_says_why",
                violation_error_message=_("Say why it is skipped."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.RUNNING, State.CLOSED])
                | Q(held_on__isnull=False, started_at__isnull=False, resumed_at__isnull=False),
                name="a_held_meeting_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, closed_at__isnull=False) | ~Q(state=State.CLOSED) & Q(closed_at=None),
                name="a_closed_meeting_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["action_list", "-sort_at", "-id"], name="meetings_of_list_by_time"),
            models.Index(fields=["-sort_at", "-id"], name="meetings_by_time"),
            models.Index(fields=["starts_at"], name="meetings_ahead", condition=Q(state__in=OPEN_STATES)),
        ]

    def __str__(self) -> str:
        return str(self.action_list)

    def get_absolute_url(self) -> str:
        return links.address_of("meeting_detail", self.pk)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_running(self) -> bool:
        return self.state == State.RUNNING

    @property
    def on(self) -> date:
        """The day it was held, or is planned for, where the list meets."""
        return self.held_on or working_days.local_date(self.starts_at, self.action_list.time_zone)

    @property
    def is_off(self) -> bool:
        """Planned, and the series ends before."""
        by_plan = working_days.local_date(self.in_series_at, self.action_list.time_zone)
        return self.state == State.PLANNED and self.series is not None and self.series.is_over(by_plan)

    def is_planned_by(self, series: MeetingSeries) -> bool:
        return self.state == State.PLANNED and self.series_id == series.pk

    def was_left_open(self, now: datetime) -> bool:
        """It began on another day and nobody closed it."""
        return self.is_running and working_days.local_date(now, self.action_list.time_zone) > self.held_on

    def clock(self, now: datetime) -> Clock:
        used = max(now - self.resumed_at, timedelta(0)) if self.resumed_at else timedelta(0)
        return Clock(self.minutes, used // timedelta(minutes=1))

    def before(self) -> Self | None:
        """The one held last before this: what happened since is what this one talks about."""
        held = Meeting.objects.closed().filter(action_list=self.action_list_id).exclude(pk=self.pk)
        held = held.filter(closed_at__lt=self.closed_at) if self.closed_at else held
        return held.order_by("-closed_at").first()

    @classmethod
    def follow(cls, series: MeetingSeries, now: datetime) -> None:
        """Plans the next meeting of a series, or puts the one that is planned on its day; runs in its transaction."""
        ahead = cls.objects.filter(action_list=series.action_list_id).still_open()
        ahead = ahead.select_for_update(no_key=True).first()
        ended = series.has_ended
        if ahead is not None and ahead.is_planned_by(series) and (ended or ahead.is_off):
            ahead.call_off()
            ahead = None
        if ended or (ahead is not None and (ahead.is_running or ahead.starts_at <= now)):
            return
        last = cls.objects.filter(action_list=series.action_list_id).exclude(state=State.PLANNED)
        # What was called off can be planned again.
        last = last.exclude(state=State.SKIPPED, series=None)
        last_at = last.aggregate(at=models.Max(Coalesce("planned_at", "starts_at")))["at"]
        was_moved = ahead is not None and ahead.is_moved
        if was_moved and ahead.stays_moved(series, last_at, now):
            return
        starts_at = series.next_start(max(now, last_at or now))
        if starts_at is None:
            return
        if ahead is None:
            cls.plan_for(series.action_list, starts_at, series.minutes, series)
        elif was_moved or (ahead.starts_at, ahead.minutes) != (starts_at, series.minutes):
            ahead.series, ahead.starts_at, ahead.minutes = series, starts_at, series.minutes
            keep(ahead, "series", "starts_at", "minutes", "planned_at", "moved_because", "place")

    @classmethod
    def plan_for(cls, action_list: ActionList, starts_at: datetime, minutes: int, series: MeetingSeries | None) -> Self:
        return cls.objects.create(
            action_list=action_list,
            series=series,
            starts_at=starts_at,
            minutes=minutes,
            chair=action_list.owner,
            batch_id=action_list.batch_id,
        )

    # --- Verbs ----------------------------------------------------------------------------------

    @classmethod
    def call(cls, by: User, action_list: ActionList, *, now: datetime) -> Self:
        """A meeting now. Where one is planned or runs already, it is that one."""
        with transaction.atomic():
            hold(action_list)
            ahead = cls.objects.filter(action_list=action_list).still_open().first()
            if ahead is not None:
                return ahead
            series = MeetingSeries.objects.filter(action_list=action_list).first()
            # In no calendar, so it is not one of the series.
            made = cls.plan_for(action_list, now, series.minutes if series else USUAL_MINUTES, None)
            record(made, "called", by)
        return made

    def begin(self, by: User, present: Collection[int], *, now: datetime) -> bool:
        """Whoever is not `present` (ids of people) is absent until they come; a chair who begins it is there. Begun
        twice, it is begun once."""
        from actions.models.meeting_person import MeetingPerson

        with transaction.atomic():
            self.hold(by)
            if self.is_running:
                return False
            self.must_be_open()
            self.state, self.started_at, self.resumed_at = State.RUNNING, now, now
            self.held_on = working_days.local_date(now, self.action_list.time_zone)
            keep(self, "state", "started_at", "resumed_at", "held_on")
            MeetingPerson.note_all(self, {*present, by.pk} if by.pk == self.chair_id else present)
            record(self, "begun", by)
        return True

    def take_back_beginning(self, by: User) -> bool:
        """Begun by mistake: it is planned again, as long as nothing was left or promised in it."""
        with transaction.atomic():
            self.hold(by)
            if self.state == State.PLANNED:
                return False
            self.must_run()
            if self.has_begun_work:
                raise Refused(say("Something was said in this meeting already. Close it when it is over."))
            self.state, self.started_at, self.resumed_at, self.held_on = State.PLANNED, None, None, None
            self.current = ""
            keep(self, "state", "started_at", "resumed_at", "held_on", "current")
            self.persons.all().delete()
            record(self, "beginning_taken_back", by)
        return True

    @property
    def has_begun_work(self) -> bool:
        return self.items.exists() or self.parked.exists()

    def is_due(self, now: datetime) -> bool:
        """Its day has come, where the list meets."""
        return self.on <= working_days.local_date(now, self.action_list.time_zone)

    def resume(self, by: User, *, now: datetime) -> bool:
        """What was begun and never closed is taken up again; its clock begins anew."""
        with transaction.atomic():
            self.hold(by)
            if not self.was_left_open(now):
                return False
            self.resumed_at, self.held_on = now, working_days.local_date(now, self.action_list.time_zone)
            keep(self, "resumed_at", "held_on")
            record(self, "resumed", by)
        return True

    def skip(self, by: User, because: str, *, now: datetime) -> bool:
        """Not held this time, and says why. The next one is planned."""
        because = because.strip()
        with transaction.atomic():
            self.hold_with_list(by)
            if self.state == State.SKIPPED:
                return False
            if self.state != State.PLANNED:
                raise Refused(say("This meeting has begun. Close it; what was not talked about stays for the next."))
            if not because:
                raise Refused(say("Say in a few words why it is skipped."), "skipped_because")
            self.state, self.skipped_because = State.SKIPPED, because[:300]
            keep(self, "state", "skipped_because")
            record(self, "skipped", by, reason=self.skipped_because)
            self.tell_of_skip(now)
            self.carry_on(now)
        return True

    def hand_over(self, by: User, to: User) -> bool:
        """The chair, to anybody of the list or its team who reads it. The owner and managers may also take it."""
        with transaction.atomic():
            self.hold(by)
            self.must_be_open()
            if self.chair_id == to.pk:
                return False
            self.must_be_reader(to)
            self.chair = to
            keep(self, "chair")
            record(self, "handed_over", by, person=to)
        return True

    def name_note_keeper(self, by: User, person: User | None) -> bool:
        """Somebody else writes down what is said; nobody again when the chair does."""
        with transaction.atomic():
            self.hold(by)
            self.must_be_open()
            if self.note_keeper == person:
                return False
            if person is not None:
                self.must_be_reader(person)
            self.note_keeper = person
            keep(self, "note_keeper")
            record(self, "note_keeper_named", by, person=person or "")
        return True

    def look_at(self, by: User, item: str) -> bool:
        """All who follow see this item next; the first that is left for an empty one."""
        with transaction.atomic():
            self.hold(by)
            self.must_run()
            if self.current == item:
                return False
            self.current = item
            keep(self, "current")
        return True

    def be_closed(self, by: User, now: datetime, **figures: int) -> None:
        """For `actions.meetings.close`, which holds the row and has frozen the agenda."""
        self.state, self.closed_at, self.current = State.CLOSED, now, ""
        for name, figure in figures.items():
            setattr(self, name, figure)
        keep(self, "state", "closed_at", "current", *figures)
        record(self, "closed", by)
        self.send_minutes(now)
        self.carry_on(now)

    def pass_to_owner(self) -> None:
        """The list has another owner: what is ahead is theirs to chair."""
        hold(self)
        if self.state == State.PLANNED:
            self.chair = self.action_list.owner
            keep(self, "chair")

    def let_go(self, person: User) -> None:
        """They are not on the list any more: the owner has their chair, and nobody keeps the notes."""
        hold(self)
        if person.pk in (self.chair_id, self.note_keeper_id):
            self.chair = self.action_list.owner if self.chair_id == person.pk else self.chair
            self.note_keeper = None if self.note_keeper_id == person.pk else self.note_keeper
            keep(self, "chair", "note_keeper")

    def call_off(self) -> None:
        """Its series ends before. Calendars learn that from the series, which does not know it any more."""
        self.state, self.series = State.SKIPPED, None
        self.skipped_because = say("The weekly meetings ended before.")
        keep(self, "state", "series", "skipped_because")
        record(self, "skipped", reason=self.skipped_because)

    def carry_on(self, now: datetime) -> None:
        series = MeetingSeries.objects.filter(action_list=self.action_list_id).select_related("action_list").first()
        if series is not None:
            series.plan_next(now)

    # --- What the verbs stand on ----------------------------------------------------------------

    def tell_of_skip(self, now: datetime) -> None:
        from actions.models.invitee import tell_of_skip

        tell_of_skip(self, now)

    def send_minutes(self, now: datetime) -> None:
        from actions.models.invitee import send_minutes

        send_minutes(self, now)

    def circle(self) -> models.QuerySet:
        """Who can come: the people of the list, its sponsor, its team."""
        return self.action_list.witnesses()

    def hands(self) -> models.QuerySet:
        """Who can have the chair and keep the notes: those of them who read the list, and so the meeting."""
        return self.circle().filter(pk__in=self.action_list.readers().values("pk")).order_by("name")

    def must_be_reader(self, person: User) -> None:
        if not self.circle().filter(pk=person.pk).exists():
            raise Refused(say("%(name)s is neither on the list nor in its team.") % {"name": person}, "person")
        if not self.hands().filter(pk=person.pk).exists():
            raise Refused(say("%(name)s cannot read this list. Add them to it first.") % {"name": person}, "person")

    def expected(self) -> models.QuerySet:
        """Who comes as a rule: the people of the list, and whoever is responsible for something open on it."""
        on_it = Q(pk__in=ActionListPerson.objects.filter(action_list=self.action_list_id).values("user"))
        working = self.action_list.actions.filter(state__in=WORKED_ON, responsible__isnull=False).values("responsible")
        named = Q(pk__in=[self.action_list.owner_id, self.chair_id])
        return User.objects.filter(named | on_it | Q(pk__in=working), is_active=True).order_by("name", "pk")

    def hold(self, by: User, seen: int | None = None) -> None:
        """Holds the row for whoever runs the meeting; tells everybody else who does."""
        hold(self, seen)
        if not can_run_meeting(by, self):
            raise Refused(say("%(name)s has the chair. Ask for it first.") % {"name": self.chair})

    def hold_with_list(self, by: User) -> None:
        """Before the next one is planned. The list comes first wherever both are held."""
        hold(self.action_list)
        self.hold(by)

    def must_be_open(self) -> None:
        if not self.is_open:
            raise Refused(say("This meeting is over. Its minutes stay as they are."))

    def must_run(self) -> None:
        self.must_be_open()
        if not self.is_running:
            raise Refused(say("This meeting has not begun yet."))
