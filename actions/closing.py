"""Closing a review: what reviews know (events, findings) and what only actions know (who does something about it)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from actions.models.action_state import State as ActionState
from failforward.accounts.models import User
from failforward.guards import Refused
from reviews.models import FailureEvent, Finding, Review, Verdict
from reviews.models.finding import State as FindingState


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a review open: a sentence without its beginning, and the link that puts it right."""

    sentence: str
    anchor: str
    link: str
    otherwise: str = ""


def missing(review: Review) -> list[Missing]:
    events = list(review.events.in_order().select_related("finding").prefetch_related("finding__actions"))
    if not events:
        return [Missing(_("nothing is written down yet."), "#add-event", _("Add an event"))]
    findings = {event.finding_id: event.finding for event in events if event.finding_id}
    found = [of_event(event) for event in events] + [of_finding(finding) for finding in findings.values()]
    return [one for one in found if one]


def close(review: Review, by: User, lesson: str, now: datetime) -> bool:
    """False where it is closed already. The lesson is kept even when something is still missing."""
    if review.is_closed:
        return False
    review.write_lesson(by, lesson)
    with transaction.atomic():
        review.lock()
        if found := missing(review):
            raise Refused(in_words(found))
        return review.close(by, now)


def in_words(found: list[Missing]) -> str:
    if len(found) == 1:
        return _("One thing is missing: %(what)s") % {"what": found[0].sentence}
    return _("%(count)s things are missing: %(what)s") % {
        "count": len(found),
        "what": " ".join(one.sentence for one in found),
    }


def of_event(event: FailureEvent) -> Missing | None:
    here = f"?event={event.pk}#event-{event.pk}"
    names = {"event": name_of(event)}
    if not event.causal_role:
        return Missing(_("nobody has said yet what %(event)s did to the outcome.") % names, here, _("Say it"))
    if event.disputed_at:
        return Missing(_("the readings of %(event)s differ.") % names, f"#event-{event.pk}", _("Settle them"))
    if event.readings and not event.is_settled:
        return Missing(_("%(event)s was read once and waits for a second reader.") % names, here, _("See it"))
    if not event.is_settled:
        return Missing(_("%(event)s has no settled category and verdict yet.") % names, here, _("Read it"))
    if event.verdict == Verdict.SYSTEMIC and event.finding_id is None:
        return Missing(
            _("%(event)s is systemic and has no finding yet.") % names,
            here,
            _("Choose one"),
            _("or call it a one-off."),
        )
    return None


def of_finding(finding: Finding) -> Missing | None:
    if finding.state == FindingState.ACCEPTED or any(a.state != ActionState.DROPPED for a in finding.actions.all()):
        return None
    return Missing(
        _("nobody does anything yet about “%(finding)s”.") % {"finding": finding.title},
        action_for(finding),
        _("Turn it into an action"),
        _("or accept it, with a reason."),
    )


def action_for(finding: Finding) -> str:
    return f"{reverse('action_new')}?finding={finding.pk}"


def name_of(event: FailureEvent) -> str:
    if event.happened_on:
        return _("the event of %(day)s") % {"day": date_format(event.happened_on, "j F")}
    return _("the event “%(what)s”") % {"what": Truncator(event.what).chars(40)}
