from datetime import timedelta

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem, ActionList, Commitment
from actions.models.promise import OPEN_STATES, State
from failforward.accounts.models import User
from failforward.filters import AboutFilter, ListFilter, TextFilter, in_words_of_pages, people_named

DUE = [
    ("past", _("Past its date")),
    ("today", _("Today")),
    ("week", _("In the next seven days")),
    ("ahead", _("After today")),
]


def people(user: User) -> QuerySet:
    seen = Commitment.objects.visible_to(user).order_by().values("person")
    return User.objects.filter(pk__in=seen)


class CommitmentFilter(ListFilter):
    steady = frozenset({"state"})
    whose = django_filters.ChoiceFilter(
        label=_("Whose"),
        choices=[("mine", _("Mine")), ("asked", _("Asked for by me"))],
        method="of_whom",
        empty_label=_("Anybody’s"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("Open")), *in_words_of_pages(State.values)],
        method="in_state",
        empty_label=_("Any state"),
    )
    due = django_filters.ChoiceFilter(
        label=_("Due"),
        choices=DUE,
        method="due_when",
        empty_label=_("Any day"),
    )
    who = TextFilter(label=_("Person’s name"), method="promised_by")
    list_name = TextFilter(label=_("List’s name"), field_name="action_list__name")
    person = AboutFilter(people, label=_("Person"))
    list = AboutFilter(ActionList.objects.visible_to, field_name="action_list", label=_("List"))
    action = AboutFilter(ActionItem.objects.visible_to, label=_("For"), method="for_action")
    q = TextFilter(field_name="what", label=_("Words"))

    class Meta:
        model = Commitment
        fields: list[str] = []

    def promised_by(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(person__in=people_named(value))

    def for_action(self, rows: QuerySet, name: str, value: ActionItem) -> QuerySet:
        """Promised for the action itself, or for a step or milestone of it."""
        return rows.filter(Q(action=value) | Q(step__action=value) | Q(milestone__action=value))

    def of_whom(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(person=self.user) if value == "mine" else rows.filter(asked_by=self.user)

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state__in=OPEN_STATES) if value == "open" else rows.filter(state=value)

    def due_when(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        today = timezone.localdate()
        if value == "past":
            return rows.filter(due_on__lt=today, state__in=OPEN_STATES)
        if value == "ahead":
            return rows.filter(due_on__gt=today)
        last = today if value == "today" else today + timedelta(7)
        return rows.filter(due_on__gte=today, due_on__lte=last)
