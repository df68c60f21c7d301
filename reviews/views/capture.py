from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from failforward.accounts.models import User
from failforward.forms import refusals_in
from failforward.guards import Conflict
from failforward.link_pages import link_page
from reviews import capture, permissions
from reviews.forms.capture import BOXES, MOST_BOXES, CaptureForm
from reviews.models import CaptureToken, Review
from reviews.views.review import must, readable
from reviews.views.screens import back


@link_page(CaptureToken)
def by_link(request: HttpRequest, token: CaptureToken) -> HttpResponse:
    """The owner's page without log-in. Looking changes nothing; only its button does."""
    review = Review.objects.for_detail().get(pk=token.review_id)
    if why := why_closed(token, review):
        return render(request, "reviews/capture_over.html", {"why": why}, status=410)
    return page(request, review, token.person, "reviews/capture.html")


def why_closed(token: CaptureToken, review: Review) -> str:
    """Why the link shows nothing more; empty while it is good."""
    now = timezone.now()
    if token.revoked_at or not token.person.is_active or not permissions.reads_review(token.person, review):
        return "revoked"
    if not token.is_alive(now):
        return "used" if review.captured_at else "expired"
    if not permissions.can_capture(token.person, review):
        return "done"
    return ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """The same questions for the owner who is logged in."""
    review = readable(request, pk)
    must(permissions.can_capture(request.user, review))
    return page(request, review, request.user, "reviews/capture_own.html")


def page(request: HttpRequest, review: Review, person: User, template: str) -> HttpResponse:
    events = capture.own_events(review, person)
    boxes = boxes_of(request)
    if request.method != "POST" or "more" in request.POST:
        form = CaptureForm(request.POST or None, review=review, events=events, boxes=boxes)
        return show(request, template, review, form.without_complaint())
    form = CaptureForm(request.POST, review=review, events=events, boxes=boxes)
    if not form.is_valid():
        return show(request, template, review, form, 422)
    try:
        with refusals_in(form):
            capture.save(review, person, form.told, timezone.now())
    except Conflict as conflict:
        return show(request, template, review, beside(form, request, conflict.current), 409)
    if form.errors:
        return show(request, template, review, form, 422)
    return redirect(f"{request.path}?saved") if template == "reviews/capture.html" else back(review)


def beside(form: CaptureForm, request: HttpRequest, current) -> CaptureForm:
    data = request.POST.copy()
    data[f"version_{current.pk}"] = current.version
    again = CaptureForm(data, review=current.review, events=form.events, boxes=form.boxes)
    again.is_valid()
    words = _("Somebody changed this meanwhile to “%(words)s”. Save again to keep yours.") % {"words": current.what}
    again.add_error(f"event_{current.pk}", words)
    return again


def boxes_of(request: HttpRequest) -> int:
    given = request.POST.get("boxes", "")
    boxes = int(given) if given.isdecimal() and len(given) < 4 else BOXES
    return min(boxes + ("more" in request.POST), MOST_BOXES)


def show(request: HttpRequest, template: str, review: Review, form: CaptureForm, status: int = 200) -> HttpResponse:
    shown = {"review": review, "deal": review.deal, "form": form, "saved": "saved" in request.GET}
    return render(request, template, shown, status=status)
