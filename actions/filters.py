import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actions import loop
from actions.models import ActionItem, ActionList, EffectivenessCheck
from actions.models.action_state import OPEN_STATES, PROOF_STATES, State
from failforward.accounts.models import User
from failforward.filters import (
    AboutFilter,
    DayFilter,
    ListFilter,
    OwnFilter,
    TextFilter,
    in_words_of_pages,
    people_named,
)
from reviews.models import Finding

# Several states, or what a state alone does not say.
GATHERED = [("open", _("Open")), ("stalled", _("Stands still")), ("check_due", _("Check due"))]
BUILT = [*OPEN_STATES, State.CLAIMED_DONE, *PROOF_STATES, State.DROPPED]


def people(user: User) -> QuerySet:
    responsible = ActionItem.objects.visible_to(user).values("responsible")
    return User.objects.filter(pk__in=responsible)


class ActionFilter(ListFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[*GATHERED, *in_words_of_pages(BUILT, "action")],
        method="in_state",
        empty_label=_("Any state"),
    )
    who = TextFilter(label=_("Responsible’s name"), method="in_hands_of")
    list_name = TextFilter(label=_("List’s name"), field_name="action_list__name")
    due_before = DayFilter(field_name="next_due_on", lookup_expr="lte", label=_("Due by"))
    list = AboutFilter(ActionList.objects.visible_to, field_name="action_list", label=_("List"))
    responsible = AboutFilter(people, label=_("Responsible"))
    finding = AboutFilter(Finding.objects.visible_to, field_name="findings", label=_("Finding"))
    whose = OwnFilter(label=_("Whose list"), field_name="action_list__owner")
    loop = django_filters.ChoiceFilter(
        label=_("In the loop"), choices=loop.CHOICES, method="come_to", widget=forms.HiddenInput
    )
    since = DayFilter(label=_("Of losses since"), method="with_loop", widget=forms.HiddenInput)
    until = DayFilter(label=_("Of losses until"), method="with_loop", widget=forms.HiddenInput)
    q = TextFilter(field_name="what", label=_("Words"))

    class Meta:
        model = ActionItem
        fields: list[str] = []

    def in_hands_of(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(responsible__in=people_named(value))

    def come_to(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """What came of the losses of these days, as far as that step."""
        days = self.form.cleaned_data
        return loop.actions_in(value, rows, self.user, days.get("since"), days.get("until"))

    def with_loop(self, rows: QuerySet, name: str, value) -> QuerySet:
        """`come_to` reads the days."""
        return rows

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "stalled":
            return rows.stalled(timezone.localdate())
        if value == "check_due":
            return rows.filter(pk__in=EffectivenessCheck.objects.due(timezone.localdate()).values("action"))
        return rows.filter(state__in=OPEN_STATES) if value == "open" else rows.filter(state=value)
