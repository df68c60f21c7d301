"""Findings that say the same become one; one that says two things becomes two. Each can be taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actions import regrouping
from actions.forms.regrouping import MergeFindingForm, SplitFindingForm
from failforward import undo
from failforward.forms import refusals_in
from failforward.guards import Conflict, Refused
from failforward.ids import id_of
from reviews import homes
from reviews.finding_events import MOST
from reviews.models import FailureEvent, Finding
from reviews.views.findings import finding_to_write


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    finding = finding_to_write(request, pk)
    others = homes.of_team(finding.team_id, finding.category, but=finding.pk, also=id_of(request.POST.get("kept")))
    likely = homes.homes_of(f"{finding.title} {finding.description}", finding.category, others)
    form = MergeFindingForm(request.POST or None, others=others, homes=likely, initial={"version": finding.version})
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        kept = get_object_or_404(Finding, pk=form.cleaned_data["kept"], team=finding.team_id)
        try:
            with refusals_in(form):
                regrouping.merge(finding, kept, request.user, version=form.cleaned_data["version"])
                said = _("“%(title)s” was merged into this one.") % {"title": finding.title}
                undo.offer(request, said, reverse("finding_apart", args=[pk]))
                return redirect(kept)
            status = 422
        except Conflict as conflict:
            status = again(form, conflict)
    context = {"finding": finding, "form": form, "others": others}
    return render(request, "actions/finding_merge.html", context, status=status)


@login_required
@require_POST
def apart(request: HttpRequest, pk: int) -> HttpResponse:
    finding = finding_to_write(request, pk)
    try:
        if regrouping.take_apart(finding, request.user):
            messages.success(request, _("They stand apart again, each with its own events and actions."))
    except Refused as refused:
        messages.warning(request, refused)
    return redirect(finding)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, pk: int) -> HttpResponse:
    finding = finding_to_write(request, pk)
    seen = FailureEvent.objects.visible_to(request.user).filter(finding=finding).in_order()
    events = list(seen.select_related("review__deal__account")[:MOST])
    first = {"version": finding.version, "category": finding.category}
    actions = regrouping.may_answer_too(finding, request.user)
    form = SplitFindingForm(request.POST or None, events=events, actions=actions, initial=first)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        chosen, also = ({int(one) for one in said.get(name, [])} for name in ("events", "actions"))
        try:
            with refusals_in(form):
                words = {name: said[name] for name in ("title", "category", "version")}
                new = regrouping.split(finding, request.user, chosen, also=also, **words)
                sentence = _("Split off from “%(title)s”.") % {"title": finding.title}
                back = {"kept": finding.pk, "version": new.version}
                undo.offer(request, sentence, reverse("finding_merge", args=[new.pk]), **back)
                return redirect(new)
            status = 422
        except Conflict as conflict:
            status = again(form, conflict)
    return render(
        request, "actions/finding_split.html", {"finding": finding, "form": form, "events": events}, status=status
    )


def again(form, conflict: Conflict) -> int:
    """The form as it was typed, on what stands there now."""
    form.data = {**form.data.dict(), **lists_of(form), "version": conflict.current.version}
    form.add_error(None, conflict.message)
    return 409


def lists_of(form) -> dict[str, list[str]]:
    return {name: form.data.getlist(name) for name in ("events", "actions") if name in form.fields}
