from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from failforward.guards import Refused
from reviews import coding, one_offs, passes, permissions, readers
from reviews.codebook import codebook
from reviews.crew import with_crew
from reviews.forms.coding import CodingForm
from reviews.models import FailureEvent
from reviews.views.screens import onward, screen_of
from reviews.views.sitting import Sitting, hat_of

# As many decisions as are named beside a card.
BESIDE = 5


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The next event of the sitting, or what is left when there is none."""
    sitting = Sitting(request, timezone.localdate())
    event = next(iter(passes.next_card(request.user, *sitting.later)), None)
    if event is not None:
        with_crew(event.review)
        return card(request, event, CodingForm(initial=half_of(event) | {"hat": hat_of(request)}), sitting)
    left = coding.waiting_for(request.user).filter(pk__in=sitting.later).count()
    context = {"sitting": sitting, "left": left, "hat": hat_of(request)} | beside(request)
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
            return onward(request, event.review) or to_queue(request)
        except Refused as no:
            refused = no
    return card(request, event, form, sitting, refused)


@login_required
@require_POST
def later(request: HttpRequest, pk: int) -> HttpResponse:
    event = event_at_hand(request, pk)
    Sitting(request, timezone.localdate()).leave(event.pk)
    return onward(request, event.review) or to_queue(request)


@login_required
@require_POST
def take_up(request: HttpRequest) -> HttpResponse:
    """What was left for later comes back."""
    Sitting(request, timezone.localdate()).take_up()
    return to_queue(request)


def card(
    request: HttpRequest, event: FailureEvent, form: CodingForm, sitting: Sitting, refused: Refused | None = None
) -> HttpResponse:
    event.review.seen_in = request.GET.get("in", "")
    if screen := screen_of(event.review.seen_in):
        sent = {"coding_form": form, "form": form, "refused": refused}
        status = 422 if request.method == "POST" else 200
        return screen.show(request, event.review, None, status, chosen=event.pk, **sent)
    remaining, book = coding.still_waiting(request.user, event.pk, *sitting.later) + 1, codebook()
    needed = readers.readers_needed_for(event.review, event.review.readers_needed())
    form.fields["category"].widget.hints = {category.code: category.short for category in book}
    context = {
        "event": event,
        "form": form,
        "refused": refused,
        "hat": hat_of(request),
        "number": sitting.sent + 1,
        "total": sitting.sent + min(remaining, coding.MOST_COUNTED),
        "capped": remaining > coding.MOST_COUNTED,
        "others": readers.other_readers(event, request.user),
        "needed": needed,
        "blind": needed > 1,
        "categories": book,
    } | beside(request)
    return render(request, "reviews/coding.html", context)


def beside(request: HttpRequest) -> dict:
    """What waits for a decision of whoever leads."""
    disputes = coding.first_disputes(request.user, most=BESIDE + 1)
    return {
        "disputes": disputes[:BESIDE],
        "more_disputes": len(disputes) > BESIDE,
        "returned": one_offs.counted_for(request.user, timezone.localdate()),
    }


def own_reading(event: FailureEvent, request: HttpRequest) -> dict:
    mine = event.codings.filter(coder=request.user).first()
    if mine is None:
        return half_of(event)
    return {"category": mine.category, "more": mine.more_categories, "verdict": mine.verdict, "reason": mine.reason}


def half_of(event: FailureEvent) -> dict:
    """What was said of it in one of the passes, to begin the whole with."""
    return {"category": event.put_into, "verdict": event.said, "reason": event.said_because}


def event_at_hand(request: HttpRequest, pk: int) -> FailureEvent:
    events = FailureEvent.objects.visible_to(request.user).for_card()
    return get_object_or_404(passes.with_halves(events, request.user.pk), pk=pk)


def to_queue(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('coding')}?hat={hat_of(request)}")
