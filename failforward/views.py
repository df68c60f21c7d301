"""Small pages of the frame: the menus of a phone, keys and theme, errors."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from failforward.menus import THEMES

YEAR = 365 * 24 * 3600


@require_safe
@login_required
def more(request: HttpRequest) -> HttpResponse:
    return render(request, "more.html")


@require_safe
@login_required
def new(request: HttpRequest) -> HttpResponse:
    return render(request, "new.html")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def keys(request: HttpRequest) -> HttpResponse:
    """The keys there are; POST switches those of a single letter on or off for this browser."""
    if request.method != "POST":
        return render(request, "keys.html")
    response = redirect("keys")
    return remember(request, response, "keys", "off" if request.POST.get("keys") == "off" else "on")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps the choice in a cookie, so that the server can draw the first page right."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "/")
    chosen = request.POST.get("theme", "")
    if chosen in {theme.code for theme in THEMES}:
        remember(request, response, "theme", chosen)
    return response


def remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "429.html", status=429)
