from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions import closing
from failforward.guards import Refused
from reviews import permissions
from reviews.forms.closing import ClosingForm
from reviews.models import Review
from reviews.review_page import page_of
from reviews.views.review import readable, show
from reviews.views.screens import back


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps what was said in any case; the page it leads back to says what is missing."""
    review = readable(request, pk)
    if not (permissions.can_close(request.user, review) or closed_by_now(request, review)):
        raise PermissionDenied
    if review.is_closed:
        return back(review, "#close")
    page = page_of(review, request.user)
    form = ClosingForm.of(page, request.POST)
    if not form.is_valid():
        return show(request, review, page, 422, closing_form=form, form=form)
    lesson, said = form.cleaned_data["lesson"], {"ends": form.cleaned_data["ends"], "thanks": form.words}
    try:
        if "keep" in request.POST:
            closing.keep(review, request.user, lesson, timezone.now(), **said)
            messages.success(request, _("Kept. The review is still open."))
        elif closing.close(review, request.user, lesson, timezone.now(), **said):
            messages.success(request, _("The review is closed. Thank you for looking back."))
    except Refused as refused:
        messages.warning(request, refused)
    return back(review, "#close")


def closed_by_now(request: HttpRequest, review: Review) -> bool:
    """Somebody was faster; pressing the button again is no offence."""
    return not review.is_open and permissions.leads_review(request.user, review)
