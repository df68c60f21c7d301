"""What a meeting talks about: asked of the list as it stands, nothing is copied. One query, however much there is."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import (
    BigAutoField,
    Case,
    CharField,
    DateField,
    Exists,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, TruncDate

from actions.models import (
    ActionItem,
    Answer,
    Commitment,
    EffectivenessCheck,
    FollowUp,
    Meeting,
    MeetingItem,
    SponsorRequest,
)
from actions.models.action_state import OPEN_STATES, PROOF_STATES
from actions.models.action_state import State as ActionState
from actions.models.meeting_item import KINDS
from actions.models.meeting_state import Heading
from actions.models.promise import OPEN_STATES as STILL_OPEN
from actions.models.promise import State as Promise
from actions.models.silence import Step
from actions.models.sponsor_request import ANSWERS as ANSWERED
from actions.models.sponsor_request import State as Sponsored
from failforward import working_days
from failforward.prepared import prepared
from reviews.models import Finding
from reviews.models.finding_state import State as FindingState

HEADINGS = list(Heading)
RANK = {heading: rank for rank, heading in enumerate(HEADINGS)}
ON_TRACK = RANK[Heading.ON_TRACK]
# What the walk goes back to: it is left already.
LEFT = -1
# The most a meeting reads on its screens; of a list with more, those first in order of value.
MOST = 1000
A_WEEK, PATIENCE = timedelta(7), timedelta(3)
LAST_DAY = date.max.isoformat()
# How long one item usually takes.
MINUTES_EACH = 3
# A number that is passed on as the database gives it; of other kinds Django looks at each one.
NUMBER = BigAutoField()


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
    """`lines` are to be talked about, in order of value; `left` were, in the order they were left."""

    meeting: Meeting
    lines: list[Line] = field(default_factory=list)
    left: list[Line] = field(default_factory=list)
    on_track: list[Line] = field(default_factory=list)
    # The actions that wait for something, by number: of one that is talked about with its promise, the line says so.
    blocked: frozenset[int] = frozenset()

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


@dataclass(frozen=True)
class Since:
    """What a meeting looks back on: from the end of the last one, or a week. Its days are those of the list's zone."""

    at: datetime
    today: date
    zone: str

    @classmethod
    def of(cls, meeting: Meeting, now: datetime) -> "Since":
        zone = meeting.action_list.time_zone
        # To the hour, so that the query of the first lobby is not written at each look.
        this_hour = now.replace(minute=0, second=0, microsecond=0)
        at = last_closed_at(meeting) or (meeting.started_at or min(this_hour, meeting.starts_at)) - A_WEEK
        return cls(at, working_days.local_date(now, zone), zone)

    @property
    def silent_before(self) -> datetime:
        return working_days.instant(self.today - PATIENCE, 0, self.zone)


def last_closed_at(meeting: Meeting) -> datetime | None:
    """Screens have read it with the meeting."""
    if hasattr(meeting, "last_closed_at"):
        return meeting.last_closed_at
    last = meeting.before()
    return last.closed_at if last else None


def agenda_of(meeting: Meeting, now: datetime, *, findings: bool = True, most: int | None = MOST) -> Agenda:
    """`findings` for whoever reads those of the team. Nothing is left out where `most` is None."""
    since = Since.of(meeting, now)
    whose = (meeting.pk, meeting.action_list_id, meeting.action_list.team_id)
    rows = rows_of(*whose, since=since, began=meeting.started_at, findings=findings, most=most)
    return sorted_out(meeting, sorted(map(Line._make, rows), key=Line.in_order))


@prepared
def rows_of(
    meeting: int, owned: int, team: int, *, since: Since, began: datetime | None, findings: bool, most: int | None
) -> QuerySet:
    parts = [promises(owned, since, began), actions(owned, since), asked_of_sponsor(owned, since), items_left(meeting)]
    parts += [new_findings(owned, team, since)] if findings else []
    return parts[0].union(*parts[1:], all=True).order_by("a_rank", "c_pk")[:most]


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
    blocked = frozenset(line.pk for line in lines if line.kind == "action" and line.code == ActionState.BLOCKED)
    return Agenda(meeting, todo, left, on_track, blocked)


def promises(owned: int, since: Since, began: datetime | None) -> QuerySet:
    """What hangs on the list and is still open, or was answered since."""
    ours = Commitment.objects.filter(action_list=owned)
    answered = Exists(Answer.objects.filter(follow_up__commitment=OuterRef("pk"), answered_at__gt=since.at))
    is_open = Q(state__in=STILL_OPEN)
    # Where the steps about silence have come to the meeting; what was asked so stands nowhere else.
    handed_on = FollowUp.objects.waiting().filter(commitment=OuterRef("pk"), silence_steps__step=Step.MEETING)
    unanswered = Exists(handed_on)
    asked = Q(state=Promise.REQUESTED)
    made_here = Q(created_at__gte=began) if began else Q(pk__in=[])
    rank = Case(
        When(answered, then=RANK[Heading.ANSWERS]),
        When(is_open & made_here, then=ON_TRACK),
        When(is_open & unanswered, then=RANK[Heading.SILENT]),
        When(is_open & Q(due_on=since.today), then=RANK[Heading.DUE]),
        When(is_open & Q(due_on__lt=since.today), then=RANK[Heading.OVERDUE]),
        When(Q(state=Promise.STUCK), then=RANK[Heading.BLOCKED]),
        When(asked & Q(created_at__lt=since.silent_before), then=RANK[Heading.SILENT]),
        default=ON_TRACK,
    )
    found = ours.filter(is_open | asked | Q(answered))
    action = Coalesce("action_id", "step__action_id", "milestone__action_id")
    told = {"rank": rank, "on": F("due_on"), "title": F("what"), "action": action, "code": F("state")}
    return row(found, Value("commitment"), "person", **told)


