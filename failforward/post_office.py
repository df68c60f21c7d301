"""Mail as its operator sees it: what waits, whether it goes out and comes in, and what did not arrive."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from failforward.accounts.reach import admins_only
from failforward.forms import Form
from failforward.guards import Refused
from failforward.inbound.models import InboundMail
from failforward.outbox import catch_up, channel, dead_letters
from failforward.outbox.models import Mail
from failforward.outbox.planning import ring
from failforward.outbox.waiting import failures, look

SHOWN = 50


class AddressForm(Form):
    address = forms.EmailField(label=gettext_lazy("Other address"), max_length=254)


@require_safe
@login_required
def post_office(request: HttpRequest) -> HttpResponse:
    admins_only(request.user)
    return page(request)


@require_POST
@login_required
def mail_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    admins_only(request.user)
    if verb not in VERBS:
        raise Http404
    mail = get_object_or_404(Mail.objects.select_related("recipient").defer("body"), pk=pk)
    try:
        said = VERBS[verb](request, mail)
    except Refused as refusal:
        return page(request, refused=str(refusal), refused_pk=pk, status=409)
    messages.success(request, said)
    return redirect("post_office")


@require_POST
@login_required
def mail_probe(request: HttpRequest) -> HttpResponse:
    """Somebody has mended what kept all mail: no need to wait for the next probe."""
    admins_only(request.user)
    if channel.probe_soon(timezone.now()):
        ring()
        messages.success(request, _("Trying now. Look again in a moment."))
    return redirect("post_office")


@require_POST
@login_required
def mail_let_go(request: HttpRequest) -> HttpResponse:
    """Somebody has looked at what waits since everything was down, and it may go."""
    admins_only(request.user)
    if catch_up.let_go(timezone.now()):
        ring()
        messages.success(request, _("It goes out now, oldest first."))
    return redirect("post_office")


def page(request: HttpRequest, status: int = 200, **more) -> HttpResponse:
    waiting = look(timezone.now())
    context = {
        "waiting": waiting,
        "paused": waiting.paused,
        "failures": failures(),
        "last_in": InboundMail.objects.order_by("-pk").values_list("received_at", flat=True).first(),
        "dead": Mail.objects.dead().to_show()[:SHOWN],
        "refused": "",
        "refused_pk": None,
        **more,
    }
    return render(request, "post_office.html", context, status=status)


def send_again(request: HttpRequest, mail: Mail) -> str:
    dead_letters.send_again(mail, request.user, timezone.now())
    return _("It goes out again.")


def other_address(request: HttpRequest, mail: Mail) -> str:
    form = AddressForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Write down an e-mail address, like anna@example.com."))
    address = form.cleaned_data["address"]
    dead_letters.use_other_address(mail, request.user, address, timezone.now())
    return _("%(name)s’s address is %(address)s now, and the mail goes there.") % {
        "name": mail.recipient,
        "address": address.lower(),
    }


def drop(request: HttpRequest, mail: Mail) -> str:
    dead_letters.drop(mail, request.user, timezone.now())
    return _("Dropped.")


VERBS = {"send-again": send_again, "other-address": other_address, "drop": drop}
