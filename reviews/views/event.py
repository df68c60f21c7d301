from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from failforward.forms import refusals_in
from failforward.guards import Conflict
from failforward.ids import id_of
from reviews import permissions
from reviews.forms.board import say_both
from reviews.forms.event import EditEventForm, NewEventForm
from reviews.models import FailureEvent
from reviews.models.review import CLOSED
from reviews.review_page import page_of
from reviews.sorting import called, sort
from reviews.views.review import must, readable, show
from reviews.views.review_forms import sort_form
from reviews.views.screens import back, place_of


def found(request: HttpRequest, pk: int) -> FailureEvent:
    event = get_object_or_404(FailureEvent.objects.visible_to(request.user), pk=pk)
    event.review = readable(request, event.review_id)
    return event


@login_required
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.works_on(request.user, review))
    form = NewEventForm(request.POST, prefix="new", name=request.user.name)
    if form.is_valid():
        with refusals_in(form):
            event = review.add_event(request.user, anonymous=form.is_anonymous, **form.said)
            if form.is_anonymous:
                # Its address stays out of logs and of this browser, where it would stand beside who was there.
                messages.success(request, _("Written down without a name, only with today’s day."))
                return back(review, "#what")
            return back(review, f"?event={event.pk}#event-{event.pk}")
    return show(request, review, page_of(review, request.user), 422, event_form=form, form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Judges, reads and joins in one press. Who only asks for the event is led to its place."""
    event = found(request, pk)
    review = event.review
    if request.method != "POST":
        return back(review, f"?event={pk}#event-{pk}")
    must(permissions.works_on(request.user, review))
    page = page_of(review, request.user, chosen=str(pk))
    if page.open_event is None:
        messages.warning(request, _("This review is not open. Nothing was saved."))
        return back(review)
    page.named = id_of(request.POST.get("finding", ""))
    form, status = sort_form(page, request.POST), 422
    if form.is_valid():
        try:
            with refusals_in(form):
                sort(event, request.user, form.sorting, version=form.cleaned_data["version"], now=timezone.now())
                return saved(request, event)
        except Conflict as conflict:
            status = 409
            form = beside(form, request, conflict.current, page)
    page = page_of(readable(request, review.pk), request.user, chosen=str(pk))
    if form.has_error("finding") and page.open_event:
        # Pressed once more, it is chosen on what stands there now.
        form.data = form.data.copy()
        form.data["seen"] = page.open_event.finding_id or 0
    form.known = called(event, request.POST.get("new_finding", ""))
    return show(request, page.review, page, status, sort_form=form, form=form)


def beside(form, request: HttpRequest, current: FailureEvent, page):
    """The form again with what was typed and the version that is there now, and both readings said in words."""
    data = request.POST.copy()
    data["version"] = current.version
    again = sort_form(page, data)
    yours = dict(form.fields["causal_role"].choices).get(form.cleaned_data["causal_role"], "")
    again.is_valid()
    say_both(again, current.role_in_words, str(yours))
    return again


def saved(request: HttpRequest, event: FailureEvent) -> HttpResponse:
    """On to the next event that waits; says so when this one waits for somebody else."""
    review = readable(request, event.review_id)
    event = FailureEvent.objects.get(pk=event.pk)
    if event.disputed_at:
        messages.info(request, _("Saved. The readings differ: the facilitator or a manager decides."))
    elif event.category == "" and event.readings:
        others = page_of(review, request.user, chosen=str(event.pk)).other_readers
        names = ", ".join(user.first_name for user in others[:3]) or _("Somebody else")
        messages.info(
            request, _("Saved. %(names)s has still to read it, and does not see your answer.") % {"names": names}
        )
    page = page_of(review, request.user)
    following = page.open_event.pk if page.open_event and page.open_event.pk != event.pk else event.pk
    return back(review, f"#event-{following}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The words of an event. Two who write at once keep what each changed; both versions are shown where both
    changed the same."""
    event = found(request, pk)
    if event.review.is_closed:
        raise PermissionDenied(CLOSED)
    if not permissions.can_edit_event(request.user, event):
        raise PermissionDenied
    form, theirs, status = EditEventForm.of(event), None, 200
    if request.method == "POST":
        form, status = EditEventForm(request.POST, instance=event), 422
        if form.is_valid():
            said = form.cleaned_data
            stored = FailureEvent.objects.get(pk=pk)
            try:
                with refusals_in(form):
                    stored.edit(request.user, version=said["version"], was=said["was"], **form.changed_here)
                    return back(event.review, f"#event-{pk}")
            except Conflict as conflict:
                theirs, status = conflict.current, 409
                form = form.beside(theirs)
    cancel = place_of(event.review)
    shown = {"event": event, "review": event.review, "form": form, "theirs": theirs, "cancel_url": cancel}
    return render(request, "reviews/event_edit.html", shown, status=status)
