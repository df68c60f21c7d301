from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions import before_after, proof_words, series_plot
from actions.forms.verb_form import Nothing, VerbForm
from actions.interval_plot import plots_of
from actions.models import EffectivenessCheck
from actions.models.action_answers import ANSWERABLE
from actions.models.check_state import Method
from actions.permissions import can_check, can_edit_action, can_extend
from actions.views.parts import CHECK
from failforward.history.pages import history_of

SHOWN = 50


@require_safe
@login_required
def check_detail(request: HttpRequest, pk: int) -> HttpResponse:
    check = found(request, pk)
    verb = request.GET.get("do", "")
    part = CHECK.get(verb)
    if part is None or part.form is Nothing or not part.allowed(request.user, check):
        return check_page(request, check)
    return check_page(request, check, verb, part.form(about=about(verb, check)))


@login_required
@require_POST
def check_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    check = found(request, pk)
    part = CHECK.get(verb)
    if part is None:
        raise Http404
    if not part.allowed(request.user, check):
        raise PermissionDenied
    form = part.form(request.POST, files=request.FILES, about=about(verb, check))
    if part.do(check, request.user, timezone.localdate(), form):
        if part.said:
            messages.success(request, part.said)
        return redirect(newest(check) if verb == "repeat" else check)
    return check_page(request, found(request, pk), verb, form, form.status)


def found(request: HttpRequest, pk: int) -> EffectivenessCheck:
    return get_object_or_404(EffectivenessCheck.objects.visible_to(request.user).for_detail(), pk=pk)


def about(verb: str, check: EffectivenessCheck):
    """Another check is planned for the action; everything else is about this one."""
    return check.action if verb == "repeat" else check


def newest(check: EffectivenessCheck) -> EffectivenessCheck:
    return check.action.checks.order_by("-pk").first()


def check_page(
    request: HttpRequest, check: EffectivenessCheck, do: str = "", form: VerbForm | None = None, status: int = 200
) -> HttpResponse:
    user, today, action = request.user, timezone.localdate(), check.action
    compared = before_after.compared(action, check.fixed_on, today) if check.fixed_on else []
    lines = [proof_words.Line(one) for one in compared]
    may_check = can_check(user, check)
    if not form and may_check and check.is_under_way:
        do, form = "decide", CHECK["decide"].form(about=check)
    context = {
        "check": check,
        "action": action,
        "home": reverse("check_detail", args=[check.pk]),
        "do": do,
        "form": form,
        "is_due": not check.is_under_way and check.is_due(today),
        "can_check": may_check,
        "can_edit": can_edit_action(user, action),
        "can_extend": can_extend(user, check),
        "lines": lines,
        "plots": plots_of(lines),
        "conclusion": proof_words.conclusion(check, compared),
        "may_propose": [one.finding for one in compared if one.finding.state in ANSWERABLE],
        "changes": history_of(request, [action]),
        "today": today,
    } | evidence_of(check)
    return render(request, "actions/check_detail.html", context, status=status)


def evidence_of(check: EffectivenessCheck) -> dict[str, object]:
    """What its own method has brought to light."""
    if check.method == Method.METRIC:
        values = list(check.values_seen.all())
        levels = [(_("before the fix"), check.baseline), (_("to be reached"), check.target)]
        return {
            "values": values[-SHOWN:][::-1],
            "more_values": max(0, len(values) - SHOWN),
            "series": series_plot.draw([(one.on, one.value) for one in values], levels, check.fixed_on),
        }
    return {"notes": check.notes.select_related("by")[:SHOWN]} if check.method != Method.RECURRENCE else {}
