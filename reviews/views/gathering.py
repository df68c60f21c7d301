"""What each says before the others are heard: their own part, and that this is all they know."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from failforward.forms import refusals_in
from failforward.guards import Refused
from reviews import permissions
from reviews.forms.gathering import OwnPartForm
from reviews.models import OwnPart, Review
from reviews.review_page import page_of
from reviews.views.review import must, readable, show
from reviews.views.screens import back


@login_required
@require_POST
def own_part(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps it for its author; the other button shares it in the same press."""
    review = readable(request, pk)
    must(permissions.works_on(request.user, review))
    form = OwnPartForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            with transaction.atomic():
                part = part_of(request, review, form)
                if "share" in request.POST:
                    part.share(request.user)
            messages.success(request, said(part))
            return back(review, "#own-part")
    review = readable(request, pk)
    return show(request, review, page_of(review, request.user, "none"), 422, part_form=form, form=form)


def part_of(request: HttpRequest, review: Review, form: OwnPartForm) -> OwnPart:
    """As it is written now; the button beside what was kept sends no text."""
    kept = OwnPart.objects.filter(review=review, author=request.user).first()
    if kept and "text" not in request.POST:
        return kept
    return OwnPart.write(review, request.user, form.cleaned_data["text"])


def said(part: OwnPart) -> str:
    if part.is_shared:
        return _("Shared. Whoever reads this review reads it too.")
    return _("Kept. Nobody else reads it.") if part.text else _("Taken back.")


@login_required
@require_POST
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """That is all from me: from here on one hears the others."""
    review = readable(request, pk)
    must(permissions.works_on(request.user, review))
    try:
        if review.finish_telling(request.user):
            messages.success(request, _("Thank you. This is what the others said."))
    except Refused as refused:
        messages.warning(request, refused)
    return back(review, "#what")
