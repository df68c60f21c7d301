from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from failforward import undo
from failforward.accounts.reach import reach_of
from failforward.forms import refusals_in
from failforward.guards import Refused
from failforward.ids import id_of
from failforward.listing import Listing
from failforward.paging import Page
from reviews.choosing import Result, choose_all, put_back_all, suggested, waive_all
from reviews.forms.review import DEPTHS, ReasonForm
from reviews.models import Review
from reviews.models.review import review_scopes

TO_CHOOSE = Listing(Review.objects.to_choose, review_scopes, lambda rows: rows.for_triage())
ORDERS = {"value": ("-value_order", "-id"), "day": ("-lost_on", "-id")}
# As many as one request decides in a few seconds.
MOST_AT_ONCE = 500


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def triage(request: HttpRequest) -> HttpResponse:
    """New losses by value: review, quick review or waive, singly or many at once."""
    if request.method != "POST":
        return show(request, ReasonForm())
    chosen = selected(request)
    if not chosen:
        messages.warning(request, _("Nothing was selected. Tick the losses you mean first."))
        return redirect(request.get_full_path())
    form = ReasonForm(request.POST)
    form.is_valid()
    with refusals_in(form):
        result = decide(request, chosen)
        tell(request, result)
        alone = result.changed == 1 == len(chosen) and chosen[0].is_open
        return redirect(chosen[0] if alone else request.get_full_path())
    return show(request, form, 422, {review.pk for review in chosen})


def tell(request: HttpRequest, result: Result) -> None:
    if not result.changed:
        messages.warning(request, result.sentence)
    elif request.POST.get("do") == "back":
        messages.success(request, result.sentence)
    else:
        undo.offer(request, result.sentence, reverse("triage"), do="back", review=result.done)


def decide(request: HttpRequest, chosen: list[Review]) -> Result:
    todo = request.POST.get("do", "")
    if todo == "back":
        return put_back_all(chosen, request.user)
    if todo == "waive":
        return waive_all(chosen, request.user, request.POST.get("reason", ""))
    if todo in dict(DEPTHS):
        return choose_all(chosen, request.user, todo, timezone.localdate())
    raise Refused(_("Choose what to do with them: review, quick review or waive."))


def selected(request: HttpRequest) -> list[Review]:
    """The ticked rows, or all that match; only what the reader may see."""
    mine = Review.objects.visible_to(request.user).select_related("team", "owner").prefetch_related("persons")
    if "all" in request.POST:
        return list(mine.to_choose().order_by("-value_order", "-pk")[:MOST_AT_ONCE])
    ids = [id_of(one) for one in request.POST.getlist("review")]
    return list(mine.filter(pk__in=ids).order_by("-value_order", "-pk"))


def show(request: HttpRequest, form: ReasonForm, status: int = 200, ticked: set[int] | None = None) -> HttpResponse:
    page = listed(request)
    for review in page.rows:
        review.is_suggested = suggested(review)
        review.is_ticked = review.pk in (ticked or set())
    shown = {"page": page, "form": form, "most": MOST_AT_ONCE, "may_waive": reach_of(request.user).is_manager}
    return render(request, "reviews/triage.html", shown, status=status)


def listed(request: HttpRequest) -> Page:
    return TO_CHOOSE.page(request.GET, request.user, ORDERS)
