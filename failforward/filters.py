"""What the filter forms of all lists share. Every value comes from the address, so nothing here may fail on any."""

from collections.abc import Callable

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.forms import Worded
from failforward.widgets import DateInput

# Above what any column holds, far below what a database refuses.
MOST = 10**12


class TextFilter(django_filters.CharFilter):
    """Part of a text. NUL, which PostgreSQL cannot hold, is refused by the form's field."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, max_length=200, lookup_expr=kwargs.pop("lookup_expr", "icontains"), **kwargs)


class DayFilter(django_filters.DateFilter):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, widget=DateInput, **kwargs)


class AmountFilter(django_filters.NumberFilter):
    def __init__(self, *args, **kwargs) -> None:
        widget = forms.TextInput({"inputmode": "decimal"})
        super().__init__(*args, min_value=0, max_value=MOST, widget=widget, **kwargs)

    def get_max_validator(self) -> None:
        return None


class TeamFilter(django_filters.ChoiceFilter):
    """The teams whose rows the reader may have in a list. Left out of the form where there is no choice."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, empty_label=_("All teams"), label=_("Team"), **kwargs)


class AboutFilter(django_filters.ModelChoiceFilter):
    """Leads from one object to the rows that hang on it: in the address and as a chip, not in the form. `among` says
    which objects a reader may name."""

    def __init__(self, among: Callable[[User], QuerySet], *args, **kwargs) -> None:
        self.among = among
        super().__init__(*args, queryset=QuerySet.none, widget=forms.HiddenInput, **kwargs)

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        return self.among(self.parent.user)


class ListFilter(django_filters.FilterSet):
    """A filter form that knows its reader: `filter_options={"user": request.user}` of `page_of`."""

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if "team" in self.filters:
            teams = list(reach_of(user).choice)
            if len(teams) < 2:
                del self.filters["team"]
            else:
                self.filters["team"].extra["choices"] = teams

    def get_form_class(self) -> type[forms.Form]:
        """No field of a filter is required; none needs to say so."""
        form = type("FilterForm", (Worded, super().get_form_class()), {})
        for field in form.base_fields.values():
            field.quiet = True
        return form


def people_named(name: str) -> QuerySet:
    """Ids for an `__in`: whoever has this in their name."""
    return User.objects.filter(name__icontains=name).order_by().values("pk")
