"""The session: one screen a step, moved on by whoever leads. Its forms are the review's own and go where those go."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from failforward.accounts.models import User
from failforward.ids import id_of
from failforward.projector import keep_projected
from reviews.models import FailureEvent, Review
from reviews.models.session import Step
from reviews.pulse import beat, mark_of
from reviews.views.screens import SCREENS, Screen
from reviews.views.session_forms import drawn
from reviews.views.session_screen import Place, View, address, found, here_at, view_of


def back_to(review: Review, anchor: str) -> str:
    """Where a form of the session leads: to the others, or to the step that one looks at by oneself."""
    place = Place.said_by(review.seen_in)
    if not place.own:
        return f"{address(review)}{anchor}"
    return f"{address(review)}?step={place.step}{anchor.replace('?', '&', 1)}"


@login_required
@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """`?step=` looks at a step by oneself, `?event=` opens an event, `?page=` turns the pages of what was gathered,
    `?look=1` shows who looks as somebody who is here, which a script does by itself."""
    review = found(request, pk)
    place, chosen = Place.asked_for(request, review), id_of(request.GET.get("event"))
    if chosen and place.step == Step.CLOSE and (step := step_of(request.user, review, chosen)):
        return redirect(f"{address(review)}?step={step}&event={chosen}#event-{chosen}")
    response = drawn(view_of(request, review, place, chosen), {})
    if request.GET.get("projector") in ("0", "1"):
        keep_projected(request, response, request.GET["projector"] == "1")
    return response


def show_again(
    request: HttpRequest, review: Review, _page: object, status: int, chosen: int = 0, **forms
) -> HttpResponse:
    """The step as somebody saw it who sent a form, with what they typed; the others may be elsewhere by now."""
    review, place = found(request, review.pk), Place.said_by(review.seen_in)
    if place.step is None:
        place = Place(Step.GATHER, own=True)
    return drawn(view_of(request, review, place, chosen or id_of(request.POST.get("event"))), forms, status)


SCREENS["session"] = Screen(show_again, back_to)


def step_of(user: User, review: Review, chosen: int) -> Step | None:
    """Where that which an event lacks is said."""
    event = FailureEvent.objects.visible_to(user).filter(review=review, pk=chosen).first()
    if event is None:
        return None
    if not event.causal_role:
        return Step.CAUSES
    return Step.FINDINGS if event.is_settled else Step.SORT


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed since the screen was drawn: nothing (204), or its parts that hold no form."""
    if not request.user.is_authenticated:
        # A part of a page cannot become the log-in page.
        return HttpResponse(status=401) if request.htmx else redirect_to_login(request.get_full_path())
    review = beat(request.user, pk)
    if review is None:
        raise Http404
    running, here = review.running, here_at(request, review)
    clock = running.clock(timezone.now()) if running else None
    if request.GET.get("mark") == mark_of(review, clock, here):
        return HttpResponse(status=204)
    review, asked = found(request, pk), request.GET.get("at", "")
    place = Place(Step(asked) if asked in Step.values else None, bool(request.GET.get("own")))
    view = view_of(request, review, place, id_of(request.GET.get("event")))
    news = {"said": said(view), "moved": has_moved(view)}
    return render(request, "reviews/session/live.html", view.context() | news)


def has_moved(view: View) -> bool:
    return not view.place.own and view.place.step != (view.session.at if view.session else None)


def said(view: View) -> str:
    """For those who listen, and beside the list for all: how much has come since they looked."""
    page = view.page
    more = page.figure - id_of(view.request.GET.get("n")) if page and view.request.GET.get("n") else 0
    if more <= 0:
        return ""
    return {
        Step.GATHER: ngettext("%(n)s new event.", "%(n)s new events.", more),
        Step.CAUSES: ngettext("%(n)s more is judged.", "%(n)s more are judged.", more),
        Step.SORT: ngettext("%(n)s more is settled.", "%(n)s more are settled.", more),
    }.get(page.step, ngettext("%(n)s more has a finding.", "%(n)s more have a finding.", more)) % {"n": more}
