"""The weekly meeting as calendars know it (RFC 5545), for invitations by mail (RFC 5546) and for feeds.

One weekly event a series, with RRULE and a UID that stays: Outlook, Google and Apple all draw it through the year, move
it when a REQUEST of a higher SEQUENCE comes, and take it out at a CANCEL. An event for each meeting would be a mail a
week, and would keep no hour of the next weeks free. A meeting that is skipped is a CANCEL with its RECURRENCE-ID, which
all three take out alone; because a later REQUEST of the whole series would bring it back in Outlook, that one names it
as EXDATE. A meeting that is moved is a REQUEST with its RECURRENCE-ID, the start by the series, and a start of its own;
a later REQUEST of the whole series has it as a second event, for the same reason. The start is a wall-clock time with
TZID and the zone's own rules beside it, never UTC, so that the hour stays when the clocks change.

Each person gets a mail of their own and is its only ATTENDEE: calendars answer for whoever they find there, and
nobody's address goes to others. The ORGANIZER is our address and never the owner's: a calendar ignores a change by an
organizer that it does not know, and owners change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from actions.models import Invitee, Meeting, MeetingSeries
from actions.models.meeting_state import State
from actions.zone_rules import add_zones
from failforward import links
from failforward.accounts.models import User
from failforward.inbound.addresses import reply_base
from failforward.mail import clean_name

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
SUMMARY_LENGTH = 120
REQUEST, CANCEL = "REQUEST", "CANCEL"
# More than a year of them.
MOST_SINGLE = 100
UID = "meetings-"


@dataclass(frozen=True)
class Sent:
    """What a mail brings to one person's calendar, `at` the instant that the mail was due."""

    series: MeetingSeries
    person: User
    sequence: int
    at: datetime


def invitation(sent: Sent) -> str:
    events = all_of(sent.series, sent.sequence, sent.at)
    return text_of(REQUEST, *(addressed(event, sent, "CONFIRMED") for event in events))


def cancellation(sent: Sent) -> str:
    """The whole series leaves this person's calendar."""
    return text_of(CANCEL, addressed(weekly(sent.series, sent.sequence, sent.at), sent, "CANCELLED"))


def skip(sent: Sent, meeting: Meeting) -> str:
    """This one meeting leaves it."""
    return text_of(CANCEL, addressed(single(meeting, sent.series, sent.sequence, sent.at), sent, "CANCELLED"))


def move(sent: Sent, meeting: Meeting) -> str:
    """This one meeting stands elsewhere in it."""
    return text_of(REQUEST, addressed(single(meeting, sent.series, sent.sequence, sent.at), sent, "CONFIRMED"))


def all_of(series: MeetingSeries, sequence: int, at: datetime) -> list[Event]:
    """The series and what was moved of it: as many events of one UID."""
    moved = (single(meeting, series, sequence, at) for meeting in moved_of(series))
    return [weekly(series, sequence, at, skipped_of(series)), *moved]


def single(meeting: Meeting, series: MeetingSeries, sequence: int, at: datetime) -> Event:
    event = base(series, sequence, at)
    event.add("recurrence-id", local(meeting.in_series_at, series))
    event.add("dtstart", local(meeting.starts_at, series))
    event.add("duration", timedelta(minutes=meeting.minutes))
    if meeting.place:
        event.add("location", meeting.place)
    return event


def weekly(series: MeetingSeries, sequence: int, at: datetime, skipped: Iterable[Meeting] = ()) -> Event:
    """Every week at the list's own wall-clock time, whatever its zone does to the clock."""
    zone = ZoneInfo(series.time_zone)
    event = base(series, sequence, at)
    event.add("dtstart", datetime.combine(series.first_on, series.time, zone))
    event.add("duration", timedelta(minutes=series.minutes))
    rule: dict[str, object] = {"freq": "weekly", "byday": DAYS[series.weekday - 1]}
    if series.ends_on:
        # In UTC, as RFC 5545 wants it where the start has a zone.
        rule["until"] = datetime.combine(series.ends_on, time(23, 59, 59), zone).astimezone(UTC)
    event.add("rrule", rule)
    for meeting in skipped:
        event.add("exdate", local(meeting.in_series_at, series))
    return event


def base(series: MeetingSeries, sequence: int, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{UID}{series.uuid}@{links.mail_domain()}")
    event.add("sequence", sequence)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("last-modified", at.astimezone(UTC))
    event.add("summary", summary_of(series))
    event.add("url", links.absolute("list_detail", series.action_list_id))
    return event


def summary_of(series: MeetingSeries) -> str:
    return (_("Meeting: %(list)s") % {"list": " ".join(str(series.action_list).split())})[:SUMMARY_LENGTH]


def addressed(event: Event, sent: Sent, status: str) -> Event:
    event.add("status", status)
    event.add("organizer", who(reply_base(), "FailForward"), encode=0)
    attendee = who(sent.person.email, sent.person.name)
    attendee.params |= {"cutype": "INDIVIDUAL", "role": "REQ-PARTICIPANT"}
    if status != "CANCELLED":
        attendee.params |= {"partstat": "NEEDS-ACTION", "rsvp": "TRUE"}
    event.add("attendee", attendee, encode=0)
    return event


def who(address: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    found.params["cn"] = clean_name(name).replace("'", "’") or address
    return found


def text_of(method: str, *events: Event) -> str:
    made = Calendar()
    made.add("prodid", f"-//FailForward//{links.mail_domain()}//")
    made.add("version", "2.0")
    made.add("method", method)
    for event in events:
        made.add_component(event)
    # A year back, so that the rules hold at the first meeting whatever its day.
    add_zones(made, min(event.start.year for event in events) - 1)
    return made.to_ical().decode()


def local(at: datetime, series: MeetingSeries) -> datetime:
    return at.astimezone(ZoneInfo(series.time_zone))


def skipped_of(series: MeetingSeries) -> list[Meeting]:
    """What does not stand in a calendar: the last that were skipped, ahead or not."""
    skipped = Meeting.objects.filter(series=series, state=State.SKIPPED)
    return list(skipped.order_by("-starts_at")[:MOST_SINGLE])


def moved_of(series: MeetingSeries) -> list[Meeting]:
    """The last that were moved, held or ahead, where the series as it is now has a meeting in their place."""
    moved = Meeting.objects.filter(series=series, planned_at__isnull=False).exclude(state=State.SKIPPED)
    found = moved.order_by("-starts_at")[:MOST_SINGLE]
    return [meeting for meeting in found if series.start_in_week_of(meeting.planned_at) == meeting.planned_at]


def sent_to(invitee: Invitee, at: datetime) -> Sent:
    return Sent(invitee.series, invitee.person, invitee.sequence, at)
