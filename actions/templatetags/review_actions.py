"""What a review's page shows of actions. It includes the templates that use these; `reviews` knows nothing of them."""

from dataclasses import dataclass

from django import template

from actions import closing
from actions.models import ActionFinding, ActionItem
from failforward.accounts.models import User
from reviews.models import FailureEvent, Finding, Review

register = template.Library()


@dataclass(frozen=True)
class Weakness:
    finding: Finding
    actions: list[ActionItem]
    link: str


@register.simple_tag
def missing_of(review: Review) -> list[closing.Missing]:
    return closing.missing(review)


@register.simple_tag
def answers_to(events: list[FailureEvent], user: User) -> list[Weakness]:
    """The findings of these events, each with those of its actions that `user` may read."""
    findings = {event.finding_id: event.finding for event in events if event.finding_id}
    if not findings:
        return []
    actions = ActionItem.objects.visible_to(user).in_bulk(
        ActionFinding.objects.filter(finding__in=findings).values_list("action", flat=True)
    )
    pairs = ActionFinding.objects.filter(finding__in=findings, action__in=actions).values_list("finding", "action")
    return [
        Weakness(finding, [actions[a] for f, a in pairs if f == pk], closing.action_for(finding))
        for pk, finding in findings.items()
    ]
