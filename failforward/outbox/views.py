"""The mailbox: mail of an install without a mail server, as the people would see it. 404 where mail is really sent."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from failforward.filters import ListFilter, TextFilter
from failforward.inbound import reading, typed
from failforward.inbound.models import Channel, InboundMail
from failforward.inbound.storing import store
from failforward.listing import Listing
from failforward.middleware import policy
from failforward.outbox import scanner
from failforward.outbox.mailbox import Opened
from failforward.outbox.models import CapturedMail
from failforward.paging import Page
from failforward.prepared import prepared

ORDERS = {"newest": ("-id",)}
LONGEST_REPLY = 20_000
PARTS = {"html": _("As seen"), "text": _("Text"), "headers": _("Headers")}
# The one place where HTML with its own styles is shown: in a frame that may do nothing else.
FRAMED = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "sandbox": [],
    "frame-ancestors": ["'self'"],
}


class MailFilter(ListFilter):
    to = TextFilter(label=_("To"), method="sent_to", help_text=_("Part of a name or an address."))

    class Meta:
        model = CapturedMail
        fields: list[str] = []

    def sent_to(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(address__icontains=value) | Q(mail__recipient__name__icontains=value))


SHOWN = ["address", "subject", "captured_at", "mail__recipient__name"]
MAILS = Listing(
    CapturedMail.objects.all, lambda user: [Q()], lambda rows: rows.select_related("mail__recipient").only(*SHOWN)
)


def mailbox_only(view: Callable) -> Callable:
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not settings.MAILBOX:
            raise Http404
        return login_required(view)(request, *args, **kwargs)

    return guarded


@csrf_exempt
def events(request: HttpRequest, service: str) -> HttpResponse:
    """What the mail service reports. Only of the one that is set up, and never without the secret."""
    if service != settings.MAIL_SERVICE or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    # Here and not above: most installs need neither it nor what it imports.
    from failforward.outbox.events import hook

    return hook(request, service)


@require_safe
@mailbox_only
def mailbox(request: HttpRequest) -> HttpResponse:
    page = listed(request)
    newest = next(iter(one_with_person(page.rows[0].pk)), None) if page.rows else None
    return shown(request, page, newest, at_the_list=True)


@require_safe
@mailbox_only
def mailbox_mail(request: HttpRequest, pk: int) -> HttpResponse:
    return shown(request, listed(request), get_object_or_404(with_person(), pk=pk))


@require_safe
@mailbox_only
@xframe_options_sameorigin
def mailbox_html(request: HttpRequest, pk: int) -> HttpResponse:
    response = HttpResponse(Opened(get_object_or_404(CapturedMail, pk=pk)).html)
    response["Content-Security-Policy"] = policy(FRAMED)
    return response


@require_POST
@mailbox_only
def mailbox_press(request: HttpRequest, pk: int) -> HttpResponse:
    mail = get_object_or_404(with_person(), pk=pk)
    report = scanner.press_all(Opened(mail).ours)
    return shown(request, listed(request), mail, report=report)


@require_POST
@mailbox_only
def mailbox_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The same way in as a mail from outside: raw bytes are stored, then read."""
    mail = get_object_or_404(with_person(), pk=pk)
    person, text = mail.mail.recipient, request.POST.get("text", "").strip()[:LONGEST_REPLY]
    if person is None or not person.email or not Opened(mail).takes_reply:
        raise Http404
    if not text:
        messages.error(request, _("Write something first, for instance: done"))
        return redirect("mailbox_mail", pk)
    now = timezone.now()
    raw = typed.reply_to(bytes(mail.body), person, text, now)
    stored, _new = store([raw], Channel.MAILBOX, person.email, batch_id=mail.batch_id, now=now)
    reading.read_one(stored.pk, timezone.now())
    return redirect("mailbox_mail", pk)


def listed(request: HttpRequest) -> Page:
    return MAILS.page(request.GET, request.user, ORDERS, MailFilter, size=12)


def with_person() -> QuerySet[CapturedMail]:
    return CapturedMail.objects.select_related("mail__recipient")


@prepared
def one_with_person(mail: int) -> QuerySet:
    return with_person().filter(pk=mail)


@prepared
def replies_to(mail: int) -> QuerySet:
    return InboundMail.objects.filter(answers=mail).defer("raw").order_by("pk")


def shown(request: HttpRequest, page: Page, mail: CapturedMail | None, **more) -> HttpResponse:
    part = request.GET.get("show", "html")
    context = {
        "page": page,
        "mail": mail,
        "at_the_list": False,
        "opened": Opened(mail) if mail else None,
        "replies": replies_to(mail.mail_id) if mail and mail.mail_id else [],
        "part": part if part in PARTS else "html",
        "parts": PARTS.items(),
        **more,
    }
    response = render(request, "mailbox/mailbox.html", context)
    response["Content-Security-Policy"] = policy({**settings.SECURE_CSP, "frame-src": ["'self'"]})
    return response
