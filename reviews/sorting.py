"""What one press of "Save event" does: judge the event, read (code) it, and join it to a weakness."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from failforward.accounts.models import User
from failforward.guards import Refused
from reviews import coding
from reviews.models import Coding, FailureEvent, Finding, Verdict
from reviews.models.finding import must_be_where_it_was


@dataclass(frozen=True)
class Sorting:
    """What the form says. Empty means "not said". Where `joins`, no finding means "in none"; else it is left alone."""

    causal_role: str = ""
    category: str = ""
    verdict: str = ""
    finding: Finding | None = None
    new_finding: str = ""
    joins: bool = False
    again_because: str = ""
    # The finding it was in when the form was opened, 0 for none; None where that is not known.
    seen: int | None = None


@transaction.atomic
def sort(event: FailureEvent, by: User, said: Sorting, *, version: int, now: datetime) -> None:
    """All of it or nothing, so that a form that is sent back is as it was."""
    if said.causal_role:
        event.judge(by, said.causal_role, version=version)
    if said.category and said.verdict:
        read(event, by, said, now)
    if said.joins or said.finding or said.new_finding:
        join(event, by, said)


def read(event: FailureEvent, by: User, said: Sorting, now: datetime) -> None:
    if event.is_settled:
        if (event.category, event.verdict) == (said.category, said.verdict):
            return
        if event.finding_id:
            event.finding.release(event, by)
        coding.ask_again(event, by, said.again_because, now=now)
        if event.disputed_at:
            # Two have read it and cannot be blind once more: whoever leads decides, for the reason they gave.
            coding.adjudicate(event, by, said.category, said.verdict, said.again_because, now=now)
            return
    elif reading_of(event, by) == (said.category, said.verdict):
        return
    coding.submit(event, by, said.category, said.verdict, now=now)


def reading_of(event: FailureEvent, by: User) -> tuple[str, str]:
    """What `by` has said of it, or two empty words."""
    found = Coding.objects.filter(event=event, coder=by).values_list("category", "verdict").first()
    return found or ("", "")


def join(event: FailureEvent, by: User, said: Sorting) -> None:
    event.lock()
    if not said.new_finding and said.finding is None:
        if event.finding_id:
            if said.seen is not None:
                must_be_where_it_was(event, said.seen)
            event.finding.release(event, by)
        return
    if said.finding and said.finding.pk == event.finding_id:
        return
    if not event.may_feed_a_finding:
        raise Refused(why_in_none(event), "new_finding" if said.new_finding else "finding")
    weakness = said.finding or open_new(event, by, said.new_finding, event.category)
    weakness.take(event, by, seen=said.seen)


def open_new(event: FailureEvent, by: User, title: str, category: str) -> Finding:
    """The event is held before the team, whose titles are looked through."""
    event.lock()
    try:
        return Finding.open(event.review.team, title, category, by, about=event.review)
    except Refused as no:
        raise Refused(no.message, "new_finding" if no.field == "title" else no.field) from no


def called(event: FailureEvent, title: str) -> Finding | None:
    """The weakness of the event's team that stands under this title."""
    return Finding.objects.filter(team=event.review.team_id).called(title).first() if title.strip() else None


def why_in_none(event: FailureEvent) -> str:
    if event.verdict == Verdict.ONE_OFF:
        return _("A one-off joins no weakness. Call it systemic, or choose none.")
    return _("A weakness is chosen once the event is settled. Choose none for now.")
