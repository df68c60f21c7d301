"""The milestones of many actions, read as rows: a list shows the next of each."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from actions.models import ActionItem, Milestone
from failforward.prepared import prepared


class Wanted(NamedTuple):
    what: str
    due_on: date
    reached_on: date | None


def add_milestones(actions: Iterable[ActionItem]) -> None:
    found = defaultdict(list)
    for action, *milestone in wanted_of(*(action.pk for action in actions)):
        found[action].append(Wanted(*milestone))
    for action in actions:
        action.milestones_read = found[action.pk]


@prepared
def wanted_of(*actions: int) -> QuerySet:
    rows = Milestone.objects.filter(action__in=actions, called_off_because="").order_by("due_on", "pk")
    return rows.values_list("action", "what", "due_on", "reached_on")
