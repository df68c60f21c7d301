"""The left side of the walk: the promise in full and what happened so far."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.agenda import Line
from actions.models import ActionItem, Answer, Commitment, DateChange, SponsorRequest
from failforward.prepared import prepared
from failforward.together import Together
from reviews.models import Finding

MOST = 8
# What is shown of an answer, and what a form begins with.
SAID = ["status", "answered_at", "outcome", "learned", "reason", "new_on"]
SAID += ["next_what", "next_commitment", "date_change"]


@dataclass(frozen=True)
class Told:
    """One line of what happened: when, as what (a code of the product's states), in whose words."""

    at: date | datetime
    code: str
    words: str = ""


@dataclass
class Story:
    """`done_means` is the criterion of the action it belongs to, `helps` the weaknesses that one is meant to end."""

    what: str
    who: str = ""
    agreed_on: date | None = None
    agreed_where: str = ""
    due_on: date | None = None
    first_due_on: date | None = None
    url: str = ""
    state: str = ""
    kind: str = ""
    action: ActionItem | None = None
    done_means: str = ""
    helps: list[Finding] = field(default_factory=list)
    so_far: list[Told] = field(default_factory=list)
    answer: Answer | None = None


def story_of(line: Line) -> Story:
    return STORIES[line.kind](line)


def of_promise(line: Line) -> Story:
    (promise,) = promised(line.pk)
    action = promise.action or getattr(promise.step or promise.milestone, "action", None)
    given = promise.answers_read
    moves = moves_of(promise.pk) if promise.has_moved else []
    so_far = [Told(one.answered_at, one.status, one.outcome or one.reason) for one in given]
    said = {one.date_change_id for one in given}
    so_far += [Told(move.at, "moved", moved(move)) for move in moves if move.pk not in said]
    return Story(
        what=promise.what,
        who=promise.person.name,
        agreed_on=promise.agreed_on,
        agreed_where=promise.agreed_where,
        due_on=promise.due_on,
        first_due_on=promise.first_due_on,
        url=promise.get_absolute_url(),
        state=promise.state,
        action=action,
        done_means=action.done_criterion if action else "",
        helps=promise.helps_to_fix,
        so_far=in_order(so_far),
        answer=given[0] if given else None,
    )


@prepared
def promised(pk: int) -> QuerySet[Commitment]:
    ways = ["action", "step__action", "milestone__action"]
    told = ["what", "state", "due_on", "first_due_on", "agreed_on", "agreed_where", "person__name", *ways[1:]]
    of_action = [f"{way}__{name}" for way in ways for name in ("what", "state", "blocked_by", "done_criterion")]
    answers = Answer.objects.filter(follow_up__commitment=OuterRef("pk")).order_by("-answered_at")[:MOST]
    action = Coalesce(*(OuterRef(way) for way in ("action", "step__action", "milestone__action")))
    found = Commitment.objects.select_related("person", *ways).filter(pk=pk)
    found = found.annotate(
        has_moved=Exists(DateChange.objects.filter(commitment=OuterRef("pk"))),
        answers_read=Together(answers, *SAID),
        helps_to_fix=Together(Finding.objects.filter(actions=action).order_by("pk"), "title"),
    )
    return found.only(*told, "action", "step", "milestone", *of_action)


@prepared
def moves_of(promise: int) -> QuerySet[DateChange]:
    moves = DateChange.objects.filter(commitment=promise).only("at", "from_on", "to_on", "reason")
    return moves.order_by("-at")[:MOST]


@prepared
def weaknesses(action: int) -> QuerySet[Finding]:
    return Finding.objects.filter(actions=action).only("title").order_by("pk")


def of_action(line: Line) -> Story:
    action = ActionItem.objects.select_related("responsible").prefetch_related("milestones").get(pk=line.pk)
    milestone = action.next_milestone
    promises = action.commitments.select_related("person").order_by("-due_on")[:MOST]
    so_far = [Told(one.due_on, one.state, f"{one.person.name}: {one.what}") for one in promises]
    reached = [one for one in action.milestones.all() if one.reached_on]
    so_far += [Told(one.reached_on, "reached", " ".join(filter(None, [one.what, one.evidence]))) for one in reached]
    return Story(
        what=action.what,
        who=action.responsible.name if action.responsible else "",
        due_on=milestone.due_on if milestone else None,
        first_due_on=milestone.first_due_on if milestone else None,
        url=action.get_absolute_url(),
        state=action.state,
        kind="action",
        action=action,
        done_means=action.done_criterion,
        helps=weaknesses(action.pk),
        so_far=in_order(so_far),
    )


def of_finding(line: Line) -> Story:
    finding = Finding.objects.get(pk=line.pk)
    return Story(what=finding.title, url=finding.get_absolute_url(), state=finding.state, kind="finding")


def of_request(line: Line) -> Story:
    asked = SponsorRequest.objects.for_page().get(pk=line.pk)
    said = [Told(asked.answered_at, asked.state, asked.answer)] if asked.is_answered else []
    return Story(
        what=asked.what,
        who=asked.sponsor.name,
        agreed_on=asked.asked_on,
        due_on=asked.needed_by,
        first_due_on=asked.needed_by,
        url=asked.get_absolute_url(),
        state=asked.state,
        kind="sponsor",
        action=asked.action,
        so_far=said,
    )


STORIES = {"commitment": of_promise, "action": of_action, "finding": of_finding, "sponsor_request": of_request}


def moved(change: Model) -> str:
    days = {"before": date_format(change.from_on, "j M"), "after": date_format(change.to_on, "j M")}
    return _("from %(before)s to %(after)s: %(why)s") % {**days, "why": change.reason}


def in_order(told: list[Told]) -> list[Told]:
    return sorted(told, key=lambda one: str(one.at))[-MOST:]
