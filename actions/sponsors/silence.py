"""How long a sponsor has not answered, in words, and the one reminder they get."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionList, SponsorRequest
from actions.models.sponsor_request import ASKED
from actions.rhythm.silence import reachable_at
from failforward import working_days
from failforward.accounts import times
from failforward.outbox.models import Mail, State

REMINDED_AFTER = 3  # working days of the sponsor
BATCH = 200
# What `_sponsor_row.html` and `with_silence` read of one.
SPONSOR_ROW = ["state", "what", "asked_on", "needed_by", "answer", "answered_on", "promised_on"]


def in_words(asked: SponsorRequest, today: date) -> str:
    """ "asked 9 days ago, no answer, needed by Friday" """
    return ", ".join([asked_when(asked.asked_on, today), _("no answer"), needed_when(asked.needed_by, today)])


def asked_when(day: date, today: date) -> str:
    days = (today - day).days
    if days <= 0:
        return _("asked today")
    return _("asked yesterday") if days == 1 else _("asked %(days)s days ago") % {"days": days}


def needed_when(day: date, today: date) -> str:
    days = (day - today).days
    if days < 0:
        return ngettext("needed since yesterday", "needed for %(days)s days", -days) % {"days": -days}
    if days == 0:
        return _("needed today")
    # "By Friday" is this week's or the next days', never one among several.
    words = date_format(day, "l") if days < 7 else date_format(day, "D j M")
    return _("needed by %(day)s") % {"day": words}


def with_silence(rows: Iterable[SponsorRequest], today: date) -> list[SponsorRequest]:
    """`silence` of each that waits, for a template."""
    rows = list(rows)
    for one in rows:
        one.silence = in_words(one, today) if one.is_open else ""
    return rows


def with_first_unanswered(lists: QuerySet) -> QuerySet:
    """Of each list what its sponsor should answer first, in the query that reads the lists."""
    waiting = SponsorRequest.objects.unanswered().filter(action_list=OuterRef("pk")).order_by("needed_by", "pk")
    first = {f"first_{name}": Subquery(waiting.values(name)[:1]) for name in FIRST}
    return lists.select_related("sponsor", "owner").annotate(**first)


FIRST = ["id", "what", "asked_on", "needed_by", "sponsor_id", "asked_by_id"]


def first_unanswered(shown: ActionList) -> SponsorRequest | None:
    """Of a list that was loaded `with_first_unanswered`."""
    if shown.first_id is None:
        return None
    return SponsorRequest(action_list=shown, **{name: getattr(shown, f"first_{name}") for name in FIRST})


def remind(now: datetime) -> int:
    """One reminder, counted from when the request really went out: an outage reminds nobody. None where the sponsor
    wants none."""
    asking = Mail.objects.filter(kind=ASKED, subject_id=OuterRef("pk"), recipient=OuterRef("sponsor"))
    # Of somebody who sponsors the list again the last one counts, once it went out.
    sent_at = asking.order_by("-pk").values(went=Case(When(state=State.SENT, then="sent_at")))[:1]
    open_ones = SponsorRequest.objects.unanswered().filter(reminded_at=None, sponsor__nudges=True)
    waiting = open_ones.annotate(sent_at=Subquery(sent_at)).exclude(sent_at=None).select_related("sponsor")
    planned = 0
    for asked in waiting.prefetch_related("sponsor__absences").order_by("pk").iterator(BATCH):
        if due_at(asked) <= now:
            planned += asked.remind(reachable_at(asked.sponsor, now), now)
    return planned


def due_at(asked: SponsorRequest) -> datetime:
    """Three working days after it was asked; the day before it is needed, where that comes sooner."""
    sponsor = asked.sponsor
    usual = times.after(sponsor, asked.sent_at, REMINDED_AFTER)
    first = times.after(sponsor, asked.sent_at, 1)
    before = working_days.instant(asked.needed_by - timedelta(1), sponsor.ask_hour, sponsor.time_zone)
    return max(first, min(usual, before))
