from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions import closing
from failforward.guards import Refused
from reviews import permissions
from reviews.models import Review


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps the lesson in any case; the page it leads back to says what is missing."""
    review = get_object_or_404(Review.objects.visible_to(request.user).for_detail(), pk=pk)
    if not (permissions.can_close(request.user, review) or closed_by_now(request, review)):
        raise PermissionDenied
    lesson = request.POST.get("lesson", review.lesson)[:5000]
    try:
        if "keep" in request.POST:
            review.write_lesson(request.user, lesson)
        elif closing.close(review, request.user, lesson, timezone.now()):
            messages.success(request, _("The review is closed. Thank you for looking back."))
    except Refused as refused:
        messages.warning(request, refused)
    return redirect(f"{review.get_absolute_url()}#close")


def closed_by_now(request: HttpRequest, review: Review) -> bool:
    """Somebody was faster; pressing the button again is no offence."""
    return not review.is_open and permissions.leads_review(request.user, review)
