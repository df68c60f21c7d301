import hmac
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from failforward.inbound.models import Channel
from failforward.inbound.storing import CHUNK, store


@csrf_exempt
@require_POST
def hook(request: HttpRequest) -> HttpResponse:
    """A mail service posts a mail as it is (`message/rfc822`), the envelope in the query: `?to=…&from=…`.

    The same mail twice is stored once, so that a service may try again as often as it likes."""
    if not settings.INBOUND_SECRET:
        raise Http404
    if not hmac.compare_digest(secret_of(request).encode(), settings.INBOUND_SECRET.encode()):
        raise PermissionDenied
    if request.content_type.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        return HttpResponse("Post the mail itself, as message/rfc822.\n", status=415, content_type="text/plain")
    mail, new = store(body_of(request), Channel.HOOK, request.GET.get("from", ""), request.GET.get("to", ""))
    return HttpResponse("stored\n" if new else "known\n", status=201 if new else 200, content_type="text/plain")


@csrf_exempt
def service_hook(request: HttpRequest, service: str) -> HttpResponse:
    """A mail service posts in its own form. Only the one that is set up, and never without the secret."""
    if service != settings.MAIL_SERVICE or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    # Here and not above: most installs need neither it nor what it imports.
    from failforward.inbound.posted import hook

    return hook(request, service)


def secret_of(request: HttpRequest) -> str:
    """In a header: an address with a secret in it would stand in every log."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def body_of(request: HttpRequest) -> Iterator[bytes]:
    # Read in pieces: Django holds a body of its own reading to far less than a mail may be big.
    while chunk := request.read(CHUNK):
        yield chunk
