"""What the customer said: written down, changed, and turned into events."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from failforward.forms import refusals_in
from failforward.guards import Conflict, Refused
from failforward.ids import id_of
from reviews import permissions
from reviews.forms.debrief import DebriefForm
from reviews.models import Debrief
from reviews.views.review import must, readable
from reviews.views.screens import back


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.works_on(request.user, review))
    today = timezone.localdate()
    form = DebriefForm(request.POST or None, initial={"said_on": today})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            Debrief.add(review, request.user, today=today, **form.said)
            return back(review, "#customer")
    return shown(request, review, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    debrief = get_object_or_404(Debrief.objects.visible_to(request.user), pk=pk)
    review = debrief.review = readable(request, debrief.review_id)
    must(permissions.works_on(request.user, review))
    form = DebriefForm(request.POST or None, initial=DebriefForm.initial_of(debrief))
    if request.method == "POST" and form.is_valid():
        try:
            with refusals_in(form):
                said = form.said | {"version": form.cleaned_data["version"] or 0}
                debrief.edit(request.user, today=timezone.localdate(), **said)
                return back(review, "#customer")
        except Conflict as conflict:
            theirs = Debrief.objects.get(pk=pk)
            form = DebriefForm(request.POST.dict() | {"version": theirs.version})
            return shown(request, review, form, refused=str(conflict), theirs=theirs, status=409)
    return shown(request, review, form)


def shown(request: HttpRequest, review, form: DebriefForm, refused="", theirs=None, status=0) -> HttpResponse:
    context = {"review": review, "form": form, "refused": refused, "theirs": theirs}
    return render(request, "reviews/debrief.html", context, status=status or (422 if form.errors else 200))


@login_required
@require_POST
def become_event(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the reasons, in one click."""
    debrief = get_object_or_404(Debrief.objects.visible_to(request.user), pk=pk)
    review = readable(request, debrief.review_id)
    must(permissions.works_on(request.user, review))
    reason = get_object_or_404(debrief.reasons, pk=id_of(request.POST.get("reason")))
    reason.debrief, debrief.review = debrief, review
    try:
        event = reason.become_event(request.user)
    except Refused as refused:
        messages.warning(request, refused)
        return back(review, "#customer")
    return back(review, f"?event={event.pk}#event-{event.pk}")
