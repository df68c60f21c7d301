"""An action is to be dropped: the second person agrees to it or not."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from actions.models import ActionItem, Drop
from actions.permissions import can_agree_to_drop
from failforward.guards import Refused

VERBS = {
    "agree": (Drop.agree, Drop.State.AGREED, _("It is dropped.")),
    "refuse": (Drop.refuse, Drop.State.REFUSED, _("It goes on.")),
}


@login_required
@require_POST
def by_desk(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    # Who was asked reads the action only until it is decided; a second press finds it all the same.
    asked = Q(asked=request.user.pk) | Q(decided_by=request.user.pk)
    mine = Drop.objects.filter(asked | Q(action__in=ActionItem.objects.visible_to(request.user)))
    drop = get_object_or_404(mine.for_list().select_related("action__action_list__owner"), pk=pk)
    if verb not in VERBS:
        raise Http404
    if not can_agree_to_drop(request.user, drop):
        raise PermissionDenied
    decide, becomes, said = VERBS[verb]
    try:
        decide(drop, request.user)
        messages.success(request, said if drop.state == becomes else _("This was settled already."))
    except Refused as no:
        messages.error(request, no.message)
    return redirect(back(request, drop))


def back(request: HttpRequest, drop: Drop) -> str:
    """To the page the button stood on, if it is one of ours. Who was only asked to agree reads the action no more."""
    where = request.POST.get("next", "")
    if where and url_has_allowed_host_and_scheme(where, None):
        return where
    still = ActionItem.objects.visible_to(request.user).filter(pk=drop.action_id).exists()
    return drop.action.get_absolute_url() if still else "/"