def actions(owned: int, since: Since) -> QuerySet:
    ours = ActionItem.objects.filter(action_list=owned)
    to_check = Exists(EffectivenessCheck.objects.due(since.today).filter(action=OuterRef("pk")))
    just_claimed = Q(state=ActionState.CLAIMED_DONE, claimed_done_at__gt=since.at)
    is_open = Q(state__in=OPEN_STATES)
    rank = Case(
        When(just_claimed, then=RANK[Heading.ANSWERS]),
        When(is_open & Q(next_due_on=since.today), then=RANK[Heading.DUE]),
        When(is_open & Q(next_due_on__lt=since.today), then=RANK[Heading.OVERDUE]),
        When(Q(state=ActionState.BLOCKED), then=RANK[Heading.BLOCKED]),
        When(pk__in=ours.stalled(since.today, since.zone).values("pk"), then=RANK[Heading.STALLED]),
        When(to_check, then=RANK[Heading.CHECKS]),
        When(Q(state=ActionState.PROPOSED), then=RANK[Heading.FINDINGS]),
        default=ON_TRACK,
    )
    checked = Q(state__in=PROOF_STATES) & Q(to_check)
    found = ours.filter(is_open | Q(state=ActionState.CLAIMED_DONE) | checked)
    told = {"rank": rank, "on": F("next_due_on"), "title": F("what"), "action": F("id"), "code": F("state")}
    return row(found, Value("action"), "responsible", **told)


def asked_of_sponsor(owned: int, since: Since) -> QuerySet:
    """What waits for the sponsor's word, and what they said since."""
    ours = SponsorRequest.objects.filter(action_list=owned)
    said = Q(state__in=ANSWERED, answered_at__gt=since.at)
    rank = Case(When(said, then=RANK[Heading.ANSWERS]), default=RANK[Heading.SPONSOR])
    told = {"rank": rank, "on": F("needed_by"), "title": F("what"), "action": F("action_id"), "code": F("state")}
    return row(ours.filter(said | Q(state=Sponsored.ASKED)), Value("sponsor_request"), "sponsor", **told)


def new_findings(owned: int, team: int, since: Since) -> QuerySet:
    """Of the team, opened since and not yet in hand; and what the last meeting had no time for."""
    open_ones = Finding.objects.filter(team=team, actions=None)
    open_ones = open_ones.filter(state__in=[FindingState.OPEN, FindingState.REOPENED])
    last = Meeting.objects.closed().filter(action_list=owned).order_by("-closed_at").values("pk")[:1]
    waiting = MeetingItem.objects.filter(finding=OuterRef("pk"), meeting__in=last, left_as__in=["", "parked"])
    found = open_ones.filter(Q(opened_at__gt=since.at) | Exists(waiting))
    opened_on = TruncDate("opened_at", tzinfo=ZoneInfo(since.zone))
    told = {"rank": Value(RANK[Heading.FINDINGS]), "on": opened_on, "title": F("title")}
    return row(found, Value("finding"), "opened_by", action=Value(None), code=F("state"), **told)


def items_left(meeting: int) -> QuerySet:
    """What this meeting is done with, in the order it was left."""
    found = MeetingItem.objects.filter(meeting=meeting).left()
    kind = Case(*(When(**{f"{kind}__isnull": False}, then=Value(kind)) for kind in KINDS), output_field=CharField())
    pk = Coalesce(*(f"{kind}_id" for kind in KINDS))
    told = {"rank": Value(LEFT), "on": F("due_on"), "title": F("title"), "action": F("action_id"), "code": F("left_as")}
    return row(found, kind, "person", pk=pk, position=F("position"), **told)


def row(
    found: QuerySet,
    kind: Expression,
    person: str,
    *,
    rank: Expression,
    on: Expression,
    title: Expression,
    action: Expression,
    code: Expression,
    pk: Expression | None = None,
    position: Expression | None = None,
) -> QuerySet:
    """The columns of a `Line`, cast so that all databases put the kinds together."""
    columns = {
        "a_rank": Cast(rank, NUMBER),
        "b_day": Cast(Cast(on, DateField()), CharField()),
        "c_pk": Cast(pk or F("pk"), NUMBER),
        "d_kind": Cast(kind, CharField()),
        "e_title": Cast(title, TextField()),
        "f_person": Cast(F(f"{person}_id"), NUMBER),
        "g_name": Coalesce(F(f"{person}__name"), Value(""), output_field=CharField()),
        "h_action": Cast(action, NUMBER),
        "i_code": Cast(code, CharField()),
        "j_place": Cast(position or Value(0), NUMBER),
    }
    return found.order_by().annotate(**columns).values_list(*columns)
