"""How it goes: what was achieved first, what was done second, and where it stands; of one action, or of a list."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions import hill, stalls
from actions.models import ActionItem, ActionList, Milestone, Update
from actions.progress import QUIET, Stall
from failforward.together import Together

SHOWN, NEWEST = 50, 6
LOOKED_BACK = timedelta(28)
MOST_ON_LIST = 8


@dataclass(frozen=True)
class Line:
    """One thing achieved or done: `what` came of it, in the words of whoever told it."""

    on: date
    what: str
    text: str
    action: ActionItem
    told_by: str = ""
    learned: str = ""
    url: str = ""


@dataclass(frozen=True)
class Going:
    achieved: list[Line]
    done: list[Line]
    questions: list[Update]
    hill: hill.Picture | None
    stalled: str
    # How many lines are left out.
    rest: int = 0

    def newest(self, most: int = NEWEST) -> Self:
        left = len(self.achieved[most:]) + len(self.done[most:])
        return replace(self, achieved=self.achieved[:most], done=self.done[:most], rest=left)


def going_of(action: ActionItem, today: date) -> Going:
    """Reads `action` as `stalls.with_signs` loads it, its milestones with it."""
    told = list(action.updates.for_page()[:SHOWN]) if action.told_on else []
    for update in told:
        update.action = action
    reached = [one for one in action.milestones.all() if one.reached_on]
    stall = stalls.stall_of_row(action, today)
    settled = {one.settles_id for one in told}
    return Going(
        achieved=achievements(told, reached),
        done=[line_of(one) for one in told if not one.is_progress],
        questions=[one for one in told if one.question and not one.learned and one.pk not in settled],
        hill=hill.picture([(one.on, one.hill) for one in reversed(told) if one.hill]),
        stalled=in_words(stall, today) if stall else "",
    )


def lately_on(shown: ActionList, today: date) -> tuple[list[Line], list[Line]]:
    """What was achieved in the last four weeks on a list that was read `with_lately`, and what was done besides."""
    since = today - LOOKED_BACK
    told = Update.objects.filter(action__action_list=shown, on__gt=since).for_page().select_related("action")
    updates = list(told[:SHOWN]) if shown.any_told else []
    done = [line_of(one) for one in updates if not one.is_progress]
    return achievements(updates, shown.lately_reached)[:MOST_ON_LIST], done[:MOST_ON_LIST]


def with_lately(lists: QuerySet, today: date) -> QuerySet:
    """What `lately_on` reads of the list: the milestones, and whether anything was told."""
    here, since = {"action__action_list": OuterRef("pk")}, today - LOOKED_BACK
    reached = Milestone.objects.filter(**here, reached_on__gt=since).order_by("-reached_on", "-pk")
    return lists.annotate(
        any_told=Exists(Update.objects.filter(**here, on__gt=since).order_by()),
        lately_reached=Together(reached[:SHOWN], *MILESTONE_LINE),
    )


MILESTONE_LINE = ["what", "reached_on", "evidence", "evidence_url", "action__what"]


def achievements(told: Iterable[Update], reached: Iterable[Milestone]) -> list[Line]:
    """A milestone that an update told of stands once."""
    lines = [line_of(one) for one in told if one.is_progress]
    named = {one.milestone_id for one in told if one.is_progress}
    lines += [milestone_line(one) for one in reached if one.pk not in named]
    return sorted(lines, key=lambda line: line.on, reverse=True)


def line_of(update: Update) -> Line:
    return Line(
        on=update.on,
        what=carried(update),
        text=update.text,
        action=update.action,
        told_by=update.by.name,
        learned=update.learned,
        url=update.milestone.evidence_url if update.milestone else "",
    )


def milestone_line(milestone: Milestone) -> Line:
    what = _("Reached: %(what)s") % {"what": milestone.what}
    return Line(milestone.reached_on, what, milestone.evidence, milestone.action, url=milestone.evidence_url)


def carried(update: Update) -> str:
    """What makes it progress, or what it asks; empty for mere doing."""
    parts = []
    if update.milestone and update.milestone.reached_on:
        parts.append(_("Reached: %(what)s") % {"what": update.milestone.what})
    if update.measure:
        parts.append(
            _("%(what)s: from %(before)s to %(after)s")
            % {"what": update.measure, "before": number(update.measure_from), "after": number(update.measure_to)}
        )
    if update.learned:
        parts.append(_("Settled: %(question)s") % {"question": update.question})
    elif update.question:
        parts.append(_("A question came up: %(question)s") % {"question": update.question})
    if update.hill and not parts and not update.text:
        parts.append(str(update.get_hill_display()))
    return ". ".join(parts)


def number(value) -> str:
    """As it was typed: 4.500 is 4.5."""
    return f"{value.normalize():f}"


def in_words(stall: Stall, today: date) -> str:
    days = (today - stall.since).days
    if stall.kind == QUIET:
        words = ngettext("nothing was heard for %(n)s day", "nothing was heard for %(n)s days", days)
    else:
        words = ngettext(
            "things were done, nothing was achieved for %(n)s day",
            "things were done, nothing was achieved for %(n)s days",
            days,
        )
    return words % {"n": days}
