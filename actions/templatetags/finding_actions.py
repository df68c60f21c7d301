"""What a finding's page shows of actions. It includes the template that uses this; `reviews` knows nothing of it."""

from datetime import date, datetime
from typing import NamedTuple

from django import template
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actions.models import ActionItem, ActionList
from actions.models.action_answers import ANSWERABLE
from actions.models.action_state import OPEN_STATES
from actions.models.helping import hours_of
from actions.models.proving import time_between
from failforward import links
from failforward.accounts.models import User
from failforward.counting import counts
from failforward.prepared import prepared
from failforward.templatetags.ui import due, status
from failforward.working_days import local_date
from reviews.models import Finding

register = template.Library()

# As far as one counts what lies on lists that the reader is not on.
MOST = 1_000


class Answer(NamedTuple):
    """An action, as far as a finding's page tells of it."""

    pk: int
    what: str
    state: str
    next_due_on: date | None
    effort_hours: int | None
    effort_size: str
    claimed_done_at: datetime | None
    recurred_on: date | None
    zone: str
    responsible: str | None
    action_list: str

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def hours(self) -> int:
        return hours_of(self.effort_hours, self.effort_size) or 0 if self.is_open else 0

    @property
    def came_back(self) -> str:
        if not (self.recurred_on and self.claimed_done_at):
            return ""
        after = time_between(local_date(self.claimed_done_at, self.zone), self.recurred_on)
        return _("It came back after %(after)s.") % {"after": after}


class Answers(NamedTuple):
    """`elsewhere` counts the actions on lists that the reader is not on."""

    actions: list[Answer]
    elsewhere: int
    may_propose: bool

    @property
    def hours(self) -> int:
        """Of work, as far as it is said of what is open; beside it stands what the finding's managers reckon with."""
        return sum(action.hours for action in self.actions)


@register.simple_tag
def answers_of(finding: Finding, user: User) -> Answers:
    actions = [Answer(*row) for row in actions_of(user, finding.pk)]
    (counted,) = all_and_lists(user, finding.pk)
    may_propose = finding.state in ANSWERABLE and bool(counted["lists"])
    return Answers(actions, counted["all"] - len(actions), may_propose)


@prepared
def actions_of(user: User, finding: int) -> QuerySet[ActionItem]:
    mine = ActionItem.objects.visible_to(user).filter(findings=finding).order_by("-pk").distinct()
    own, named = Answer._fields[:-3], ("team__time_zone", "responsible__name", "action_list__name")
    return mine.values_list(*own, *named)


@prepared
def all_and_lists(user: User, finding: int) -> QuerySet[User]:
    """How many actions the finding has, and whether there are lists on which `user` may propose one."""
    of_it = ActionItem.objects.filter(findings=finding)
    return counts(user, MOST, all=of_it, lists=ActionList.objects.editable_by(user))


ROW = (
    '<li><div class="fine">{}{}</div><div><p class="mb-1"><a href="{}"><b>{}</b></a></p>{}'
    '<p class="fine mb-0">{}, {}</p></div></li>'
)


@register.simple_tag
def answer_rows(actions: list[Answer]) -> SafeString:
    """`{% answer_rows answers.actions %}`: a row each."""
    return format_html_join("", ROW, map(row, actions))


def row(action: Answer) -> tuple:
    is_due = action.next_due_on and action.is_open
    return (
        status(action.state, kind="action"),
        format_html("<br>{}", due(action.next_due_on)) if is_due else "",
        links.address_of("action_detail", action.pk),
        action.what,
        format_html('<p class="mb-1">{}</p>', action.came_back) if action.recurred_on else "",
        action.responsible or _("nobody is responsible yet"),
        action.action_list,
    )
