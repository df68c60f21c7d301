"""Teams, for admins alone: to anybody else there is no such page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from failforward.accounts import teams as verbs
from failforward.accounts.forms import TeamForm, TeamRulesForm
from failforward.accounts.models import Team
from failforward.accounts.reach import admins_only
from failforward.guards import Refused
from failforward.history.models import Change

MOST_CHANGES = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    admins_only(request.user)
    form = TeamForm(request.POST or None, prefix="team")
    if not form.is_valid():
        return render(request, "accounts/team_new.html", {"form": form}, status=400 if form.errors else 200)
    team = verbs.open_team(request.user, **form.cleaned_data)
    messages.success(request, _("The team %(name)s is there.") % {"name": team.name})
    return redirect("team", team.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in it, and the rules it works by."""
    admins_only(request.user)
    shown = get_object_or_404(Team.objects.select_related("parent", "default_sponsor"), pk=pk)
    title = shown.name
    form = TeamRulesForm(request.POST or None, team=shown)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.change_team(request.user, shown, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("team", pk)
    context = {
        "team": shown,
        "title": title,
        "form": form,
        "memberships": shown.memberships.select_related("user").order_by("user__name", "pk"),
        "changes": Change.objects.about(shown)[:MOST_CHANGES],
    }
    return render(request, "accounts/team.html", context, status=400 if form.errors else 200)
