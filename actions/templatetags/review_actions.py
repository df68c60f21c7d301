"""What a review's page shows of actions. It includes the templates that use these; `reviews` knows nothing of them."""

from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from django import template
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actions import closing
from actions.models import ActionFinding, ActionItem, Recurrence
from actions.models.action_state import State
from failforward import links
from failforward.accounts.models import User
from failforward.prepared import prepared
from failforward.templatetags.ui import status
from reviews.models import FailureEvent, Finding, Verdict
from reviews.models.finding_state import State as FindingState
from reviews.review_page import Page

register = template.Library()

# More than anybody does in one go; the rest is seen in the log, and here once these are done.
MOST = 10


class Answer(NamedTuple):
    """An action, as far as a line tells of it."""

    pk: int
    what: str
    state: str


@dataclass
class Weakness:
    """A finding, and those of its actions that the reader may see."""

    finding: Finding
    actions: list[Answer] = field(default_factory=list)

    @property
    def link(self) -> str:
        return closing.action_for(self.finding)


@dataclass
class Answers:
    weaknesses: list[Weakness]
    missing: list[closing.Missing]

    @property
    def first_missing(self) -> list[closing.Missing]:
        return self.missing[: len(self.missing) - self.more_missing]

    @property
    def more_missing(self) -> int:
        """One alone is not hidden: saying so takes as much room as saying it."""
        return len(self.missing) - MOST if len(self.missing) > MOST + 1 else 0


@register.simple_tag
def answers_to(page: Page, user: User) -> Answers:
    """What is done about the events of a page. Two of its parts ask for it; it is read once and stays on the page."""
    if not hasattr(page, "answers"):
        page.answers = read(page, user)
    return page.answers


def read(page: Page, user: User) -> Answers:
    events, settled = page.events, [end.what for end in page.loose_ends] if page.review.is_open else []
    weaknesses = {event.finding_id: Weakness(event.finding) for event in events if event.finding_id}
    answered = set()
    for finding, is_seen, *action in actions_for(user, *weaknesses) if weaknesses else []:
        answer = Answer(*action)
        if answer.state != State.DROPPED:
            answered.add(finding)
        if is_seen:
            weaknesses[finding].actions.append(answer)
    return Answers(list(weaknesses.values()), closing.missing_in(page.review, events, answered, settled))


@register.simple_tag
def returned_in(page: Page, user: User) -> list[Recurrence]:
    """Two of the page's parts ask for it, as above; a session, which is read every few seconds, does not."""
    if not hasattr(page, "returned"):
        page.returned = returned(page.events, user)
    return page.returned


def returned(events: list[FailureEvent], user: User) -> list[Recurrence]:
    """What looks like a weakness that counts as fixed, and waits for somebody's word."""
    may_be = [event for event in events if event.verdict == Verdict.SYSTEMIC and is_undecided(event)]
    if not may_be:
        return []
    rows = Recurrence.objects.visible_to(user).waiting().filter(event__in=may_be)
    found = list(rows.select_related("finding").order_by("pk"))
    by_pk = {event.pk: event for event in may_be}
    for one in found:
        one.seen_as = by_pk[one.event_id].what
    return found


def is_undecided(event: FailureEvent) -> bool:
    return event.finding_id is None or event.finding.state == FindingState.FIXED


@prepared
def actions_for(user: User, *findings: int) -> QuerySet[ActionFinding]:
    seen = Exists(ActionItem.objects.visible_to(user).filter(pk=OuterRef("action")))
    rows = ActionFinding.objects.filter(finding__in=findings).annotate(is_seen=seen).order_by("pk")
    return rows.values_list("finding", "is_seen", "action", "action__what", "action__state")


@register.simple_tag
def action_lines(actions: list[Answer]) -> SafeString:
    """State and name of each, a line each."""
    return format_html_join("", LINE, (named(action) for action in actions))


LINE = '<br>{} <span class="note"><a href="{}">{}</a></span>'


def named(action: Answer) -> tuple[SafeString, str, str]:
    return status(action.state, kind="action"), links.address_of("action_detail", action.pk), action.what


@register.simple_tag(takes_context=True)
def missing_lines(context: dict, missing: list[closing.Missing]) -> SafeString:
    """What keeps a review open, an item each; what is missing alone stands without."""
    return format_html_join("", "<li>{}</li>", ((missing_line(context, one),) for one in missing))


@register.simple_tag(takes_context=True)
def to_propose(context: dict, link: str) -> str:
    """The way to a new action; from a session it leads back to its step."""
    if not context.get("within"):
        return link
    here = reverse("session", args=[context["review"].pk]) + (f"?step={context['step']}" if context["own"] else "")
    return f"{link}&{urlencode({'next': here})}"


@register.simple_tag(takes_context=True)
def missing_line(context: dict, one: closing.Missing) -> SafeString:
    anchor = to_propose(context, one.anchor) if one.finding else one.anchor
    otherwise = one.kind.otherwise
    if one.elsewhere:
        otherwise = format_html('<a href="{}">{}</a>', one.elsewhere, otherwise)
    return format_html(MISSING, one.sentence, anchor, one.kind.link, ", " if otherwise else "", otherwise)


MISSING = '{} <a href="{}">{}</a>{}{}'
