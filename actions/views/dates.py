"""A third date that was asked for: the owner of the list agrees to it or not, by the link of a mail or logged in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from actions.models import ActionItem, Commitment, DateChange, DateToken
from actions.permissions import can_decide_date
from failforward.guards import Refused
from failforward.link_pages import link_page

VERBS = {
    "agree": (DateChange.agree, _("The new date is agreed.")),
    "refuse": (DateChange.refuse, _("The date stays as it was.")),
}


@link_page(DateToken)
def by_link(request: HttpRequest, token: DateToken) -> HttpResponse:
    change = DateChange.objects.for_list().select_related("decided_by").get(pk=token.date_change_id)
    person, now = token.person, timezone.now()
    context = {"change": change, "person": person}
    if not (token.is_alive(now) and can_decide_date(person, change.action_list)):
        return render(request, "actions/date_closed.html", status=410)
    if request.method == "POST" and (verb := request.POST.get("decision")) in VERBS:
        try:
            VERBS[verb][0](change, person, now=now)
        except Refused as no:
            return render(request, "actions/date.html", context | {"refused": no.message}, status=400)
        return redirect(request.path)
    return render(request, "actions/date.html", context)


@login_required
@require_POST
def by_desk(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    of_actions = Q(milestone__action__in=ActionItem.objects.visible_to(request.user))
    of_promises = Q(commitment__in=Commitment.objects.visible_to(request.user))
    change = get_object_or_404(DateChange.objects.filter(of_actions | of_promises).for_list(), pk=pk)
    if verb not in VERBS:
        raise Http404
    if not can_decide_date(request.user, change.action_list):
        raise PermissionDenied
    decide, said = VERBS[verb]
    try:
        decide(change, request.user)
        messages.success(request, said)
    except Refused as no:
        messages.error(request, no.message)
    return redirect(back(request, change))


def back(request: HttpRequest, change: DateChange) -> str:
    """To the page the button stood on, if it is one of ours."""
    where = request.POST.get("next", "")
    if where and url_has_allowed_host_and_scheme(where, None):
        return where
    if change.commitment:
        return change.commitment.get_absolute_url()
    return f"{reverse('action_detail', args=[change.milestone.action_id])}#milestone-{change.milestone_id}"
