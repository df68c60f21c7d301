"""Mails about meetings: into the calendar, out of it, why one is skipped, and the minutes."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from actions.minutes import minutes_for
from actions.models import Invitee, Meeting, MeetingPerson, MeetingSeries
from actions.models.invitee import CANCELLATION, INVITATION, MINUTES, MOVED, SKIPPED
from actions.models.meeting_state import State
from actions.topics import human, lines
from failforward import links, outbox
from failforward.accounts.models import User
from failforward.mail import Message
from failforward.outbox import catalogue
from failforward.outbox.models import Mail
from failforward.outbox.models import State as MailState


def register() -> None:
    catalogue.register(INVITATION, render_invitation, is_invited)
    catalogue.register(CANCELLATION, render_cancellation, is_not_invited)
    catalogue.register(SKIPPED, render_skipped, is_skipped)
    catalogue.register(MOVED, render_moved, is_ahead)
    catalogue.register(MINUTES, render_minutes)


def invitee_of(mail: Mail) -> Invitee:
    rows = Invitee.objects.select_related("person", "series__action_list__owner", "series__action_list__team")
    return rows.get(pk=mail.subject_id)


def render_invitation(mail: Mail) -> Message:
    """The series as it is now. It says whether it is new to them or has changed."""
    # The library takes a tenth of a second to load, and most processes never need it.
    from actions import invitations

    invitee = invitee_of(mail)
    sent = invitations.sent_to(invitee, mail.due_at)
    before = Mail.objects.filter(kind=INVITATION, subject_id=invitee.pk, state=MailState.SENT, pk__lt=mail.pk)
    text = invitations.invitation(sent)
    return about_series("meeting_invitation", invitee, text, is_change=before.exists() and invitee.version > 1)


def render_cancellation(mail: Mail) -> Message:
    from actions import invitations

    invitee = invitee_of(mail)
    text = invitations.cancellation(invitations.sent_to(invitee, mail.due_at))
    return about_series("meeting_cancellation", invitee, text, is_over=not invitee.series.invites)


def is_invited(pk: int | None) -> bool | str:
    return Invitee.objects.filter(pk=pk, invited=True).exists() or _("They are not on the list any more.")


def is_not_invited(pk: int | None) -> bool | str:
    return Invitee.objects.filter(pk=pk, invited=False).exists() or _("They are on the list again.")


def invite_after_all(person: User) -> None:
    """With an address at last: the newest invitation, where it could not go out."""
    now = timezone.now()
    for pk in Invitee.objects.filter(person=person, invited=True).values_list("pk", flat=True):
        newest = Mail.objects.filter(kind=INVITATION, subject_id=pk).order_by("-pk").defer("body").first()
        if newest is not None and newest.state == MailState.WITHHELD and person.email:
            outbox.replan(newest, now)


def about_series(template: str, invitee: Invitee, calendar: str, **more) -> Message:
    series = invitee.series
    context = {"series": series, "when": weekly_in_words(series), "first_on": day(series.first_on)}
    context |= {"until": day(series.ends_on) if series.ends_on else ""}
    return letter(template, series.action_list.owner, invitee.person, calendar, **context, **more)


def render_skipped(mail: Mail) -> Message:
    """Out of the calendar of whoever has the series there; told in words to everybody who was expected."""
    from actions import invitations

    meeting = meeting_of(mail)
    calendar = in_calendar(mail, meeting, invitations.skip)
    context = {"meeting": meeting, "on": day(meeting.on), "why": lines(meeting.skipped_because)}
    context["next"] = next_in_words(meeting)
    return letter("meeting_skipped", meeting.action_list.owner, mail.recipient, calendar, **context)


def in_calendar(mail: Mail, meeting: Meeting, write: Callable[..., str]) -> str:
    """What this mail does to one meeting where its reader has the series in a calendar."""
    from actions import invitations

    in_series = Invitee.objects.filter(series=meeting.series_id, person=mail.recipient, invited=True)
    invitee = in_series.select_related("person", "series__action_list__owner").first()
    return write(invitations.sent_to(invitee, mail.due_at), meeting) if invitee else ""


def next_in_words(meeting: Meeting) -> str:
    """When the list meets instead; empty where it does not."""
    ahead = Meeting.objects.still_open().filter(action_list=meeting.action_list_id).exclude(pk=meeting.pk)
    found = ahead.select_related("action_list").first()
    return moment(found.starts_at, found.action_list.time_zone) if found else ""


def render_moved(mail: Mail) -> Message:
    """Elsewhere in the calendar of whoever has the series there; told in words to everybody who is expected."""
    from actions import invitations

    meeting = meeting_of(mail)
    zone = meeting.action_list.time_zone
    context = {"meeting": meeting, "on": day(meeting.on), "why": lines(meeting.moved_because), "zone": zone}
    context |= {"when": moment(meeting.starts_at, zone), "was": moment(meeting.in_series_at, zone)}
    context["url"] = links.absolute("meeting_detail", meeting.pk)
    calendar = in_calendar(mail, meeting, invitations.move)
    return letter("meeting_moved", meeting.action_list.owner, mail.recipient, calendar, **context)


def is_ahead(pk: int | None) -> bool | str:
    planned = Meeting.objects.filter(pk=pk, state=State.PLANNED)
    return planned.exists() or _("It has begun meanwhile, or is skipped.")


def is_skipped(pk: int | None) -> bool | str:
    return Meeting.objects.filter(pk=pk, state=State.SKIPPED).exists() or _("It is held after all.")


def render_minutes(mail: Mail) -> Message:
    meeting = meeting_of(mail)
    minutes = minutes_for(meeting, mail.recipient)
    context = {"meeting": meeting, "on": day(meeting.on), "minutes": minutes}
    context |= {"present": names(minutes.present), "missing": names(minutes.missing)}
    context["url"] = links.absolute("meeting_detail", meeting.pk)
    context["yours"] = [(item, links.absolute("action_detail", item.action_id)) for item in minutes.yours]
    return letter("minutes", meeting.chair, mail.recipient, **context)


def names(persons: list[MeetingPerson]) -> str:
    return ", ".join(person.user.name for person in persons)


def meeting_of(mail: Mail) -> Meeting:
    return Meeting.objects.for_detail().get(pk=mail.subject_id)


def letter(template: str, other: User, to: User, calendar: str = "", **context) -> Message:
    """A reply reaches the owner or the chair. Whoever does not read the list gets no address that leads nowhere."""
    other = None if other == to else other
    action_list = (context.get("series") or context["meeting"]).action_list
    context |= {"to": to, "other": other, "list": action_list, "reply_to": human(other)}
    context.setdefault("url", links.absolute("list_detail", action_list.pk))
    context["url"] = context["url"] if action_list.readers().filter(pk=to.pk).exists() else ""
    return Message(
        template=template,
        context=context,
        to=to.email,
        to_name=to.name,
        from_name=other.name if other else "",
        reply_to=human(other),
        calendar=calendar,
    )


def weekly_in_words(series: MeetingSeries) -> str:
    """ "every Wednesday at 15:00 (Europe/Berlin), 30 minutes" """
    weekday = series.action_list.get_meeting_weekday_display()
    values = {"day": weekday, "time": time_format(series.time, "H:i"), "zone": series.time_zone, "n": series.minutes}
    return _("every %(day)s at %(time)s (%(zone)s), %(n)s minutes") % values


def moment(at: datetime, zone: str) -> str:
    at = at.astimezone(ZoneInfo(zone))
    return f"{day(at)}, {time_format(at, 'H:i')}"


def day(on) -> str:
    return date_format(on, "D j M Y")
