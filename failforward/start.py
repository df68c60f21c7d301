"""From the demo to real use: first an admin of one's own, then the demo leaves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from failforward.accounts.first_run import first_run_page, open_installation
from failforward.accounts.models import Installation, User
from failforward.accounts.reach import reach_of
from failforward.demo import removal
from failforward.guards import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start_for_real(request: HttpRequest) -> HttpResponse:
    """Anybody in the demo may open their own installation, once; then its admin may let the demo go."""
    if not removal.is_here():
        raise Http404
    if Installation.objects.exists():
        if not reach_of(request.user).is_admin or removal.belongs(request.user):
            raise Http404
        return render(request, "desk/remove_demo.html")
    welcome = _("You are the admin now, and nobody can log in as the demo team any more. One step is left.")
    return first_run_page(
        request, "desk/start_for_real.html", welcome=welcome, then="start_for_real", begin=open_beside_the_demo
    )


def open_beside_the_demo(**fields) -> User:
    with transaction.atomic():
        admin = open_installation(**fields)
        removal.end_log_ins()
    return admin


@login_required
@require_POST
def remove_demo(request: HttpRequest) -> HttpResponse:
    if not removal.is_here() or not Installation.objects.exists() or not reach_of(request.user).is_admin:
        raise Http404
    try:
        removal.remove(request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk")
    messages.success(request, _("The demo team has left. Bring your deals in, or add your people first."))
    return redirect("desk")
