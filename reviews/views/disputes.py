"""Readings that differ: what waits for a decision, live, and the decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from failforward.guards import Refused
from failforward.ids import id_of
from failforward.paging import COUNT_CAP
from reviews import coding, permissions
from reviews.forms.coding import AdjudicationForm
from reviews.models import FailureEvent, Verdict
from reviews.views.screens import onward, within

# As many as the list shows; the oldest come first, so the others move up.
LISTED = 25


@login_required
@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """All that waits, and the oldest of them (or `?event=`) open to be decided."""
    waiting = listed(request)
    asked = id_of(request.GET.get("event"))
    found = next((event for event in waiting["disputes"] if event.pk == asked), None)
    event = found or (coding.disputes_for(request.user).filter(pk=asked).first() if asked else None)
    event = event or next(iter(waiting["disputes"]), None)
    decision = opened(request, event) if event else {"event": None}
    return render(request, "reviews/disputes.html", waiting | decision | {"open_pk": event.pk if event else 0})


@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The list alone, which the page fetches again and again."""
    context = listed(request) | {"open_pk": id_of(request.GET.get("event"))}
    return render(request, "reviews/_dispute_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def adjudicate(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(FailureEvent.objects.visible_to(request.user).for_card(), pk=pk)
    if not permissions.can_adjudicate(request.user, event.review):
        raise PermissionDenied
    there = "coding_disputes" if "live" in request.POST else "coding"
    if event.disputed_at is None and request.method != "POST":
        messages.info(request, _("There is nothing to decide about this event."))
        return onward(request, event.review) or redirect(there)
    form, refused = AdjudicationForm(request.POST or None), None
    if form.is_valid():
        try:
            coding.adjudicate(event, request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Decided. Every reading is kept."))
            return onward(request, event.review) or redirect(there)
        except Refused as no:
            refused = no
    return render(request, "reviews/adjudicate.html", opened(request, event, form, refused))


def opened(
    request: HttpRequest, event: FailureEvent, form: AdjudicationForm | None = None, refused: Refused | None = None
) -> dict:
    elsewhere = onward(request, event.review)
    return {
        "event": event,
        "review": event.review,
        "within": within(event.review),
        "leave_url": elsewhere.url if elsewhere else "",
        "form": form or AdjudicationForm(),
        "refused": refused,
        "live": "live" in request.POST,
        "codings": coding.codings_for(event, request.user),
    }


def listed(request: HttpRequest) -> dict:
    events = coding.disputes_for(request.user)
    rows = list(events.prefetch_related("codings")[:LISTED])
    count = events.order_by()[: COUNT_CAP + 1].count()
    for event in rows:
        event.differs = in_what(event)
    return {"disputes": rows, "count": min(count, COUNT_CAP), "capped": count > COUNT_CAP}


def in_what(event: FailureEvent) -> str:
    """What the readings say otherwise, without saying who."""
    codings = event.codings.all()
    verdicts = {coding.verdict for coding in codings}
    differing = [len({coding.category for coding in codings}) > 1, len(verdicts) > 1]
    if all(differing):
        return _("They differ in category and verdict.")
    if differing[0]:
        return _("They differ in the category.")
    if differing[1]:
        return _("They differ in the verdict.")
    return _("Nobody could say.") if verdicts == {Verdict.UNSURE} else _("It is to be read anew.")
