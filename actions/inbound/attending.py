"""What a calendar answers to an invitation of ours: who comes to the next meeting and who does not. It is a robot's
mail, never an answer to a question, and nobody is told that it came."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from actions.inbound import whose
from actions.inbound.parser import parser
from actions.inbound.verdict import Case, Verdict
from actions.models import Invitee, Meeting, MeetingPerson
from actions.models.meeting_state import State as MeetingState
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.inbound.models import State
from failforward.mail import LOOP_HEADER

COMES = {"ACCEPTED": True, "DECLINED": False}


@dataclass(frozen=True)
class Attending:
    """`status` is the PARTSTAT; `at` the one meeting that is meant, None for the whole series."""

    uid: str
    status: str
    at: datetime | None


def note(case: Case) -> Verdict | None:
    if case.kind != "auto_reply" or case.letter.has(LOOP_HEADER):
        return None
    found = attending_in(case.raw)
    if found is None:
        return None
    person = whose.known(case.letter.sender)
    if person is None or case.letter.is_disowned(settings.AUTHSERV_ID) or not say(found, person, case.now):
        return Verdict(State.IGNORED, "robot")
    case.person = person
    return Verdict(State.NOTE, "calendar")


def attending_in(raw: bytes) -> Attending | None:
    """Of the first event that is answered. What the library cannot read is left to the step after this one."""
    from icalendar import Calendar

    for text in parser().calendars_in(raw):
        try:
            calendar = Calendar.from_ical(text)
            if str(calendar.get("method", "")).upper() != "REPLY":
                continue
            event = calendar.walk("VEVENT")[0]
            attendee = event["attendee"]
            attendee = attendee[0] if isinstance(attendee, list) else attendee
            at = event["recurrence-id"].dt if "recurrence-id" in event else None
            return Attending(str(event["uid"]), str(attendee.params.get("partstat", "")).upper(), instant(at))
        except (ValueError, KeyError, IndexError, AttributeError):
            continue
    return None


def instant(at: datetime | date | None) -> datetime | None:
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def say(found: Attending, person: User, now: datetime) -> bool:
    """Noted for the meeting that is ahead; one that is over needs no note."""
    comes = COMES.get(found.status)
    series = Invitee.objects.filter(person=person, invited=True, series__uuid=uuid_in(found.uid)).values("series")
    meetings = Meeting.objects.filter(series__in=series, state=MeetingState.PLANNED).select_related("action_list")
    meant = Q(planned_at=found.at) | Q(planned_at=None, starts_at=found.at)
    meeting = (meetings.filter(meant) if found.at else meetings).first()
    if comes is None or meeting is None:
        return False
    try:
        MeetingPerson.say(meeting, person, person, comes=comes, now=now)
    except Refused:
        return False
    return True


def uuid_in(uid: str) -> UUID | None:
    try:
        return UUID(uid.removeprefix("meetings-").partition("@")[0])
    except ValueError:
        return None
