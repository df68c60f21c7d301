"""Calendars to subscribe to (iCalendar, RFC 5545): what a person promised, and what lies ahead on an action list.

Days are whole-day entries that block no time. A UID stays for as long as its object does and SEQUENCE is the object's
version, so that a moved date moves in the calendar and does not double. What is private or belongs to a named or
sealed review is an entry without its words: a calendar's reader is not always its owner.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from actions import invitations
from actions.models import ActionItem, ActionList, CalendarFeed, Commitment, Invitee, MeetingSeries, Milestone
from actions.models.action_state import OPEN_STATES
from actions.zone_rules import add_zones
from failforward import links
from failforward.accounts.models import User
from failforward.working_days import local_date
from reviews.models.review import Visibility

AT_MOST = 500
READ_EVERY = timedelta(hours=1)
SUMMARY_LENGTH = 120


def build(feed: CalendarFeed) -> bytes:
    """The feed as it stands now, at most `AT_MOST` entries of each kind, the nearest first."""
    if feed.action_list is None:
        own = [*meetings_of(feed.person), *promises(feed.person), *milestones_of(feed.person)]
        name, entries = _("FailForward"), own
    else:
        name, entries = feed.action_list.name, list_entries(feed.action_list, feed.person)
    made = Calendar()
    made.add("prodid", f"-//FailForward//{links.mail_domain()}//")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", READ_EVERY, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for entry in entries:
        made.add_component(entry)
    add_zones(made, min((entry.start.year for entry in entries), default=timezone.now().year) - 1)
    return made.to_ical()


def promises(person: User) -> Iterable[Event]:
    mine = Commitment.objects.still_open().filter(person=person).select_related("review", "asked_by")
    return [promise(one, one.private or not is_open_to_teams(one)) for one in mine.order_by("due_on", "pk")[:AT_MOST]]


def is_open_to_teams(commitment: Commitment) -> bool:
    return commitment.review is None or commitment.review.visibility == Visibility.STANDARD


def promise(commitment: Commitment, wordless: bool, who: str = "") -> Event:
    summary = _("Something you promised") if wordless else str(commitment)
    asked_by = _("Asked by %(name)s.") % {"name": commitment.asked_by.name} if commitment.asked_by else ""
    about = "" if wordless else "\n".join(filter(None, [commitment.what, commitment.outcome_wanted, asked_by]))
    url = links.absolute("commitment_detail", commitment.pk)
    uid = f"commitment-{commitment.uuid}"
    return day_entry(uid, commitment, f"{who}: {summary}" if who else summary, about, url)


def milestones_of(person: User) -> Iterable[Event]:
    return milestone_entries(Milestone.objects.filter(action__responsible=person))


def milestone_entries(milestones) -> list[Event]:
    ahead = milestones.filter(reached_on=None, called_off_because="", action__state__in=OPEN_STATES)
    found = ahead.select_related("action__responsible").order_by("due_on", "pk")[:AT_MOST]
    return [milestone_entry(one, one.action) for one in found]


def milestone_entry(milestone: Milestone, action: ActionItem) -> Event:
    who = _("Responsible: %(name)s.") % {"name": action.responsible.name} if action.responsible else ""
    about = "\n".join(filter(None, [action.what, who]))
    url = links.absolute("action_detail", action.pk)
    return day_entry(f"milestone-{milestone.pk}", milestone, milestone.what, about, url)


def list_entries(action_list: ActionList, reader: User) -> list[Event]:
    """The weekly meetings, the milestones ahead, and the promises that `reader` may read."""
    shared = Commitment.objects.visible_to(reader).still_open().filter(action_list=action_list, private=False)
    shared = shared.for_list().select_related("review").order_by("due_on", "pk")[:AT_MOST]
    return [
        *meetings_on(action_list, reader),
        *milestone_entries(Milestone.objects.filter(action__action_list=action_list)),
        *(promise(one, False, one.person.name) for one in shared if is_open_to_teams(one)),
    ]


def day_entry(uid: str, due: Commitment | Milestone, summary: str, about: str, url: str) -> Event:
    entry = base_entry(uid, summary, due.version)
    entry.add("dtstart", due.due_on)
    entry.add("dtend", due.due_on + timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    entry.add("description", "\n\n".join(filter(None, [about, url])))
    entry.add("url", url)
    return entry


def meetings_of(person: User) -> Iterable[Event]:
    """The series that this person is invited to, by the UID of the invitation: in a calendar that has both they are
    one."""
    mine = Invitee.objects.filter(person=person, invited=True, series__in=MeetingSeries.objects.carried_on())
    found = mine.select_related("series__action_list").order_by("pk")[:AT_MOST]
    return [event for one in found for event in series_entries(one.series, one.sequence)]


def meetings_on(action_list: ActionList, reader: User) -> Iterable[Event]:
    """While there is something to meet about; where no series is planned, when the list says that it meets."""
    series = MeetingSeries.objects.filter(action_list=action_list).select_related("action_list").first()
    if series is None:
        starts_on = local_date(action_list.created_at, action_list.time_zone)
        planned = MeetingSeries(action_list=action_list, uuid=action_list.uuid, starts_on=starts_on)
        return [invitations.weekly(planned, action_list.version - 1, timezone.now())]
    if not series.is_carried_on:
        return []
    invitee = series.invitees.filter(person=reader).first()
    return series_entries(series, invitee.sequence if invitee else series.version - 1)


def series_entries(series: MeetingSeries, sequence: int) -> list[Event]:
    return invitations.all_of(series, sequence, timezone.now())


def base_entry(uid: str, summary: str, version: int) -> Event:
    entry = Event()
    entry.add("uid", f"{uid}@{links.mail_domain()}")
    entry.add("sequence", version - 1)
    entry.add("dtstamp", timezone.now().astimezone(UTC))
    entry.add("summary", " ".join(summary.split())[:SUMMARY_LENGTH])
    return entry
