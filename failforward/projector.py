"""Whether a browser hangs on a wall: its pages are large, with nothing that is only for the person who is logged in."""

from django.http import HttpRequest, HttpResponse

YEAR = 365 * 24 * 3600


def is_projected(request: HttpRequest) -> bool:
    asked = request.GET.get("projector")
    return asked == "1" if asked in ("0", "1") else request.COOKIES.get("projector") == "on"


def keep_projected(request: HttpRequest, response: HttpResponse, yes: bool) -> HttpResponse:
    kept = {"max_age": YEAR, "secure": request.is_secure(), "httponly": True, "samesite": "Lax"}
    response.set_cookie("projector", "on" if yes else "off", **kept)
    return response
