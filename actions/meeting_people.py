"""Who is near a meeting, for its screens: what `Meeting` says of its people, asked at once."""

from typing import NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from actions.models import ActionList, Meeting, MeetingPerson
from failforward.accounts.models import Team, User
from failforward.prepared import prepared


class Near(NamedTuple):
    """Somebody who is expected, or can come besides; `hand` of whoever can have the chair and keep the notes."""

    pk: int
    name: str
    expected: bool
    hand: bool


def near(meeting: Meeting) -> list[Near]:
    return [Near(*row) for row in rows_near(meeting.chair_id, *whose(meeting), path=meeting.action_list.team.path)]


def noted(meeting: Meeting) -> list[MeetingPerson]:
    """`reads`: they read the list, and so are offered the chair and the notes."""
    return rows_noted(meeting.pk, *whose(meeting), path=meeting.action_list.team.path)


def whose(meeting: Meeting) -> tuple[int, int, int, int]:
    owned = meeting.action_list
    return owned.pk, owned.owner_id, owned.sponsor_id or 0, owned.team_id


def list_of(owned: int, owner: int, sponsor: int, team: int, path: str) -> ActionList:
    return ActionList(pk=owned, owner_id=owner, sponsor_id=sponsor, team=Team(pk=team, path=path))


@prepared
def rows_near(chair: int, owned: int, owner: int, sponsor: int, team: int, *, path: str) -> QuerySet:
    meeting = Meeting(action_list=list_of(owned, owner, sponsor, team, path), chair_id=chair)
    kinds = {"expected": meeting.expected(), "hand": meeting.hands(), "around": meeting.circle()}
    is_in = {kind: Q(pk__in=people.values("pk")) for kind, people in kinds.items()}
    found = User.objects.filter(is_in["expected"] | is_in["around"]).order_by("name", "pk")
    flags = {kind: ExpressionWrapper(is_in[kind], BooleanField()) for kind in ("expected", "hand")}
    return found.annotate(**flags).values_list("pk", "name", "expected", "hand")


@prepared
def rows_noted(meeting: int, owned: int, owner: int, sponsor: int, team: int, *, path: str) -> QuerySet:
    reads = Q(user__in=list_of(owned, owner, sponsor, team, path).readers().values("pk"))
    found = MeetingPerson.objects.filter(meeting=meeting).annotate(reads=ExpressionWrapper(reads, BooleanField()))
    return found.select_related("user").order_by("user__name", "pk")
