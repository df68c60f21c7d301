"""Who is away: one's own days, and for whoever leads a team those of its people."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from failforward.accounts.absence_forms import AbsenceForm
from failforward.accounts.models import Absence, User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.pages import history_of

MOST_SHOWN = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = AbsenceForm(request.POST or None, user=request.user, today=today)
    if saved(request, form, _("Saved. Questions wait until the first working day after.")):
        return redirect("absence_list")
    ahead = list(Absence.objects.visible_to(request.user).not_over(today).for_list()[:MOST_SHOWN])
    context = {
        "form": form,
        "today": today,
        "mine": [one for one in ahead if one.person_id == request.user.pk and one.state != Absence.State.CALLED_OFF],
        "others": [one for one in ahead if one.person_id != request.user.pk and one.stands],
        "leads": reach_of(request.user).is_manager,
    }
    return render(request, "accounts/absences.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest, pk: int) -> HttpResponse:
    shown, today = load(request.user, pk), timezone.localdate()
    form = AbsenceForm(request.POST or None, user=request.user, about=shown, today=today)
    if saved(request, form, _("Saved. What it held or no longer holds has moved.")):
        return redirect("absence_list")
    context = {
        "absence": shown,
        "form": form if shown.stands else None,
        "today": today,
        "changes": history_of(request, [shown]),
    }
    return render(request, "accounts/absence.html", context, status=400 if form.errors else 200)


def load(user: User, pk: int) -> Absence:
    return get_object_or_404(Absence.objects.visible_to(user).select_related("person", "stand_in"), pk=pk)


def saved(request: HttpRequest, form: AbsenceForm, said: str) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        form.save()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return False
    messages.success(request, said)
    return True


def end(away: Absence, by: User, today: date) -> str:
    away.end(by, today=today)
    return _("Welcome back.") if away.person_id == by.pk else _("%(name)s is back.") % {"name": away.person}


def accept(away: Absence, by: User, today: date) -> str:
    away.accept(by, today=today)
    return _("Saved. Questions wait until the first working day after.")


def decline(away: Absence, by: User, today: date) -> str:
    away.decline(by)
    return _("Then nothing waits.")


VERBS: dict[str, Callable[[Absence, User, date], str]] = {"end": end, "accept": accept, "decline": decline}


@login_required
@require_POST
def absence_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    shown = load(request.user, pk)
    try:
        messages.success(request, VERBS[verb](shown, request.user, timezone.localdate()))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("absence_list")
