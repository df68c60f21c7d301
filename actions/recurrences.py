"""Has something come back that counts as fixed? A new systemic event is held against the fixed weaknesses of its team,
by category and by the words that both speak of; a person says whether it is the same."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from actions.models.recurrence import Recurrence
from failforward import bell
from failforward.accounts.models import User
from reviews.homes import EVENTS, Home, homes_of
from reviews.models import FailureEvent, Finding, Verdict
from reviews.models.finding import State as FindingState

# How many fixed weaknesses are looked at, the newest fixes; how many words do without the category; how many of the
# likest are proposed.
FIXED, WORDS, PROPOSED = 100, 3, 2
# What the queue was not told of is looked at each hour, this long after it was settled.
MISSED, MISSED_AT_ONCE = timedelta(days=1), 200


def look_later(event: FailureEvent) -> None:
    """Called when an event is settled, which holds its team: hundreds of texts are read when nobody waits for that."""
    if may_have_come_back(event):
        transaction.on_commit(partial(ring, event.pk))


def ring(event_id: int) -> None:
    from actions.tasks import look_for_returns

    bell.ring(look_for_returns, event_id)


def look_at_missed(now: datetime) -> None:
    # By itself, so that the few of a day are found by their index whatever else is asked of them.
    of_late = FailureEvent.everything.filter(settled_at__gt=now - MISSED, settled_at__lte=now).values("pk")
    settled = FailureEvent.objects.of_standard_reviews().filter(pk__in=of_late)
    missed = settled.filter(verdict=Verdict.SYSTEMIC, finding=None, recurrences=None).order_by("-settled_at", "-pk")
    for event in missed.select_related("review__team")[:MISSED_AT_ONCE]:
        look(event)


def look(event: FailureEvent) -> list[Recurrence]:
    """Looked at twice, an event is proposed once."""
    if not may_have_come_back(event):
        return []
    return propose(event, [home for home in homes(event) if is_like(home)][:PROPOSED])


def may_have_come_back(event: FailureEvent) -> bool:
    """What is in a finding already was put there by somebody."""
    return event.verdict == Verdict.SYSTEMIC and not event.finding_id and event.review.is_standard


def put_by_hand(finding: Finding, event: FailureEvent, by: User) -> None:
    """Called when somebody lets an event join a finding: whoever shows a fixed one anew asks to have it reopened."""
    if finding.state == FindingState.FIXED and event.review.is_standard and is_since(event, finding):
        propose(event, [Home(finding, event.category == finding.category, [], 0)])


def propose(event: FailureEvent, likely: list[Home]) -> list[Recurrence]:
    """A pair that was decided once is not asked about again."""
    made = []
    for home in likely:
        why = {"same_category": home.same_category, "because": ", ".join(home.words)[:200], "score": home.score}
        defaults = {"proposed_at": timezone.now(), "batch_id": event.batch_id, **why}
        found, is_new = Recurrence.objects.get_or_create(event=event, finding=home.finding, defaults=defaults)
        if is_new:
            made.append(found)
    return made


def homes(event: FailureEvent) -> list[Home]:
    findings = candidates(event)
    return homes_of(event.what, event.category, findings, told_of(findings)) if findings else []


def candidates(event: FailureEvent) -> list[Finding]:
    """Fixed before the loss: what was lost earlier says nothing about the fix."""
    team = event.review.team
    above = [int(step) for step in team.path.strip("/").split("/")]
    fixed = Finding.objects.filter(Q(team__in=above), state=FindingState.FIXED, fixed_on__lte=event.review.lost_on)
    return list(fixed.order_by("-fixed_on", "-pk")[:FIXED])


def is_since(event: FailureEvent, finding: Finding) -> bool:
    return finding.fixed_on is not None and event.review.lost_on >= finding.fixed_on


def told_of(findings: list[Finding]) -> dict[int, str]:
    """Of standard reviews only, the same for everybody; the words that are named are the new event's own."""
    behind = FailureEvent.objects.of_standard_reviews().filter(finding__in=findings).order_by("-pk")
    told = defaultdict(list)
    for finding, what in behind.values_list("finding", "what")[:EVENTS]:
        told[finding].append(what)
    return {finding: " ".join(words) for finding, words in told.items()}


def is_like(home: Home) -> bool:
    return bool(home.words) if home.same_category else len(home.words) >= WORDS
