from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone

from failforward import working_days


class Meets(models.Model):
    """When a list meets, and what its meetings follow: its owner, its day and hour, its people."""

    class Meta:
        abstract = True

    def next_meeting_on(self, today: date) -> date:
        return today + timedelta(days=(self.meeting_weekday - today.isoweekday()) % 7)

    def next_meeting_at(self, now: datetime) -> datetime:
        """The first meeting after `now`."""
        today = working_days.local_date(now, self.time_zone)
        starts = (
            working_days.instant(self.next_meeting_on(today + timedelta(days=days)), self.meeting_time, self.time_zone)
            for days in (0, 1)
        )
        return next(when for when in starts if when > now)

    def meets_next_at(self, now: datetime) -> datetime:
        """The meeting that is planned, wherever it was moved; where none is, when the list says that it meets."""
        ahead = self.meetings.still_open().filter(starts_at__gt=now).values_list("starts_at", flat=True).first()
        return ahead or self.next_meeting_at(now)

    def hand_over_meetings(self) -> None:
        from actions.models.meeting import Meeting

        for meeting in Meeting.objects.filter(action_list=self.pk).still_open():
            meeting.action_list = self
            meeting.pass_to_owner()

    def move_meetings(self) -> None:
        from actions.models.meeting_series import MeetingSeries

        for series in MeetingSeries.objects.filter(action_list=self.pk):
            series.action_list = self
            series.move_along(timezone.now())

    def tell_invitees(self) -> None:
        """Calendars follow who is on the list."""
        from actions.models.invitee import tell_of_list

        tell_of_list(self, timezone.now())
