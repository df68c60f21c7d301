from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from failforward.accounts.models import Team, User
from failforward.accounts.reach import reach_of
from failforward.forms import refusals_in
from failforward.ids import id_of
from failforward.money import minor_of
from reviews import permissions
from reviews.forms.review import LossForm
from reviews.models import Account, Deal, Outcome, Review
from reviews.models.review_state import State
from reviews.views.deals import look_back, may_hand_over, reviews_seen_by

SHOWN, RECENT = 20, 5


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Choose a deal by searching for it, a lost one or with `?of=won` a won one; or tell of a loss that is not here
    yet."""
    offered = {"teams": teams_of(request.user), "owners": owners_for(request.user)}
    form = LossForm(**offered, initial={"lost_on": timezone.localdate(), "owner": request.user.pk})
    if request.method == "POST" and "deal" in request.POST:
        return open_review(request)
    if request.method == "POST":
        form = LossForm(request.POST, **offered)
        if form.is_valid():
            with refusals_in(form):
                review = Review.open(record(request, form), request.user, today=timezone.localdate())
                return redirect(review)
    words, won = request.GET.get("q", "").strip()[:100], request.GET.get("of") == "won"
    shown = {"form": form, "q": words, "won": won, "deals": offered_to(request, words, won)}
    return render(request, "reviews/new.html", shown, status=422 if form.errors else 200)


def offered_to(request: HttpRequest, words: str, won: bool) -> list[Deal]:
    """Each with the review that was begun on how it ended, as far as the reader may see it, and what they may begin."""
    deals, kind = found(request.user, words, won), Review.Kind.WIN if won else Review.Kind.LOST_DEAL
    prefetch_related_objects(deals, reviews_seen_by(request))
    for deal in deals:
        begun = [one for one in deal.reviews_seen if one.kind == kind and one.state != State.PENDING]
        deal.begun = begun[0] if begun else None
        deal.may_begin = permissions.can_open(request.user, deal)
        deal.may_hand_over = may_hand_over(request.user, deal)
    return deals


def open_review(request: HttpRequest) -> HttpResponse:
    deal = get_object_or_404(Deal.objects.visible_to(request.user), pk=id_of(request.POST["deal"]))
    if not permissions.can_open(request.user, deal):
        raise PermissionDenied
    return redirect(look_back(deal, request.user))


def record(request: HttpRequest, form: LossForm) -> Deal:
    """A customer told by hand is one account for a name, like those of any other source."""
    said, team = form.cleaned_data, form.cleaned_data["team"]
    name = said["customer"].strip()
    account = Account.objects.get_or_create(source="form", name=name)[0] if name else None
    return Deal.record_loss(
        team,
        request.user,
        name=said["name"],
        outcome=said["outcome"],
        lost_on=said["lost_on"],
        today=timezone.localdate(),
        account=account,
        competitor=said["competitor"].strip(),
        stage_at_loss=said["stage_at_loss"].strip(),
        amount_minor=minor_of(said["amount"], team.currency),
        owner=said.get("owner") or request.user,
    )


def found(user: User, words: str, won: bool) -> list[Deal]:
    """Deals in which every word occurs, in their name or their customer's; without words the last few."""
    deals = Deal.objects.visible_to(user)
    deals = deals.filter(outcome=Outcome.WON) if won else deals.lost()
    for word in words.split()[:8]:
        deals = deals.filter(Q(name__icontains=word) | Q(account__name__icontains=word) | Q(external_id=word))
    return list(deals.for_list().order_by("-sort_on", "-pk")[: SHOWN if words else RECENT])


def owners_for(user: User) -> QuerySet | None:
    """Whose loss a manager may tell of: their own, or that of somebody they manage. Others tell of their own."""
    reach = reach_of(user)
    if not reach.is_manager:
        return None
    theirs = Q(memberships__isnull=False) if reach.is_admin else Q(memberships__team__in=reach.managed)
    people = User.objects.named().filter(theirs | Q(pk=user.pk), is_active=True)
    return people.distinct().order_by("name", "pk")


def teams_of(user: User) -> QuerySet:
    """Teams whose losses `user` may tell of, their own before those they lead or belong to from above."""
    reach = reach_of(user)
    teams = Team.objects.all() if reach.is_admin else Team.objects.filter(pk__in=reach.own)
    return teams.annotate(is_own=Exists(user.memberships.filter(team=OuterRef("pk")))).order_by("-is_own", "path")
