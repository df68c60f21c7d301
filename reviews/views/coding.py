from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from failforward.guards import Refused
from failforward.paging import COUNT_CAP
from reviews import coding, permissions
from reviews.codebook import codebook
from reviews.forms.coding import AdjudicationForm, CodingForm
from reviews.models import FailureEvent
from reviews.views.sitting import Sitting, hat_of


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The next event of the sitting, or what is left when there is none."""
    sitting = Sitting(request, timezone.localdate())
    waiting = coding.waiting_for(request.user).exclude(pk__in=sitting.later)
    # Found first, and only then joined with what its card shows.
    event = FailureEvent.objects.for_card().filter(pk=Subquery(waiting.values("pk")[:1])).first()
    if event is not None:
        return card(request, event, CodingForm(initial={"hat": hat_of(request)}), sitting)
    left = coding.waiting_for(request.user).filter(pk__in=sitting.later).count()
    context = {"sitting": sitting, "left": left, "hat": hat_of(request), "disputes": disputes(request)}
    return render(request, "reviews/coding_empty.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """One event: the card to read it, and its answer."""
    event = event_at_hand(request, pk)
    if not permissions.can_code(request.user, event.review):
        raise PermissionDenied
    sitting = Sitting(request, timezone.localdate())
    if request.method != "POST":
        return card(request, event, CodingForm(initial=own_reading(event, request) | {"hat": hat_of(request)}), sitting)
    form, refused = CodingForm(request.POST), None
    if form.is_valid():
        try:
            coding.submit(event, request.user, now=timezone.now(), **form.cleaned_data)
            sitting.add_sent(event.pk)
            return to_queue(request)
        except Refused as no:
            refused = no
    return card(request, event, form, sitting, refused)


@login_required
@require_POST
def later(request: HttpRequest, pk: int) -> HttpResponse:
    event = event_at_hand(request, pk)
    Sitting(request, timezone.localdate()).leave(event.pk)
    return to_queue(request)


@login_required
@require_POST
def take_up(request: HttpRequest) -> HttpResponse:
    """What was left for later comes back."""
    Sitting(request, timezone.localdate()).take_up()
    return to_queue(request)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def adjudicate(request: HttpRequest, pk: int) -> HttpResponse:
    event = event_at_hand(request, pk)
    if not permissions.can_adjudicate(request.user, event.review):
        raise PermissionDenied
    if event.disputed_at is None and request.method != "POST":
        messages.info(request, _("There is nothing to decide about this event."))
        return redirect("coding")
    form, refused = AdjudicationForm(request.POST or None), None
    if form.is_valid():
        try:
            coding.adjudicate(event, request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Decided. Both readings are kept."))
            return redirect("coding")
        except Refused as no:
            refused = no
    context = {
        "event": event,
        "form": form,
        "refused": refused,
        "codings": coding.codings_for(event, request.user),
    }
    return render(request, "reviews/adjudicate.html", context)


def card(
    request: HttpRequest, event: FailureEvent, form: CodingForm, sitting: Sitting, refused: Refused | None = None
) -> HttpResponse:
    waiting = coding.waiting_for(request.user).exclude(pk__in=[*sitting.later, event.pk]).order_by()
    remaining, book = waiting[:COUNT_CAP].count() + 1, codebook()
    form.fields["category"].widget.hints = {category.code: category.short for category in book}
    context = {
        "event": event,
        "form": form,
        "refused": refused,
        "hat": hat_of(request),
        "number": sitting.sent + 1,
        "total": sitting.sent + remaining,
        "capped": remaining > COUNT_CAP,
        "others": coding.other_readers(event, request.user),
        "blind": coding.readers_needed(event.review) > 1,
        "categories": book,
        "disputes": disputes(request),
    }
    return render(request, "reviews/coding.html", context)


def disputes(request: HttpRequest) -> list[FailureEvent]:
    return list(coding.disputes_for(request.user)[:5])


def own_reading(event: FailureEvent, request: HttpRequest) -> dict:
    mine = event.codings.filter(coder=request.user).first()
    if mine is None:
        return {}
    return {"category": mine.category, "more": mine.more_categories, "verdict": mine.verdict, "reason": mine.reason}


def event_at_hand(request: HttpRequest, pk: int) -> FailureEvent:
    return get_object_or_404(FailureEvent.objects.visible_to(request.user).for_card(), pk=pk)


def to_queue(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('coding')}?hat={hat_of(request)}")
