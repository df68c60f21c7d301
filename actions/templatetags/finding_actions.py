"""What a finding's page shows of actions. It includes the template that uses this; `reviews` knows nothing of it."""

from typing import NamedTuple

from django import template

from actions.models import ActionItem, ActionList
from actions.models.action_answers import ANSWERABLE
from failforward.accounts.models import User
from reviews.models import Finding

register = template.Library()


class Answers(NamedTuple):
    """`elsewhere` counts the actions on lists that the reader is not on."""

    actions: list[ActionItem]
    elsewhere: int
    may_propose: bool


@register.simple_tag
def answers_of(finding: Finding, user: User) -> Answers:
    mine = ActionItem.objects.visible_to(user).filter(findings=finding)
    actions = list(mine.select_related("action_list", "responsible", "team").order_by("-pk").distinct())
    may_propose = finding.state in ANSWERABLE and ActionList.objects.editable_by(user).exists()
    return Answers(actions, finding.actions.count() - len(actions), may_propose)
