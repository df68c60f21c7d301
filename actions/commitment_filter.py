from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem, ActionList, Commitment
from actions.models.promise import OPEN_STATES, State
from failforward.accounts.models import User
from failforward.forms import Form


def lists(request: HttpRequest) -> QuerySet:
    return ActionList.objects.visible_to(request.user).distinct()


def people(request: HttpRequest) -> QuerySet:
    seen = Commitment.objects.visible_to(request.user).order_by().values("person")
    return User.objects.filter(pk__in=seen)


def actions(request: HttpRequest) -> QuerySet:
    return ActionItem.objects.visible_to(request.user)


class CommitmentFilter(django_filters.FilterSet):
    whose = django_filters.ChoiceFilter(
        label=_("Whose"),
        choices=[("mine", _("mine")), ("asked", _("asked for by me"))],
        method="of_whom",
        empty_label=_("anybody’s"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("open")), *State.choices],
        method="in_state",
        empty_label=_("any"),
    )
    due = django_filters.ChoiceFilter(
        label=_("Due"),
        choices=[("past", _("past its date")), ("today", _("today")), ("week", _("in the next seven days"))],
        method="due_when",
        empty_label=_("any day"),
    )
    person = django_filters.ModelChoiceFilter(label=_("Person"), queryset=people, empty_label=_("anybody"))
    list = django_filters.ModelChoiceFilter(
        field_name="action_list", label=_("List"), queryset=lists, empty_label=_("any")
    )
    action = django_filters.ModelChoiceFilter(
        label=_("For"), queryset=actions, method="for_action", widget=forms.HiddenInput
    )
    q = django_filters.CharFilter(field_name="what", lookup_expr="icontains", label=_("Words"))

    class Meta:
        model = Commitment
        form = Form
        fields: list[str] = []

    def for_action(self, rows: QuerySet, name: str, value: ActionItem) -> QuerySet:
        """Promised for the action itself, or for a step or milestone of it."""
        return rows.filter(Q(action=value) | Q(step__action=value) | Q(milestone__action=value))

    def of_whom(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        user = self.request.user
        return rows.filter(person=user) if value == "mine" else rows.filter(asked_by=user)

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state__in=OPEN_STATES) if value == "open" else rows.filter(state=value)

    def due_when(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        today = timezone.localdate()
        if value == "past":
            return rows.filter(due_on__lt=today, state__in=OPEN_STATES)
        last = today if value == "today" else today + timedelta(7)
        return rows.filter(due_on__gte=today, due_on__lte=last)
