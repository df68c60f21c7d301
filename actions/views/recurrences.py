from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions.forms.checks import SomethingElseForm
from actions.forms.verb_form import Nothing, VerbForm
from actions.models import ActionItem, Recurrence
from actions.permissions import can_decide_recurrence
from reviews.models import FailureEvent

SHOWN = 5


@require_safe
@login_required
def recurrence_detail(request: HttpRequest, pk: int) -> HttpResponse:
    again = found(request, pk)
    return show(request, again, SomethingElseForm(about=again))


@login_required
@require_POST
def recurrence_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    again, now = found(request, pk), timezone.now()
    verbs = {"accept": (Nothing, again.accept), "reject": (SomethingElseForm, again.reject)}
    if verb not in verbs:
        raise Http404
    if not can_decide_recurrence(request.user, again):
        raise PermissionDenied
    form = verbs[verb][0](request.POST, about=again)
    if form.carries_out(lambda **data: verbs[verb][1](request.user, now=now, **data)):
        messages.success(request, _("The finding is open again.") if verb == "accept" else _("Noted: something else."))
        return redirect(again.finding if verb == "accept" else again)
    if verb == "accept":
        messages.warning(request, " ".join(form.non_field_errors()))
        return redirect(again)
    return show(request, found(request, pk), form, 400)


def found(request: HttpRequest, pk: int) -> Recurrence:
    return get_object_or_404(Recurrence.objects.visible_to(request.user).for_detail(), pk=pk)


def show(request: HttpRequest, again: Recurrence, form: VerbForm, status: int = 200) -> HttpResponse:
    user = request.user
    earlier = FailureEvent.objects.visible_to(user).filter(finding=again.finding).exclude(pk=again.event_id)
    context = {
        "again": again,
        "form": form,
        "may_decide": can_decide_recurrence(user, again),
        "fixes": ActionItem.objects.visible_to(user).filter(findings=again.finding).order_by("-pk")[:SHOWN],
        "events": earlier.select_related("review").order_by("-pk")[:SHOWN],
    }
    return render(request, "actions/recurrence.html", context, status=status)
