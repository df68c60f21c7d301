from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from failforward import paging
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.csv_export import Cell, csv_response
from failforward.listing import Listing
from failforward.money import decimal_of
from failforward.scopes import visible
from reviews.filters import ReviewFilter
from reviews.models import Review, Visibility
from reviews.models.review import review_scopes
from reviews.next_step import add_next_steps

REVIEWS = Listing(Review.objects.all, review_scopes, lambda rows: rows.for_list())
ORDERS = {
    "-lost_on": ("-lost_on", "-id"),
    "lost_on": ("lost_on", "id"),
    "-value": ("-value_order", "-id"),
    "value": ("value_order", "id"),
}


@login_required
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    if request.GET.get("format") == "csv":
        return export(request)
    page = REVIEWS.page(request.GET, request.user, ORDERS, ReviewFilter, user=request.user)
    add_next_steps(page.rows)
    context = {
        "page": page,
        "totals": totals(request) if "totals" in request.GET else None,
        "totals_url": paging.turn(request.GET, totals="1"),
        "csv_url": paging.turn(request.GET, format="csv"),
        "chooses": reach_of(request.user).is_manager,
        "triage_url": reverse("triage"),
        "new_url": reverse("review_new"),
    }
    return render(request, "reviews/review_list.html", context)


def all_rows(request: HttpRequest) -> QuerySet:
    """What the filters leave of everything the reader may see."""
    filters = ReviewFilter(request.GET, queryset=Review.objects.all(), user=request.user)
    return visible(filters.qs, review_scopes(request.user))


def totals(request: HttpRequest) -> dict:
    """Exact, a sum for each currency. Sums are made of standard reviews, for everybody; what was won is not added to
    what was lost."""
    rows = all_rows(request)
    wins = request.GET.get("kind") == Review.Kind.WIN
    groups = (
        rows.filter(visibility=Visibility.STANDARD, kind=Review.Kind.WIN if wins else Review.Kind.LOST_DEAL)
        .order_by("deal__currency")
        .values_list("deal__currency")
        .annotate(total=Sum("value_minor"), unstated=Count("pk", filter=Q(value_minor=None)))
    )
    count = rows.count()
    return {
        "count": count,
        "count_label": f"{count:,}",
        "not_added": rows.exclude(visibility=Visibility.STANDARD).exists(),
        "wins_left_out": not wins and rows.filter(kind=Review.Kind.WIN).exists(),
        "sums": [(total, currency) for currency, total, _unstated in groups if total is not None],
        "unstated": sum(unstated for _currency, _total, unstated in groups),
    }


def export(request: HttpRequest) -> HttpResponse:
    """The rows of the list, all pages of it, in its order; sealed reviews leave the product in no file."""
    sort = request.GET.get("sort", "")
    order = ORDERS.get(sort, next(iter(ORDERS.values())))
    rows = all_rows(request).exclude(visibility=Visibility.SEALED).for_export().order_by(*order)
    header = [
        _("Deal"),
        _("Customer"),
        _("State"),
        _("Lost on"),
        _("How it ended"),
        _("Lost to"),
        _("Amount"),
        _("Currency"),
        _("List price"),
        _("Owner"),
        _("Team"),
        _("Kind"),
    ]
    return csv_response("reviews", request.user, header, cells(rows))


def cells(rows: QuerySet) -> Iterator[list[Cell]]:
    for review in rows.iterator(chunk_size=1_000):
        deal = review.deal
        yield [
            deal.name,
            deal.account.name if deal.account else "",
            str(review.get_state_display()),
            review.lost_on,
            str(deal.get_outcome_display()),
            deal.competitor,
            # Production reads a hand-off, and needs no amount.
            "" if review.kind == Review.Kind.HAND_OFF else decimal_of(deal.value_minor, deal.currency),
            deal.currency,
            _("yes") if deal.value_is_list_price else "",
            named(review.owner),
            review.team.name,
            str(review.get_kind_display()),
        ]


def named(user: User | None) -> str:
    return user.name if user else ""
