"""Closing a review: what reviews know (events, findings) and what only actions know (who does something about it)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.models import ActionFinding
from actions.models.action_state import State as ActionState
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.templatetags.ui import shortened
from reviews.models import FailureEvent, Finding, LooseEnd, Review, Verdict
from reviews.models.finding import State as FindingState


class Kind(NamedTuple):
    """What is said of one kind of thing that is missing, and what leads to where it is put right."""

    sentence: str | Promise
    link: str | Promise
    otherwise: str | Promise = ""
    anchor: str = ""


NO_EVENT = Kind(gettext_lazy("nothing is written down yet."), gettext_lazy("Add an event"), anchor="#add-event")
NO_NEAR_MISS = Kind(
    gettext_lazy("nothing is written down yet: a near miss, or the lesson where there was none."),
    gettext_lazy("Add a near miss"),
    anchor="#add-event",
)
UNJUDGED = Kind(
    gettext_lazy("nobody has said yet what %(event)s did to the outcome."),
    gettext_lazy("Say it"),
)
DISPUTED = Kind(gettext_lazy("the readings of %(event)s differ."), gettext_lazy("Settle them"))
READ_ONCE = Kind(gettext_lazy("%(event)s was read and waits for another reader."), gettext_lazy("See it"))
UNSETTLED = Kind(gettext_lazy("%(event)s has no settled category and verdict yet."), gettext_lazy("Read it"))
LOOSE = Kind(
    gettext_lazy("%(event)s is systemic and has no finding yet."),
    gettext_lazy("Choose one"),
    gettext_lazy("or call it a one-off."),
)
UNANSWERED = Kind(
    gettext_lazy("nobody does anything yet about “%(finding)s”."),
    gettext_lazy("Turn it into an action"),
    gettext_lazy("or accept it, with a reason."),
)
NOT_ACCEPTED = Kind(
    gettext_lazy("production has not accepted it yet."), gettext_lazy("See what is open"), anchor="#accept"
)
NO_LESSON = Kind(gettext_lazy("there is no lesson yet."), gettext_lazy("Write it"), anchor="#id_lesson")
TICK = gettext_lazy("Tick it")
LOOSE_ENDS = {
    LooseEnd.What.FILES: Kind(gettext_lazy("the files are not archived yet."), TICK, anchor="#id_ends_0"),
    LooseEnd.What.WORKSPACES: Kind(gettext_lazy("the workspaces are not closed yet."), TICK, anchor="#id_ends_1"),
    LooseEnd.What.CUSTOMER: Kind(gettext_lazy("the customer is not thanked yet."), TICK, anchor="#id_ends_2"),
    LooseEnd.What.QUESTIONS: Kind(gettext_lazy("open questions are left."), TICK, anchor="#id_ends_3"),
}


class Missing(NamedTuple):
    """One thing that keeps a review open, and what it is about. Put in words only when it is shown."""

    kind: Kind
    event: FailureEvent | None = None
    finding: Finding | None = None

    @property
    def sentence(self) -> str:
        """Without its beginning: it goes on from "One thing is missing"."""
        if self.finding:
            return str(self.kind.sentence) % {"finding": self.finding.title}
        return str(self.kind.sentence) % {"event": name_of(self.event)} if self.event else str(self.kind.sentence)

    @property
    def elsewhere(self) -> str:
        """Where it is done otherwise, if that has a place of its own."""
        return f"{self.finding.get_absolute_url()}#accept" if self.finding else ""

    @property
    def anchor(self) -> str:
        if self.finding:
            return action_for(self.finding)
        if self.event is None:
            return self.kind.anchor
        here = f"#event-{self.event.pk}"
        return here if self.kind is DISPUTED else f"?event={self.event.pk}{here}"


def missing(review: Review) -> list[Missing]:
    events = list(review.events.in_order().select_related("finding"))
    rows = ActionFinding.objects.filter(finding__in={event.finding_id for event in events} - {None})
    answered = rows.exclude(action__state=ActionState.DROPPED).values_list("finding", flat=True)
    return missing_in(review, events, answered, review.loose_ends.values_list("what", flat=True))


def missing_in(
    review: Review, events: list[FailureEvent], answered: Iterable[int], settled: Iterable[str]
) -> list[Missing]:
    """`answered` are the ids of the findings that an action answers, `settled` the loose ends that are."""
    return begin_with(review, events) + in_events(events, answered) + left_open(review, settled)


def begin_with(review: Review, events: list[FailureEvent]) -> list[Missing]:
    """A hand-off or a win may have gone well, and then nothing happened."""
    if review.kind == Review.Kind.HAND_OFF:
        return [] if review.hand_off.accepted_on else [Missing(NOT_ACCEPTED)]
    if review.kind == Review.Kind.WIN:
        return [] if events or review.may_go_well else [Missing(NO_NEAR_MISS)]
    return [] if events else [Missing(NO_EVENT)]


def in_events(events: list[FailureEvent], answered: Iterable[int]) -> list[Missing]:
    found = [Missing(kind, event) for event in events if (kind := lacks(event))]
    findings = {event.finding_id: event.finding for event in events if event.finding_id}
    done = set(answered)
    left = [one for pk, one in findings.items() if pk not in done and one.state != FindingState.ACCEPTED]
    return found + [Missing(UNANSWERED, finding=finding) for finding in left]


def left_open(review: Review, settled: Iterable[str]) -> list[Missing]:
    """Only a full review asks for them; a quick one offers them and closes without."""
    if review.depth != Review.Depth.FULL:
        return []
    done = set(settled)
    ends = [Missing(kind) for what, kind in LOOSE_ENDS.items() if what not in done]
    return ends if review.lesson else [*ends, Missing(NO_LESSON)]


def lacks(event: FailureEvent) -> Kind | None:
    if not event.causal_role:
        return UNJUDGED
    if event.is_disputed:
        return DISPUTED
    if not event.is_settled:
        return READ_ONCE if event.readings else UNSETTLED
    return LOOSE if event.verdict == Verdict.SYSTEMIC and event.finding_id is None else None


def keep(
    review: Review,
    by: User,
    lesson: str,
    now: datetime,
    *,
    ends: Collection[str] | None = None,
    thanks: Mapping[int, str] | None = None,
) -> None:
    """What is said at the end. `ends` are the loose ends that are settled, where that is said; `thanks` the words by
    person."""
    review.write_lesson(by, lesson)
    if ends is not None:
        review.settle_ends(by, ends, now)
    review.suggest_thanks(by, thanks or {})


def close(review: Review, by: User, lesson: str, now: datetime, **said) -> bool:
    """False where it is closed already. What was said is kept even when something is still missing."""
    if review.is_closed:
        return False
    keep(review, by, lesson, now, **said)
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


def action_for(finding: Finding) -> str:
    return f"{reverse('action_new')}?finding={finding.pk}"


def name_of(event: FailureEvent) -> str:
    if event.happened_on:
        of_day = _("the near miss of %(day)s") if event.is_near_miss else _("the event of %(day)s")
        return of_day % {"day": date_format(event.happened_on, "j F")}
    called = _("the near miss “%(what)s”") if event.is_near_miss else _("the event “%(what)s”")
    return called % {"what": shortened(event.what, 40)}
