from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.meeting_series import MeetingSeries
from actions.models.meeting_state import State
from actions.models.promise import check_day
from failforward import working_days
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import keep

WORDS = 300


class Moved(models.Model):
    """One meeting of a series on another day, at another time or in another place, and why.

    `planned_at` is its start by the series, empty while it is held as the series has it. Calendars know it by that one,
    wherever and however often it moves.
    """

    planned_at = models.DateTimeField(null=True, blank=True)
    moved_because = models.CharField(_("why it moves"), max_length=WORDS, blank=True, default="", db_default="")
    place = models.CharField(_("place or link"), max_length=WORDS, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @property
    def is_moved(self) -> bool:
        return self.planned_at is not None

    @property
    def has_other_start(self) -> bool:
        """What is only in another place goes along when the series moves."""
        return self.planned_at is not None and self.planned_at != self.starts_at

    @property
    def in_series_at(self) -> datetime:
        return self.planned_at or self.starts_at

    @property
    def can_move(self) -> bool:
        return self.state == State.PLANNED and self.series_id is not None

    def move(self, by: User, starts_at: datetime, because: str, place: str = "", *, now: datetime) -> bool:
        """To another start, before the next one of the series, or to another place. Moved to where it is, nothing
        happens; moved back, it is one of the series again."""
        because, place = because.strip()[:WORDS], place.strip()[:WORDS]
        with transaction.atomic():
            self.hold_with_list(by)
            self.must_be_movable()
            if (self.starts_at, self.place) == (starts_at, place):
                return False
            if not because:
                raise Refused(say("Say in a few words why it moves."), "because")
            verb = "moved" if starts_at != self.starts_at else "held_elsewhere"
            if starts_at != self.starts_at:
                self.must_fit(starts_at, now)
                # Who said that they come, or do not, said it of another day.
                self.persons.all().delete()
            self.put(starts_at, place, because)
            record(self, verb, by, on=self.on, time=self.local_time(self.starts_at), reason=because)
            self.tell_of_move(now)
        return True

    def must_be_movable(self) -> None:
        self.must_be_open()
        if self.state != State.PLANNED:
            raise Refused(say("This meeting has begun. Close it; what was not talked about stays for the next."))
        if self.series is None:
            raise Refused(say("This meeting was called for now and is in no calendar. Begin it, or skip it."))
        self.series.action_list = self.action_list

    def must_fit(self, starts_at: datetime, now: datetime) -> None:
        zone = self.action_list.time_zone
        today = working_days.local_date(now, zone)
        check_day(working_days.local_date(starts_at, zone), today, field="day")
        if starts_at <= now:
            raise Refused(say("Choose a time that is still ahead."), "time")
        next_at = self.series.next_start(self.in_series_at)
        if next_at is not None and starts_at >= next_at:
            on = date_format(working_days.local_date(next_at, zone), "D j M")
            raise Refused(
                say("The next one is on %(day)s, %(time)s. Choose a time before it, or skip this one.")
                % {"day": on, "time": self.local_time(next_at)},
                "day",
            )

    def local_time(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self.action_list.time_zone)):%H:%M}"

    def put(self, starts_at: datetime, place: str, because: str) -> None:
        planned_at = self.in_series_at
        self.planned_at = planned_at if place or starts_at != planned_at else None
        self.starts_at, self.place, self.moved_because = starts_at, place, because
        keep(self, "starts_at", "place", "moved_because", "planned_at")

    def stays_moved(self, series: MeetingSeries, after: datetime | None, now: datetime) -> bool:
        """The series has changed: what was agreed for this one holds, as the meeting of its week. Where it is over or
        not between two of the series any more, it goes where the series has it, which `Meeting.follow` sees to."""
        planned_at = series.start_in_week_of(self.planned_at)
        starts_at = self.starts_at if self.has_other_start else planned_at
        fits = planned_at is not None and starts_at > now and (after is None or planned_at > after)
        next_at = series.next_start(planned_at) if fits else None
        if not fits or next_at is not None and starts_at >= next_at:
            self.planned_at, self.moved_because, self.place = None, "", ""
            return False
        if (self.planned_at, self.starts_at, self.minutes) != (planned_at, starts_at, series.minutes):
            self.planned_at = planned_at if self.place or planned_at != starts_at else None
            self.starts_at, self.minutes = starts_at, series.minutes
            keep(self, "planned_at", "starts_at", "minutes")
        return True

    def tell_of_move(self, now: datetime) -> None:
        from actions.models.invitee import tell_of_move
        from actions.rhythm.silence import follow_meeting

        tell_of_move(self, now)
        follow_meeting(self.action_list, now)
