"""The base rate of an event: comparable wins, and whether it was there too."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from failforward import undo
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.pages import history_of
from failforward.ids import id_of
from reviews import permissions
from reviews.base_rate import MOST
from reviews.comparable import Win, Wins, wins_for
from reviews.models import Comparison, Deal, FailureEvent, Review
from reviews.models.comparison import ANSWERS, Present
from reviews.views import begin
from reviews.views.review import must
from reviews.views.screens import back


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wins(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(FailureEvent.objects.visible_to(request.user).for_card().with_session(), pk=pk)
    if event.review.kind != Review.Kind.LOST_DEAL:
        raise Http404
    if request.method == "POST":
        must(permissions.works_on(request.user, event.review))
        return say(request, event)
    if not permissions.hears_all(request.user, event.review):
        return back(event.review, "#tell-first")
    found, words = wins_for(event, request.user), request.GET.get("q", "").strip()[:100]
    context = {
        "q": words,
        "named": named(request.user, words, found),
        "event": event,
        "review": event.review,
        "wins": found,
        "answers": [(answer.value, answer.label) for answer in ANSWERS],
        "may_say": event.counts and permissions.can_look_deeper(request.user, event),
        "changes": changes(request, found),
    }
    return render(request, "reviews/wins.html", context)


def named(user: User, words: str, known: Wins) -> list[Win]:
    """Wins that a person looks for by themselves: they know best what is alike."""
    there = {win.deal for win in [*known.shown, *known.unlike]}
    return [Win(deal) for deal in begin.found(user, words, won=True) if deal not in there][:MOST] if words else []


def changes(request: HttpRequest, found: Wins) -> list | None:
    names = {win.comparison.pk: str(win.deal) for win in found.said}
    rows = history_of(request, [win.comparison for win in found.said])
    for row in rows or []:
        row.thing = names[row.subject_id]
    return rows


def say(request: HttpRequest, event: FailureEvent) -> HttpResponse:
    """One tap, which names deal and answer; an answer without a word takes the last one back."""
    number, _colon, present = request.POST.get("win", "").partition(":")
    deal = Deal.objects.visible_to(request.user).filter(pk=id_of(number)).first()
    try:
        if deal is None:
            raise Refused(_("Compare it with a deal that was won and that you may see."))
        Comparison.say(event, deal, request.user, present, timezone.now())
    except Refused as refused:
        messages.warning(request, refused)
    else:
        if present == Present.UNLIKE:
            undo.offer(
                request,
                _("“%(deal)s” is not comparable.") % {"deal": deal},
                reverse("event_wins", args=[event.pk]),
                win=f"{deal.pk}:",
            )
            return redirect(reverse("event_wins", args=[event.pk]))
    return redirect(f"{reverse('event_wins', args=[event.pk])}#{f'win-{deal.pk}' if deal else 'wins'}")
