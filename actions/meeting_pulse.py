"""What the screens of a meeting ask every two seconds: is anything new? One query, and a mark that changes with it."""

import hashlib

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from actions.models import Answer, Meeting
from actions.models.action_list import on_list
from actions.models.meeting import Clock, MeetingQuerySet
from failforward.accounts.models import Membership, User
from failforward.accounts.reach import managing
from failforward.prepared import prepared


def beat(user: User, pk: int) -> Meeting | None:
    """The meeting where `user` reads it, with `leads` (they lead its list), `of_team` (they read its findings), the
    answer that came last, and `last_closed_at`."""
    return next(iter(read(user.pk, pk)), None)


@prepared
def read(user: int, pk: int) -> QuerySet[Meeting]:
    return read_by(User(pk=user)).filter(pk=pk)


def read_by(user: User) -> MeetingQuerySet:
    """The same as `Meeting.objects.visible_to`, without a look at the teams first."""
    manages = managing(user, "action_list__team__path")
    mine = Q(action_list__owner=user.pk)
    last = Answer.objects.filter(follow_up__commitment__action_list=OuterRef("action_list")).order_by("-pk")
    meetings = Meeting.objects.filter(Q(on_list(user)) | manages).for_detail()
    held = Meeting.objects.closed().filter(action_list=OuterRef("action_list")).order_by("-closed_at")
    below = ExpressionWrapper(OuterRef("action_list__team__path"), CharField())
    member = Membership.objects.filter(user=user.pk).annotate(top=below).filter(team__path__startswith=F("top"))
    of_team = Q(Exists(member)) | manages
    return meetings.annotate(
        leads=mine | manages,
        of_team=of_team,
        answered=Subquery(last.values("pk")[:1]),
        last_closed_at=Subquery(held.values("closed_at")[:1]),
    )


def runs(user: User, meeting: Meeting) -> bool:
    """The same as `permissions.can_run_meeting`, of a meeting read here."""
    return meeting.leads or user.pk in (meeting.chair_id, meeting.note_keeper_id)


def mark_of(meeting: Meeting, clock: Clock, here: list[str]) -> str:
    """Two screens with the same mark show the same."""
    told = (meeting.version, meeting.answered, clock.used, here)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def room_of(meeting: Meeting) -> str:
    return f"meeting:{meeting.pk}"
