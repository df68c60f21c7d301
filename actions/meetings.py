"""The end of a meeting: its agenda is frozen as it was, and the next one is planned."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from actions.agenda import Agenda, Line, agenda_of
from actions.agenda_rows import Since
from actions.models import ActionItem, Commitment, EffectivenessCheck, FollowUp, Meeting, MeetingItem, Milestone
from actions.models.action_state import State as ActionState
from actions.models.check import Outcome
from actions.models.promise import State as Promise
from failforward import working_days
from failforward.accounts.models import User
from failforward.history.models import Change


@dataclass(frozen=True)
class Figures:
    """What a meeting closes with. Never how many tasks were done."""

    milestones_reached: int
    promises_kept: int
    problems_gone: int


def close(meeting: Meeting, by: User, *, now: datetime) -> bool:
    """All of the agenda becomes rows, what nobody came to too: the mail asks about what was promised of it. Closed
    twice it is closed once."""
    with transaction.atomic():
        meeting.hold_with_list(by)
        if meeting.closed_at:
            return False
        meeting.must_run()
        figures = figures_of(meeting, now)
        agenda = agenda_of(meeting, now, most=None)
        freeze(agenda)
        ask_about(agenda.lines, now)
        meeting.be_closed(by, now, **vars(figures))
    return True


def freeze(agenda: Agenda) -> None:
    """What was taken up again and never left has its row already; what was newly promised stands where it was named."""
    meeting = agenda.meeting
    named = meeting.items.exclude(next_commitment=None).values_list("next_commitment", flat=True)
    new = {f"commitment:{pk}" for pk in named}
    there = {item.key: item for item in meeting.items.filter(left_as="")}
    after = max((line.position for line in agenda.left), default=0) + 1
    lines = list(enumerate([line for line in [*agenda.lines, *agenda.on_track] if line.key not in new], after))
    MeetingItem.objects.bulk_create(frozen(meeting, line, place) for place, line in lines if line.key not in there)
    for place, line in lines:
        if line.key in there:
            there[line.key].position = place
    MeetingItem.objects.bulk_update(there.values(), ["position"])


def frozen(meeting: Meeting, line: Line, place: int) -> MeetingItem:
    about = {f"{line.kind}_id": line.pk, "person_id": line.person_id, "due_on": line.on, "title": line.title}
    return MeetingItem(meeting=meeting, heading=line.heading, position=place, batch_id=meeting.batch_id, **about)


def ask_about(lines: list[Line], now: datetime) -> None:
    """The meeting had no time for it: where nobody is going to ask, the mail does."""
    promises = [line.pk for line in lines if line.kind == "commitment"]
    for promise in Commitment.objects.without_question().filter(pk__in=promises).for_page():
        FollowUp.plan(promise, working_days.local_date(now, promise.person.time_zone), now)


def figures_of(meeting: Meeting, now: datetime) -> Figures:
    """What came since the last meeting closed: reached and still reached, kept and still kept."""
    since, ours = Since.of(meeting, now), meeting.action_list_id
    news = Change.objects.filter(at__gt=since.at).order_by()
    work = ActionItem.objects.filter(action_list=ours).values("pk")
    told = news.filter(subject=ActionItem._meta.label_lower, verb="milestone_reached", subject_id__in=work)
    named = {(pk, details.get("milestone")) for pk, details in told.values_list("subject_id", "details")}
    reached = Milestone.objects.filter(action__in={pk for pk, _what in named}, reached_on__isnull=False)
    kept = news.filter(subject=Commitment._meta.label_lower, verb="kept").values("subject_id")
    proved = EffectivenessCheck.objects.filter(
        action__action_list=ours,
        action__state=ActionState.EFFECTIVE,
        outcome=Outcome.EFFECTIVE,
        decided_at__gt=since.at,
    )
    return Figures(
        milestones_reached=len(named & set(reached.values_list("action", "what"))),
        promises_kept=Commitment.objects.filter(action_list=ours, state=Promise.KEPT, pk__in=kept).count(),
        problems_gone=proved.values("action").distinct().count(),
    )


def in_words(figures: Figures | Meeting) -> list[tuple[int, str]]:
    reached, kept, gone = figures.milestones_reached, figures.promises_kept, figures.problems_gone
    return [
        (reached, ngettext("milestone reached with evidence", "milestones reached with evidence", reached)),
        (kept, ngettext("promise kept", "promises kept", kept)),
        (gone, ngettext("problem proved gone", "problems proved gone", gone)),
    ]
