"""Which weakness one event shows: likely ones with their reasons, one tap to join, or a new one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from failforward import undo
from failforward.accounts.models import User
from failforward.forms import refusals_in
from failforward.guards import Refused
from failforward.ids import id_of
from reviews import permissions
from reviews.forms.homes import NewHomeForm
from reviews.homes import homes_for
from reviews.models import FailureEvent, Finding
from reviews.sorting import called, open_new, why_in_none
from reviews.views.event import found
from reviews.views.review import must
from reviews.views.screens import back, place_of, within

SHOWN = 8


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest, pk: int) -> HttpResponse:
    event = found(request, pk)
    must(permissions.leads_review(request.user, event.review))
    if request.method == "POST" and "finding" in request.POST:
        return join(request, event)
    form = NewHomeForm(request.POST or None, event=event)
    known = None
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            finding = open_and_join(event, request.user, form.cleaned_data["new_finding"], form.chosen_category)
            return told(request, event, finding, before=None)
        known = called(event, form["new_finding"].value())
    why_not = why_it_may_not(event)
    context = {
        "event": event,
        "review": event.review,
        "form": form,
        "known": known,
        "why_not": why_not,
        "within": within(event.review),
        "back_url": place_of(event.review, f"#event-{event.pk}"),
        "homes": [] if why_not else homes_for(event, request.user)[:SHOWN],
    }
    return render(request, "reviews/event_home.html", context, status=422 if form.errors else 200)


def join(request: HttpRequest, event: FailureEvent) -> HttpResponse:
    """An empty choice takes it out of the one it is in."""
    before, chosen = event.finding, request.POST["finding"]
    try:
        if chosen:
            # Whoever leads a review of another team reads that team's findings here, and joins events to them.
            of_its_team = Finding.objects.filter(team=event.review.team_id)
            mine = Finding.objects.visible_to(request.user).values("pk")
            finding = get_object_or_404(Finding, Q(pk__in=of_its_team.values("pk")) | Q(pk__in=mine), pk=id_of(chosen))
            seen = request.POST.get("seen")
            finding.take(event, request.user, seen=None if seen is None else id_of(seen))
            return told(request, event, finding, before)
        if before:
            before.release(event, request.user)
            undo.offer(request, _("It is in no finding now."), event_home(event), finding=before.pk)
    except Refused as refused:
        messages.warning(request, refused)
        return redirect(event_home(event))
    return home_again(request, event)


@transaction.atomic
def open_and_join(event: FailureEvent, by: User, title: str, category: str) -> Finding:
    if why_not := why_it_may_not(event):
        raise Refused(why_not)
    finding = open_new(event, by, title, category)
    finding.take(event, by)
    return finding


def why_it_may_not(event: FailureEvent) -> str:
    if not event.review.is_open:
        return _("This review is not open. Have it reopened first.")
    return "" if event.may_feed_a_finding else why_in_none(event)


def told(request: HttpRequest, event: FailureEvent, finding: Finding, before: Finding | None) -> HttpResponse:
    said = _("Joined to “%(title)s”.") % {"title": finding.title}
    undo.offer(request, said, event_home(event), finding=before.pk if before else "")
    return home_again(request, event)


def home_again(request: HttpRequest, event: FailureEvent) -> HttpResponse:
    """The verbs read the review anew, which then does not know where somebody came from."""
    event.review.seen_in = request.GET.get("in", "")
    return back(event.review, f"#event-{event.pk}")


def event_home(event: FailureEvent) -> str:
    return reverse("event_home", args=[event.pk])
