"""Pages that a link in a mail opens. The token in it is a capability for one act of one person, never a log-in."""

import zoneinfo
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from failforward import rates
from failforward.tokens import Token

TRIES_A_MINUTE = 30
FREE_A_MINUTE = 5
UNKNOWN_A_MINUTE = 20
View = Callable[..., HttpResponse]


class LinkPageCsrf(CsrfViewMiddleware):
    """A page that sends no referrer posts with `Origin: null` and without Referer. The cookie and the field of the
    form still have to agree, and who posts has to know the token."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        return request.META["HTTP_ORIGIN"] == "null" or super()._origin_verified(request)

    def _check_referer(self, request: HttpRequest) -> None:
        if request.META.get("HTTP_REFERER"):
            super()._check_referer(request)


def link_page(kind: type[Token]) -> Callable[[View], View]:
    """The view gets the token's row in place of the raw one; whether it still opens anything is the view's to say.
    Times and words are the person's, whoever's browser it is."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @decorator_from_middleware(LinkPageCsrf)
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def page(request: HttpRequest, token: str) -> HttpResponse:
            found = kind.objects.select_related("person").find(token)
            if found is None:
                if too_many_unknown(request):
                    return closed_to_others(render(request, "429.html", status=429))
                return closed_to_others(render(request, "link_unknown.html", status=404))
            if too_many(request, found):
                return closed_to_others(render(request, "429.html", status=429))
            person = found.person
            with timezone.override(zoneinfo.ZoneInfo(person.time_zone)), translation.override(person.language):
                return closed_to_others(view(request, found))

        return page

    return decorate


def too_many_unknown(request: HttpRequest) -> bool:
    return rates.exceeded("unknown-link", rates.network_of(request), UNKNOWN_A_MINUTE)


def too_many(request: HttpRequest, found: Token) -> bool:
    """Looking and sending are counted apart: a scanner that presses a link all day leaves its person their button.

    So many a minute for each link; and as many for a network, where the first few of each link are free, because a
    whole office opens its mail at the same hour behind one address.
    """
    act = "link-post" if request.method == "POST" else "link-get"
    tries = rates.count(act, found.digest)
    if tries <= FREE_A_MINUTE:
        return False
    return tries > TRIES_A_MINUTE or rates.exceeded(act, rates.network_of(request), TRIES_A_MINUTE)


def closed_to_others(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, no search engine finds it, no other site learns its address."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
