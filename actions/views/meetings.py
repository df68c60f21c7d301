"""All meetings one may read, and how they come about: planned weekly, or called now."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.forms.meetings import SeriesForm
from actions.models import ActionList, Meeting, MeetingSeries
from actions.models.action_list import lists_of
from actions.permissions import can_edit_list
from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.listing import Listing
from failforward.scopes import Among

ORDERS = {"newest": ("-sort_at", "-id"), "earliest": ("sort_at", "id")}


@login_required
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    page = MEETINGS.page(request.GET, request.user, ORDERS)
    return render(request, "actions/meeting/list.html", {"page": page})


def with_names(rows: QuerySet) -> QuerySet:
    return rows.for_list().select_related("series")


def scopes(user: User) -> list[Q]:
    """Those of the lists `user` reads."""
    reach = reach_of(user)
    if reach.is_admin:
        return [Q()]
    mine = [Q(Among("action_list", lists_of(user)))]
    managed = ActionList.objects.filter(team__in=reach.managed).values("pk")
    return [*mine, Q(Among("action_list", managed))] if reach.managed else mine


MEETINGS = Listing(Meeting.objects.all, scopes, with_names)


@login_required
@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """A meeting now, or the one that is ahead."""
    owned = get_object_or_404(ActionList.objects.visible_to(request.user).for_list(), pk=pk)
    if not can_edit_list(request.user, owned):
        raise PermissionDenied
    meeting = Meeting.call(request.user, owned, now=timezone.now())
    return redirect("meeting_detail", meeting.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Weekly from then on."""
    owned = get_object_or_404(ActionList.objects.visible_to(request.user).for_list(), pk=pk)
    if not can_edit_list(request.user, owned):
        raise PermissionDenied
    series = MeetingSeries.objects.filter(action_list=owned).first()
    form = SeriesForm.of(series, timezone.localdate(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = MeetingSeries.plan(request.user, owned, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            if made.has_ended:
                said = _("The meetings are planned. They begin when an action is proposed: nothing holds them now.")
            else:
                said = _("The meetings are planned.")
            messages.success(request, said)
            return redirect("list_detail", pk)
    context = {"list": owned, "form": form}
    return render(request, "actions/meeting/plan.html", context, status=400 if form.errors else 200)
