"""Two events that tell the same become one that names both reporters; undoable at any time while the review is open."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from failforward import undo
from failforward.forms import refusals_in
from failforward.guards import Refused
from reviews import permissions
from reviews.forms.merging import MergeForm
from reviews.models import FailureEvent
from reviews.views.event import found
from reviews.views.review import must, readable
from reviews.views.screens import back


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    event = found(request, pk)
    review = event.review
    must(permissions.works_on(request.user, review))
    if not permissions.hears_all(request.user, review):
        raise PermissionDenied
    others = list(review.events.exclude(pk=pk).in_order())
    form = MergeForm(request.POST or None, event=event, others=others)
    if request.method == "POST" and form.is_valid():
        kept = next(other for other in others if str(other.pk) == form.cleaned_data["kept"])
        with refusals_in(form):
            event.merge_into(kept, request.user, form.cleaned_data["reason"])
            undo.offer(request, _("Joined. Both reports are kept."), reverse("event_separate", args=[pk]))
            return back(review, f"#event-{kept.pk}")
    context = {"event": event, "review": review, "form": form, "others": others}
    return render(request, "reviews/event_merge.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def separate(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_object_or_404(FailureEvent.everything.visible_to(request.user), pk=pk)
    review = event.review = readable(request, event.review_id)
    must(permissions.works_on(request.user, review))
    try:
        event.separate(request.user)
    except Refused as refused:
        messages.warning(request, refused)
    return back(review, f"#event-{event.pk}")
