"""The end of a meeting, read aloud: what is newly promised, what nobody has in hand. And its minutes."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from actions.agenda import Agenda, Line
from actions.models import Commitment, Meeting, MeetingItem, MeetingPerson
from actions.models.action_state import RUNNING_STATES
from actions.models.meeting_state import Heading, Left
from actions.models.promise import OPEN_STATES
from actions.models.promise import State as Promise
from failforward.accounts.models import User
from failforward.prepared import prepared

MOST = 50


@dataclass
class Wrap:
    """`made` are the commitments named in this meeting, `loose` the actions that nobody has in hand or no day is named
    for, `without` those who are there and leave with nothing."""

    made: list[Commitment] = field(default_factory=list)
    loose: list[Line] = field(default_factory=list)
    without: list[User] = field(default_factory=list)


def wrap_of(meeting: Meeting, agenda: Agenda, persons: list[MeetingPerson]) -> Wrap:
    ahead = [line for line in agenda.all_lines if line.kind == "commitment" and line.code in OPEN_STATES]
    settled = {line.person_id for line in agenda.left if line.code in (Left.DONE, Left.DROPPED)}
    provided = settled | {line.person_id for line in ahead}
    here = [one.user for one in persons if one.is_there]
    return Wrap(
        made=made_since(meeting.action_list_id, began=meeting.started_at),
        loose=loose_in(agenda, {line.action_id for line in ahead}),
        without=[person for person in here if person.pk not in provided],
    )


def loose_in(agenda: Agenda, promised: set[int | None]) -> list[Line]:
    """Being worked on, and unowned or undated; a promise for an action names a day."""
    running = [line for line in agenda.all_lines if line.kind == "action" and line.code in RUNNING_STATES]
    found = [line for line in running if not line.person_id or not (line.day or line.pk in promised)]
    return sorted(found, key=lambda line: line.pk)[:MOST]


@prepared
def made_since(owned: int, *, began: datetime) -> QuerySet[Commitment]:
    made = Commitment.objects.filter(action_list=owned, private=False, created_at__gte=began)
    made = made.filter(state__in=[Promise.REQUESTED, *OPEN_STATES]).select_related("person")
    return made.only("what", "state", "due_on", "person__name").order_by("due_on", "pk")[:MOST]


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
