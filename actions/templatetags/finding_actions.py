"""What a finding's page shows of actions. It includes the template that uses this; `reviews` knows nothing of it."""

from typing import NamedTuple

from django import template
from django.db.models import QuerySet

from actions.models import ActionItem, ActionList
from actions.models.action_answers import ANSWERABLE
from failforward.accounts.models import User
from failforward.prepared import prepared
from reviews.models import Finding

register = template.Library()


class Answers(NamedTuple):
    """`elsewhere` counts the actions on lists that the reader is not on."""

    actions: list[ActionItem]
    elsewhere: int
    may_propose: bool

    @property
    def hours(self) -> int:
        """Of work, as far as it is said of what is open; beside it stands what the finding's managers reckon with."""
        return sum(action.effort or 0 for action in self.actions if action.is_open)


@register.simple_tag
def answers_of(finding: Finding, user: User) -> Answers:
    actions = actions_of(user, finding.pk)
    may_propose = finding.state in ANSWERABLE and ActionList.objects.editable_by(user).exists()
    return Answers(actions, finding.actions.count() - len(actions), may_propose)


@prepared
def actions_of(user: User, finding: int) -> QuerySet[ActionItem]:
    mine = ActionItem.objects.visible_to(user).filter(findings=finding)
    return mine.select_related("action_list", "responsible", "team").order_by("-pk").distinct()
