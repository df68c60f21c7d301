"""Today: what needs me. The page asks each app its question and has no queries of its own."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from failforward.accounts.models import Installation


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("setup") if Installation.is_new() else redirect_to_login("/")
    return render(request, "desk/desk.html", {"today": timezone.localdate()})
