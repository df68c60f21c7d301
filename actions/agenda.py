"""What a meeting talks about: asked of the list as it stands, nothing is copied. One query, however much there is."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from actions.agenda_rows import HEADINGS, LEFT, ON_TRACK, Since, rows_of
from actions.models import Meeting
from actions.models.action_state import State as ActionState
from actions.models.meeting_state import Heading

# The most a meeting reads on its screens; of a list with more, those first in order of value.
MOST = 1000
LAST_DAY = date.max.isoformat()
# How long one item usually takes.
MINUTES_EACH = 3


class Line(NamedTuple):
    """One item under its first heading: a promise, an action, a finding, what the sponsor is asked. `code` is its
    state; of what is left, how.

    `action_id` is the action a promise belongs to. `day` is told as text: few of the days are ever shown.
    """

    rank: int
    day: str | None
    pk: int
    kind: str
    title: str
    person_id: int | None
    person: str
    action_id: int | None
    code: str
    position: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}"

    @property
    def on(self) -> date | None:
        return date.fromisoformat(self.day) if self.day else None

    def in_order(self) -> tuple:
        return self.rank, self.position, self.day or LAST_DAY, self.kind, self.pk

    @property
    def heading(self) -> Heading:
        return HEADINGS[self.rank]


@dataclass
class Group:
    heading: Heading
    lines: list[Line]

    @property
    def label(self) -> str:
        return str(self.heading.label)


@dataclass
class Agenda:
    """`lines` are to be talked about, in order of value; `left` were, in the order they were left. `all_lines` are
    those of the list as it stands, whether they are talked about or not."""

    meeting: Meeting
    lines: list[Line] = field(default_factory=list)
    left: list[Line] = field(default_factory=list)
    on_track: list[Line] = field(default_factory=list)
    all_lines: list[Line] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        return len(self.left) + len(self.all_lines) >= MOST

    @cached_property
    def blocked(self) -> frozenset[int]:
        """The actions that wait for something: of one that is talked about with its promise, the line says so."""
        waiting = (line for line in self.all_lines if line.kind == "action" and line.code == ActionState.BLOCKED)
        return frozenset(line.pk for line in waiting)

    @cached_property
    def groups(self) -> list[Group]:
        return [Group(HEADINGS[rank], list(lines)) for rank, lines in groupby(self.lines, lambda line: line.rank)]

    @property
    def total(self) -> int:
        return len(self.left) + len(self.lines)

    @cached_property
    def order(self) -> list[Line]:
        """What was left first, then what is ahead: the way the meeting goes."""
        return [*self.left, *self.lines]

    @cached_property
    def current(self) -> Line | None:
        """What all look at: where the chair went, else the first that is not left."""
        return self.find(self.meeting.current) or next(iter(self.lines), None)

    @property
    def fits(self) -> int:
        """How many items there is usually time for."""
        return max(1, self.meeting.minutes // MINUTES_EACH)

    def find(self, key: str) -> Line | None:
        """What is on track can be talked about too."""
        return next((line for line in [*self.order, *self.on_track] if line.key == key), None) if key else None

    def place(self, line: Line) -> int:
        """From 1; nought for what is on track."""
        return self.order.index(line) + 1 if line in self.order else 0

    def beside(self, line: Line, step: int) -> Line | None:
        place = self.place(line) - 1 + step
        return self.order[place] if 0 <= place < len(self.order) else None


def agenda_of(meeting: Meeting, now: datetime, *, findings: bool = True, most: int | None = MOST) -> Agenda:
    """`findings` for whoever reads those of the team. Nothing is left out where `most` is None."""
    since = Since.of(meeting, now)
    whose = (meeting.pk, meeting.action_list_id, meeting.action_list.team_id)
    rows = rows_of(*whose, since=since, began=meeting.started_at, findings=findings, most=most)
    return sorted_out(meeting, sorted(map(Line._make, rows), key=Line.in_order))


def sorted_out(meeting: Meeting, lines: list[Line]) -> Agenda:
    """Each once: what is left stands there alone; an action goes with its promise where that is talked about."""
    left = [line for line in lines if line.rank == LEFT]
    done = {(line.kind, line.pk) for line in left}
    open_lines = [line for line in lines if line.rank != LEFT and (line.kind, line.pk) not in done]
    promised = {line.action_id for line in lines if line.kind == "commitment" and line.rank < ON_TRACK}
    todo = [line for line in open_lines if line.rank < ON_TRACK]
    todo = [line for line in todo if not (line.kind == "action" and line.pk in promised)]
    at_work = {line.action_id for line in open_lines if line.kind == "commitment"} | promised
    on_track = [line for line in open_lines if line.rank == ON_TRACK]
    on_track = [line for line in on_track if not (line.kind == "action" and line.pk in at_work)]
    return Agenda(meeting, todo, left, on_track, [line for line in lines if line.rank != LEFT])
