"""What whoever leads a session does with it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from failforward import presence
from failforward.guards import Refused
from failforward.ids import id_of
from failforward.projector import is_projected, keep_projected
from reviews import permissions
from reviews.models import Review, Session
from reviews.views.review import must
from reviews.views.session_screen import room_of


@login_required
@require_POST
def session_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Whoever leads: begin, step, give, open, lead, end. Everybody: projector, for their own browser."""
    review = get_object_or_404(Review.objects.visible_to(request.user).for_detail(), pk=pk)
    response = redirect("session", pk=pk)
    if verb == "projector":
        return keep_projected(request, response, not is_projected(request))
    if verb not in VERBS:
        raise Http404
    running = Session.running(pk)
    if running:
        running.review = review
    must(permissions.leads_review(request.user, review) or running and permissions.leads_session(request.user, running))
    try:
        if verb == "begin":
            Session.begin(review, request.user, timezone.now())
        elif running is None:
            messages.info(request, _("This session is over."))
        else:
            VERBS[verb](running, request)
    except Refused as refused:
        messages.warning(request, refused)
    return response


def hand_over(running: Session, request: HttpRequest) -> None:
    could = {person.user_id: person.user for person in running.review.persons.all()} | {request.user.pk: request.user}
    to = could.get(id_of(request.POST.get("user")))
    if to is None:
        raise Refused(_("Choose who leads from here on."))
    if running.hand_over(request.user, to):
        messages.success(request, _("%(name)s leads now.") % {"name": to})


def end(running: Session, request: HttpRequest) -> None:
    if running.end(request.user, timezone.now()):
        presence.leave_all(room_of(running))
        messages.success(request, _("The session is over. The review goes on."))


VERBS = {
    "begin": None,
    "step": lambda running, request: running.move_to(request.user, request.POST.get("step", ""), timezone.now()),
    "give": lambda running, request: running.give(request.user, id_of(request.POST.get("minutes"))),
    "open": lambda running, request: running.open_to_room(request.user, timezone.now()),
    "lead": hand_over,
    "end": end,
}
