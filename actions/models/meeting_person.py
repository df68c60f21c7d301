from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as say

from actions.models.meeting import Meeting
from actions.models.meeting_state import Attendance
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import hold, keep


class MeetingPerson(models.Model):
    """Somebody at a meeting, or missing from it. Before it begins only who said that they will or will not come."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="persons")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    attendance = models.CharField(max_length=7, choices=Attendance)
    arrived_at = models.DateTimeField(null=True, blank=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="once_at_a_meeting"),
            models.CheckConstraint(
                condition=~Q(attendance=Attendance.LATE) | Q(arrived_at__isnull=False), name="late_since_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.meeting_id}: {self.attendance}"

    @property
    def is_there(self) -> bool:
        return self.attendance != Attendance.ABSENT

    @classmethod
    def note_all(cls, meeting: Meeting, present: Collection[int]) -> None:
        """Everybody who is expected, and whoever came besides; runs in the transaction of the beginning."""
        came = meeting.circle().filter(pk__in=present).values_list("pk", flat=True)
        people = {*meeting.expected().values_list("pk", flat=True), *came}
        meeting.persons.all().delete()
        cls.objects.bulk_create(
            cls(
                meeting=meeting,
                user_id=pk,
                attendance=Attendance.PRESENT if pk in present else Attendance.ABSENT,
                batch_id=meeting.batch_id,
            )
            for pk in sorted(people)
        )

    @classmethod
    def say(
        cls, meeting: Meeting, by: User, person: User, *, comes: bool, now: datetime, from_the_start: bool = False
    ) -> bool:
        """Before it begins: that somebody will not come, or will after all. While it runs: that they came or left it
        out; `from_the_start` corrects that they were there all the time. Everybody says it of themselves, whoever runs
        the meeting of all."""
        with transaction.atomic():
            if by == person:
                hold(meeting)
            else:
                meeting.hold(by)
            meeting.must_be_open()
            if not meeting.circle().filter(pk=person.pk).exists():
                raise Refused(say("%(name)s is neither on the list nor in its team.") % {"name": person}, "person")
            there = meeting.persons.filter(user=person).first()
            if there.is_there == comes if there else meeting.is_running and not comes:
                return False
            cls.set(meeting, person, comes, now, is_late=meeting.is_running and not from_the_start)
            keep(meeting)
            record(meeting, "came" if comes else "does_not_come", by, person=person)
        return True

    @classmethod
    def set(cls, meeting: Meeting, person: User, comes: bool, now: datetime, is_late: bool) -> None:
        as_what = Attendance.ABSENT
        if comes:
            as_what = Attendance.LATE if is_late else Attendance.PRESENT
        cls.objects.update_or_create(
            meeting=meeting,
            user=person,
            defaults={
                "attendance": as_what,
                "arrived_at": now if as_what == Attendance.LATE else None,
                "batch_id": meeting.batch_id,
            },
        )
