from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as say

from actions.models.action_list import ActionListPerson
from actions.models.meeting import Meeting
from actions.models.meeting_series import MeetingSeries
from failforward import outbox
from failforward.accounts.models import User
from failforward.outbox.models import Mail
from failforward.outbox.planning import RECALLABLE

INVITATION, CANCELLATION = "meeting_invitation", "meeting_cancellation"


class Invitee(models.Model):
    """Somebody who got the series by mail, for their calendar.

    `version` is the series' that they were told last, `turns` counts what else they were told since the first time:
    that they left or came back. Both only grow, and so does `sequence`, by which a
    calendar knows the newer of two mails.
    """

    series = models.ForeignKey(MeetingSeries, models.PROTECT, related_name="invitees")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    turns = models.PositiveIntegerField(default=0)
    invited = models.BooleanField(default=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "person"], name="once_an_invitee")]

    def __str__(self) -> str:
        return f"{self.person_id} of series {self.series_id}"

    @property
    def sequence(self) -> int:
        return self.version - 1 + self.turns

    @classmethod
    def tell(cls, series: MeetingSeries, now: datetime) -> None:
        """Brings calendars up to the series: an invitation to whoever is on the list and has not got this version, a
        cancellation to whoever is not on it any more. Runs in the transaction of what changed, and twice does no
        harm."""
        held = series.invitees.select_for_update(of=["self"], no_key=True).select_related("person")
        known = {one.person_id: one for one in held}
        wanted = {person.pk: person for person in people_of(series)} if series.invites else {}
        for pk, person in wanted.items():
            one = known.get(pk) or cls(series=series, person=person, version=0, batch_id=series.batch_id)
            if not one.invited or one.version != series.version:
                one.turn(True, series, INVITATION, now)
        for pk in sorted(known.keys() - wanted.keys()):
            if known[pk].invited:
                known[pk].turn(False, series, CANCELLATION, now)

    def turn(self, invited: bool, series: MeetingSeries, kind: str, now: datetime) -> None:
        self.turns += self.invited != invited
        self.invited, self.version = invited, series.version
        self.save()
        # Two changes in one minute are one mail.
        for mail in Mail.objects.filter(kind=INVITATION, subject_id=self.pk, state__in=RECALLABLE):
            outbox.withhold(mail, say("A newer one says it."))
        key = f"{kind}:{self.pk}:{self.sequence}"
        outbox.plan(key, kind, self.person, now, subject_id=self.pk, batch_id=self.batch_id)


def people_of(series: MeetingSeries) -> models.QuerySet:
    """Everybody on the list, its owner first of all. Whoever is only responsible for something changes too often."""
    members = ActionListPerson.objects.filter(action_list=series.action_list_id).values("user")
    on_it = Q(pk=series.action_list.owner_id) | Q(pk__in=members)
    return User.objects.filter(on_it, is_active=True).order_by("pk")


def tell_of_list(action_list, now: datetime) -> None:
    """Somebody came to the list or left it."""
    for series in MeetingSeries.objects.filter(action_list=action_list.pk):
        series.action_list = action_list
        Invitee.tell(series, now)


# --- What single meetings say by mail --------------------------------------------------------------

SKIPPED, MOVED, MINUTES = "meeting_skipped", "meeting_moved", "minutes"


def tell_of_skip(meeting: Meeting, now: datetime) -> None:
    be_newer(meeting)
    mail_to(meeting.expected(), SKIPPED, meeting, now)


def tell_of_move(meeting: Meeting, now: datetime) -> None:
    """Two moves in one minute are one mail."""
    be_newer(meeting)
    for mail in Mail.objects.filter(kind=MOVED, subject_id=meeting.pk, state__in=RECALLABLE):
        outbox.withhold(mail, say("A newer one says it."))
    mail_to(meeting.expected(), MOVED, meeting, now, turn=f":{meeting.version}")


def be_newer(meeting: Meeting) -> None:
    """What changes one meeting in a calendar is newer than all that came before, in a feed too: the series has a new
    version, and whoever is invited is told it by the mail."""
    MeetingSeries.objects.filter(pk=meeting.series_id).update(version=F("version") + 1)
    Invitee.objects.filter(series=meeting.series_id, invited=True).update(version=F("version") + 1)


def send_minutes(meeting: Meeting, now: datetime) -> None:
    """To whoever was there, whoever was missing, whoever is on the list, and whoever they ask something."""
    noted = Q(pk__in=meeting.persons.values("user"))
    members = ActionListPerson.objects.filter(action_list=meeting.action_list_id).values("user")
    on_it = Q(pk__in=members) | Q(pk__in=[meeting.action_list.owner_id, meeting.chair_id])
    asked = Q(pk__in=meeting.items.asked_by_minutes().values("person"))
    mail_to(User.objects.filter(noted | on_it | asked, is_active=True), MINUTES, meeting, now)


def mail_to(people: models.QuerySet, kind: str, meeting: Meeting, now: datetime, turn: str = "") -> None:
    for person in people.order_by("pk"):
        key = f"{kind}:{meeting.pk}:{person.pk}{turn}"
        outbox.plan(key, kind, person, now, subject_id=meeting.pk, batch_id=meeting.batch_id)
