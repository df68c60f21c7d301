from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.loop import PERIODS, period_of
from actions.loop_picture import loop_of, pictures


@login_required
@require_safe
def loop(request: HttpRequest) -> HttpResponse:
    found = loop_of(request.user, period_of(request.GET.get("period"), timezone.localdate()))
    parts = [("losses", found.losses, pictures(found.losses)), ("actions", found.actions, pictures(found.actions))]
    return render(request, "actions/loop.html", {"loop": found, "parts": parts, "periods": PERIODS})
