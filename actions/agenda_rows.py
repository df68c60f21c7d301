"""The rows of an agenda: what there is of each kind since the last meeting, put together by one query."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    Subquery,
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
    Milestone,
    SponsorRequest,
)
from actions.models import Step as ActionStep
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
A_WEEK, PATIENCE = timedelta(7), timedelta(3)
# A number that is passed on as the database gives it; of other kinds Django looks at each one.
NUMBER = BigAutoField()
PARTS = [(ActionStep, "step"), (Milestone, "milestone")]


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


@prepared
def rows_of(
    meeting: int, owned: int, team: int, *, since: Since, began: datetime | None, findings: bool, most: int | None
) -> QuerySet:
    parts = [promises(owned, since, began), actions(owned, since), asked_of_sponsor(owned, since), items_left(meeting)]
    parts += [new_findings(owned, team, since)] if findings else []
    return parts[0].union(*parts[1:], all=True).order_by("a_rank", "c_pk")[:most]


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
    # Looked up for those that hang on a part of one: to join the parts PostgreSQL reads all milestones there are.
    parts = (Subquery(part.objects.filter(pk=OuterRef(key)).values("action")) for part, key in PARTS)
    action = Coalesce("action_id", *parts)
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
