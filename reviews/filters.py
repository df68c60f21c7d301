from math import ceil

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from failforward.filters import (
    AboutFilter,
    AmountFilter,
    DayFilter,
    ListFilter,
    OwnFilter,
    TeamFilter,
    TextFilter,
    in_words_of_pages,
    people_named,
)
from failforward.money import MINOR_DIGITS
from reviews import loop
from reviews.categories import CATEGORY_CHOICES
from reviews.models import Deal, FailureEvent, Finding, Outcome, Review
from reviews.models.finding import State as FindingState
from reviews.models.review_state import State

ANY_LOSS = "losses"
# "Lost" alone would seem to be every loss.
ENDED = dict(in_words_of_pages(Outcome.values, "deal")) | {"lost": _("Lost, to whom is not stated")}
LOST_CHOICES = [(code, label) for code, label in ENDED.items() if code not in (Outcome.OPEN, Outcome.WON)]
KINDS = [(code, capfirst(label)) for code, label in Review.Kind.choices]


class OfDeals(ListFilter):
    """What a list of deals and one of their reviews are searched by; `deal` is the way from a row to its deal."""

    deal = ""

    def with_words(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        customer = Q(**{f"{self.deal}account__name__icontains": value})
        return rows.filter(Q(**{f"{self.deal}name__icontains": value}) | customer)

    def owned_by(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(owner__in=people_named(value))

    def worth(self, rows: QuerySet, name: str, value) -> QuerySet:
        return rows.filter(worth_at_least("value_minor", f"{self.deal}currency", value))


class ReviewFilter(OfDeals):
    steady = frozenset({"state", "kind", "outcome"})
    deal = "deal__"
    q = TextFilter(label=_("Words in the deal"), method="with_words")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=in_words_of_pages(State.values), empty_label=_("Any state")
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=KINDS, empty_label=_("Any kind"))
    team = TeamFilter(field_name="team")
    owner = TextFilter(label=_("Owner’s name"), method="owned_by")
    since = DayFilter(label=_("Lost since"), field_name="lost_on", lookup_expr="gte")
    until = DayFilter(label=_("Lost until"), field_name="lost_on", lookup_expr="lte")
    rival = TextFilter(label=_("Lost to"), field_name="deal__competitor")
    outcome = django_filters.ChoiceFilter(
        label=_("How it ended"), field_name="deal__outcome", choices=LOST_CHOICES, empty_label=_("Any way")
    )
    value_from = AmountFilter(label=_("Amount from"), method="worth")
    finding = AboutFilter(Finding.objects.visible_to, label=_("Shows"), method="showing")
    loop = django_filters.ChoiceFilter(
        label=_("In the loop"), choices=loop.CHOICES, method="come_to", widget=forms.HiddenInput
    )

    class Meta:
        model = Review
        fields: list[str] = []

    def come_to(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Losses that came as far as that step, of standard reviews only."""
        return loop.STEPS[value][1](rows)

    def showing(self, rows: QuerySet, name: str, value: Finding) -> QuerySet:
        """An event of the review that the reader may read shows the weakness."""
        events = FailureEvent.objects.visible_to(self.user).filter(finding=value)
        return rows.filter(pk__in=events.values("review"))


class DealFilter(OfDeals):
    q = TextFilter(label=_("Words in the deal"), method="with_words")
    outcome = django_filters.ChoiceFilter(
        label=_("How it stands"),
        choices=[
            *ENDED.items(),
            ("stalled", _("Open, and the buyer has not moved")),
            ("parked", _("Open and parked")),
            (ANY_LOSS, _("Any loss")),
        ],
        method="ended",
        empty_label=_("Any way"),
    )
    team = TeamFilter(field_name="team")
    owner = TextFilter(label=_("Owner’s name"), method="owned_by")
    since = DayFilter(label=_("Since"), field_name="sort_on", lookup_expr="gte")
    until = DayFilter(label=_("Until"), field_name="sort_on", lookup_expr="lte")
    rival = TextFilter(label=_("Lost to"), field_name="competitor")
    value_from = AmountFilter(label=_("Amount from"), method="worth")
    whose = OwnFilter(label=_("Whose"), field_name="owner")

    class Meta:
        model = Deal
        fields: list[str] = []

    def ended(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        standing = {"stalled": rows.stalled, "parked": rows.parked}.get(value)
        if standing:
            return standing(timezone.localdate())
        return rows.lost() if value == ANY_LOSS else rows.filter(outcome=value)


class FindingFilter(ListFilter):
    steady = frozenset({"state", "category"})
    q = TextFilter(label=_("Words in it"), field_name="title")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=in_words_of_pages(FindingState.values, "finding"), empty_label=_("Any state")
    )
    category = django_filters.ChoiceFilter(label=_("Category"), choices=CATEGORY_CHOICES, empty_label=_("All eleven"))
    team = TeamFilter(field_name="team")
    deal = AboutFilter(Deal.objects.visible_to, label=_("Seen in"), method="seen_in")

    class Meta:
        model = Finding
        fields: list[str] = []

    def seen_in(self, rows: QuerySet, name: str, value: Deal) -> QuerySet:
        """An event of the deal that the reader may read shows it."""
        events = FailureEvent.objects.visible_to(self.user).filter(review__deal=value)
        return rows.filter(pk__in=events.exclude(finding=None).values("finding"))


class LessonFilter(ListFilter):
    q = TextFilter(label=_("Words in it"), field_name="lesson")
    rival = TextFilter(label=_("Lost to"), field_name="deal__competitor")
    product = TextFilter(label=_("Product"), field_name="deal__product")
    category = django_filters.ChoiceFilter(
        label=_("Category"), choices=CATEGORY_CHOICES, empty_label=_("All eleven"), method="with_category"
    )
    team = TeamFilter(field_name="team")

    class Meta:
        model = Review
        fields: list[str] = []

    def with_category(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """An event of the review was settled so."""
        return rows.filter(Exists(FailureEvent.objects.filter(review=OuterRef("pk"), category=value)))


def worth_at_least(column: str, currency: str, amount) -> Q:
    """`amount` is in whole units of whatever currency a row has; columns hold minor units."""
    other = {digits: [code for code, own in MINOR_DIGITS.items() if own == digits] for digits in MINOR_DIGITS.values()}
    unusual = Q()
    for digits, codes in other.items():
        unusual |= Q(**{f"{currency}__in": codes, f"{column}__gte": ceil(amount * 10**digits)})
    usual = ~Q(**{f"{currency}__in": list(MINOR_DIGITS)}) & Q(**{f"{column}__gte": ceil(amount * 100)})
    return usual | unusual
