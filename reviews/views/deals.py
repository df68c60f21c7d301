from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.listing import Listing
from failforward.prepared import prepared
from failforward.together import Together
from reviews import permissions
from reviews.filters import DealFilter
from reviews.forms.deal import ActivityForm, DealForm
from reviews.imports import told
from reviews.models import Activity, Deal, Outcome, Review
from reviews.models.deal import deal_scopes

DEALS = Listing(Deal.objects.all, deal_scopes, lambda rows: rows.for_list())
ORDERS = {"newest": ("-sort_on", "-id"), "oldest": ("sort_on", "id")}
MOST = 50


@login_required
@require_safe
def deal_list(request: HttpRequest) -> HttpResponse:
    page = DEALS.page(request.GET, request.user, ORDERS, DealFilter, user=request.user)
    seen = {deal.pk: [] for deal in page.rows}
    for review in reviews_seen(request.user, *seen):
        seen[review.deal_id].append(review)
    for deal in page.rows:
        deal.reviews_seen = seen[deal.pk]
    return render(request, "reviews/deal_list.html", {"page": page, "begin": begin(request.user)})


@prepared
def reviews_seen(user: User, *deals: int) -> QuerySet[Review]:
    return seen_by(user).filter(deal__in=deals)


def begin(user: User) -> dict[str, str]:
    """The way to the first deals."""
    if permissions.can_import(user):
        return {"url": reverse("import_list"), "label": _("Bring deals in")}
    return {"url": reverse("review_new"), "label": _("Tell of a loss")}


@login_required
@require_safe
def deal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, deal_at_hand(request, pk), ActivityForm())


@login_required
@require_POST
def activity_new(request: HttpRequest, pk: int) -> HttpResponse:
    deal = deal_to_write(request, pk)
    form, refused = ActivityForm(request.POST), None
    if form.is_valid():
        try:
            Activity.add(deal, request.user, today=timezone.localdate(), **form.cleaned_data)
            messages.success(request, _("Added."))
            return redirect(deal)
        except Refused as no:
            refused = no
    return show(request, deal, form, refused)


@login_required
@require_POST
def deal_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens the review of how the deal ended, or the one it has."""
    deal = deal_to_write(request, pk)
    try:
        return redirect(look_back(deal, request.user))
    except Refused as no:
        return show(request, deal, ActivityForm(), no)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    deal = deal_to_write(request, pk)
    form, refused, status = DealForm(request.POST or None, deal=deal, user=request.user), None, 200
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            deal.change(
                request.user, today=timezone.localdate(), reason=said["reason"], was=said["was"], **form.changed_here
            )
            messages.success(request, _("Saved."))
            return redirect(deal)
        except Conflict as no:
            refused, status = no, 409
            form.show_both(no.current)
        except Refused as no:
            refused = no
    context = {"deal": deal, "form": form, "refused": refused, "submit": _("Save")}
    return render(request, "reviews/deal_edit.html", context, status=status)


def show(request: HttpRequest, deal: Deal, form: ActivityForm, refused: Refused | None = None) -> HttpResponse:
    context = {
        "deal": deal,
        "activities": deal.activities.select_related("by").order_by("-happened_on", "-pk")[:MOST],
        "changes": told.changes_of(deal, MOST),
        "may_write": permissions.can_write_deal(request.user, deal),
        "may_hand_over": may_hand_over(request.user, deal),
        "may_look_back": may_look_back(request.user, deal),
        "may_coach": may_coach(request.user, deal),
        "form": form,
        "refused": refused,
    }
    if deal.outcome == Outcome.OPEN:
        context |= on_the_clock(deal, timezone.localdate())
    return render(request, "reviews/deal_detail.html", context)


def on_the_clock(deal: Deal, today: date) -> dict:
    """How long the buyer has not moved."""
    clock = deal.clock_on(today)
    return {
        "clock": clock,
        "stalled_since": clock.stalled_since(today),
        "still_days": (today - clock.since).days,
        "is_parked": clock.is_parked(today),
    }


def look_back(deal: Deal, user: User) -> Review:
    """What came of it decides which review it gets."""
    begin = Review.open_win if deal.outcome == Outcome.WON else Review.open
    return begin(deal, user, today=timezone.localdate())


def may_look_back(user: User, deal: Deal) -> bool:
    """Once at what was won."""
    begun = any(review.kind == Review.Kind.WIN for review in deal.reviews_seen)
    return deal.outcome == Outcome.WON and not begun and permissions.can_open(user, deal)


def may_hand_over(user: User, deal: Deal) -> bool:
    """A won deal goes to production once."""
    begun = any(review.kind == Review.Kind.HAND_OFF for review in deal.reviews_seen)
    return deal.outcome == Outcome.WON and not begun and permissions.can_open(user, deal)


def may_coach(user: User, deal: Deal) -> bool:
    """Whoever manages its team talks with its owner."""
    return bool(deal.owner and deal.owner.is_active and deal.owner != user and permissions.manages(user, deal.team_id))


def deal_at_hand(request: HttpRequest, pk: int) -> Deal:
    """A deal whose review the reader may not see looks like a deal without one."""
    seen = seen_by(request.user).filter(deal=OuterRef("pk"))
    deals = Deal.objects.visible_to(request.user).for_detail()
    return get_object_or_404(deals.annotate(reviews_seen=Together(seen, "deal", "kind", "state")), pk=pk)


def deal_to_write(request: HttpRequest, pk: int) -> Deal:
    deal = deal_at_hand(request, pk)
    if not permissions.can_write_deal(request.user, deal):
        raise PermissionDenied
    return deal


def reviews_seen_by(request: HttpRequest) -> Prefetch:
    return Prefetch("reviews", seen_by(request.user), to_attr="reviews_seen")


def seen_by(user: User) -> QuerySet[Review]:
    return Review.objects.visible_to(user).only("deal", "kind", "state").order_by("pk")
