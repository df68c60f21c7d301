import zoneinfo
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import gettext as _

Handler = Callable[[HttpRequest], HttpResponse]


def policy(directives: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(values)}".strip() for name, values in directives.items())


class ContentSecurityPolicyMiddleware:
    """Django 6's `SECURE_CSP` on Django 5.2. A view that needs another policy sets the header itself."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.header = policy(settings.SECURE_CSP)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.header)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class LoggedOutMiddleware:
    """Who presses Send after their log-in ran out comes back to the page they wrote on, not to an address that only
    takes what is sent."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == 302:
            # The check against forged posts came first, so the page before is one of ours.
            login, before = resolve_url(settings.LOGIN_URL), urlsplit(request.META.get("HTTP_REFERER", "")).path
            if before and response["Location"].startswith(f"{login}?next="):
                messages.warning(
                    request, _("Your log-in had run out, so nothing was saved. Log in and send it once more.")
                )
                response["Location"] = redirect_to_login(before).url
        return response


class PersonMiddleware:
    """Shows times in the person's zone and keeps their pages out of shared caches."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(user.time_zone)), translation.override(user.language):
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class FormAddressMiddleware:
    """Who reloads after a form was sent back asks for an address that only takes forms: the page says so, and leads
    back to what the form was about."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "405.html", {"before": page_above(request.path)}, status=405)
        page["Allow"] = response["Allow"]
        return page


def page_above(path: str) -> str:
    """The nearest address above this one that shows an object; empty where there is none."""
    steps = path.strip("/").split("/")
    for length in range(len(steps) - 1, 1, -1):
        above = f"/{'/'.join(steps[:length])}/"
        try:
            name = resolve(above).url_name or ""
        except Resolver404:
            continue
        if name.endswith("_detail"):
            return above
    return ""
