"""What the filter forms of all lists share. Every value comes from the address, so nothing here may fail on any."""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.filter_fields import AmountField, DayField
from failforward.forms import Worded
from failforward.states import state
from failforward.templatetags.fields import drawn
from failforward.templatetags.ui import day_words
from failforward.widgets import DateInput

# Above what any column holds, far below what a database refuses.
MOST = 10**12


class TextFilter(django_filters.CharFilter):
    """Part of a text. NUL, which PostgreSQL cannot hold, is refused by the form's field."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, max_length=200, lookup_expr=kwargs.pop("lookup_expr", "icontains"), **kwargs)


class DayFilter(django_filters.DateFilter):
    field_class = DayField

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"widget": DateInput} | kwargs)


class AmountFilter(django_filters.NumberFilter):
    field_class = AmountField

    def __init__(self, *args, **kwargs) -> None:
        widget = forms.TextInput({"inputmode": "decimal"})
        super().__init__(*args, min_value=0, max_value=MOST, widget=widget, **kwargs)

    def get_max_validator(self) -> None:
        return None


class TeamFilter(django_filters.ChoiceFilter):
    """The teams whose rows the reader may have in a list. Left out of the form where there is no choice."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, empty_label=_("All teams"), label=_("Team"), **kwargs)


class AmongFilter(django_filters.ModelChoiceFilter):
    """One of the objects that a reader may name, which `among` says."""

    def __init__(self, among: Callable[[User], QuerySet], *args, **kwargs) -> None:
        self.among = among
        super().__init__(*args, queryset=QuerySet.none, **kwargs)

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        return self.among(self.parent.user)


class AboutFilter(AmongFilter):
    """Leads from one object to the rows that hang on it: in the address and as a chip, not in the form."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, widget=forms.HiddenInput, **kwargs)


class OwnFilter(django_filters.ChoiceFilter):
    """Leads from a figure about the reader's own to its rows: in the address and as a chip, not in the form."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, choices=[("mine", _("Mine"))], widget=forms.HiddenInput, **kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(**{self.field_name: self.parent.user}) if value else qs


class FilterForm(Worded):
    def clean(self) -> dict:
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            words = say("This day is before %(since)s, with which the days begin. Choose a later one.")
            self.add_error("until", words % {"since": day_words(since)})
        return self.cleaned_data


class ListFilter(django_filters.FilterSet):
    """A filter form that knows its reader: `filter_options={"user": request.user}` of `page_of`. Its fields are made
    anew at each look, which takes as long as a list: of those in `only`, where the others are not shown."""

    # Where nothing but the chosen value says which rows are left: neither the reader nor the day.
    steady: frozenset[str] = frozenset()

    def __init__(self, *args, user: User | None = None, only: Collection[str] | None = None, **kwargs) -> None:
        if only is not None:
            self.base_filters = {name: one for name, one in self.base_filters.items() if name in only}
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
        form = type("FilterForm", (FilterForm, super().get_form_class()), {})
        for field in form.base_fields.values():
            field.quiet = True
        return form

    @classmethod
    def blank(cls, **options) -> list[SafeString]:
        """The fields with nothing in them; those that are the same for everybody are drawn once."""
        own = [name for name, one in cls.base_filters.items() if is_own(one) and not is_hidden(one)]
        found = same_for_all(cls, get_language()) | (cls(only=own, **options).drawn() if own else {})
        return [found[name] for name in cls.base_filters if name in found]

    def drawn(self) -> dict[str, SafeString]:
        return {field.name: drawn(field) for field in self.form}

    def chosen(self) -> tuple[tuple[str, str], ...] | None:
        """What was chosen, as long as all of it is steady."""
        if self.form.errors or not self.steady.issuperset(self.filters):
            return None
        return tuple(self.form.cleaned_data.items())


@lru_cache(maxsize=50)
def same_for_all(filterset: type[ListFilter], language: str) -> dict[str, SafeString]:
    alike = [name for name, one in filterset.base_filters.items() if not (is_own(one) or is_hidden(one))]
    return filterset(only=alike).drawn()


def is_own(one: django_filters.Filter) -> bool:
    """Whether it offers what its reader may see."""
    return isinstance(one, TeamFilter | AmongFilter)


def is_hidden(one: django_filters.Filter) -> bool:
    return one.extra.get("widget") is forms.HiddenInput


def in_words_of_pages(codes: Iterable[str], kind: str = "") -> list[tuple[str, str]]:
    """Choices that say each code as `{% status %}` does."""
    return [(str(code), state(code, kind).label) for code in codes]


def people_named(name: str) -> QuerySet:
    """Ids for an `__in`: whoever has this in their name."""
    return User.objects.filter(name__icontains=name).order_by().values("pk")
