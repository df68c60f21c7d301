"""The end of a meeting, read aloud: what is newly promised, what nobody has in hand. And its minutes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from actions.agenda import Agenda
from actions.models import ActionItem, Commitment, Meeting, MeetingItem, MeetingPerson
from actions.models.action_state import RUNNING_STATES
from actions.models.meeting_state import Heading, Left
from actions.models.promise import OPEN_STATES
from actions.models.promise import State as Promise
from failforward.accounts.models import User
from failforward.prepared import prepared

MOST = 50


class Loose(NamedTuple):
    """An action that nobody has in hand, or no day is named for."""

    pk: int
    what: str
    owner: str | None


@dataclass
class Wrap:
    """`made` are the commitments named in this meeting, `without` those who are there and leave with nothing."""

    made: list[Commitment] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    without: list[User] = field(default_factory=list)


def wrap_of(meeting: Meeting, agenda: Agenda, persons: list[MeetingPerson], now: datetime) -> Wrap:
    owned = meeting.action_list_id
    ahead = {person for (person,) in promising(owned)}
    settled = {line.person_id for line in agenda.left if line.code in (Left.DONE, Left.DROPPED)}
    here = [one.user for one in persons if one.is_there]
    return Wrap(
        made=made_since(owned, began=meeting.started_at),
        loose=[Loose(*row) for row in rows_loose(owned)],
        without=[person for person in here if person.pk not in ahead | settled],
    )


@prepared
def made_since(owned: int, *, began: datetime) -> QuerySet[Commitment]:
    made = Commitment.objects.filter(action_list=owned, private=False, created_at__gte=began)
    made = made.filter(state__in=[Promise.REQUESTED, *OPEN_STATES]).select_related("person")
    return made.only("what", "state", "due_on", "person__name").order_by("due_on", "pk")[:MOST]


@prepared
def promising(owned: int) -> QuerySet:
    """Who has something ahead on this list."""
    ours = Commitment.objects.filter(action_list=owned, private=False, state__in=OPEN_STATES)
    return ours.order_by().values_list("person").distinct()


@prepared
def rows_loose(owned: int) -> QuerySet:
    """Being worked on, and unowned or undated."""
    ours = Commitment.objects.filter(action_list=owned, private=False, state__in=OPEN_STATES)
    of = Coalesce("action_id", "step__action_id", "milestone__action_id")
    promised = ours.annotate(of=of).filter(of__isnull=False).values("of")
    running = ActionItem.objects.filter(action_list=owned, state__in=RUNNING_STATES)
    nobody = Q(responsible=None) | Q(next_due_on=None) & ~Q(pk__in=promised)
    return running.filter(nobody).order_by("pk").values_list("pk", "what", "responsible__name")[:MOST]


def minutes_of(meeting: Meeting, page: int, size: int, findings: bool) -> dict:
    """The rows of a closed meeting: what was talked about, in that order, then what nobody came to, then what is on
    track. `findings` for whoever reads those of the team."""
    rows = MeetingItem.objects.filter(meeting=meeting.pk).for_minutes()
    if not findings:
        rows = rows.filter(finding=None)
    begin = (page - 1) * size
    found = list(rows[begin : begin + size + 1])
    shown = found[:size]
    return {
        "talked": [item for item in shown if item.left_as],
        "new": [item.next_commitment for item in shown if item.next_commitment_id],
        "waiting": [item for item in shown if not item.left_as and item.heading != Heading.ON_TRACK],
        "on_track": [item for item in shown if not item.left_as and item.heading == Heading.ON_TRACK],
        "page": page,
        "more": len(found) > size,
    }
