"""The partner of a commitment: chosen and ended by its person, and their own page behind a link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions.forms.partner import YES, ConsentForm, NoteForm, PartnerForm
from actions.models import Answer, Commitment, Partner, PartnerToken
from actions.permissions import can_answer
from actions.readers import seen_besides_partner
from actions.views.commitments import detail_page, load
from failforward import rates
from failforward.forms import Form
from failforward.guards import Refused
from failforward.link_pages import link_page

DAY = 24 * 60 * 60
ASKED_A_DAY = 20


@login_required
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = own(request, pk)
    form = PartnerForm(request.POST, user=request.user)
    if form.is_valid() and asked(request, form, commitment):
        return redirect(commitment)
    return detail_page(request, load(request.user, pk, timezone.localdate()), "partner", form)


def asked(request: HttpRequest, form: PartnerForm, commitment: Commitment) -> bool:
    if rates.exceeded("partner", str(request.user.pk), ASKED_A_DAY, DAY):
        form.add_error(None, _("You asked many people today. Go on tomorrow."))
        return False
    try:
        partner = form.save(commitment, request.user, timezone.now())
    except Refused as no:
        form.add_error(no.field if no.field in form.fields else None, no.message)
        return False
    messages.success(request, _("%(name)s is asked by mail.") % vars_of(partner))
    return True


def vars_of(partner: Partner) -> dict[str, str]:
    return {"name": partner.person.name}


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = own(request, pk)
    partner = commitment.partners.current().select_related("person").first()
    if partner is not None:
        partner.end(request.user, timezone.now())
        messages.success(request, _("Ended. The link of %(name)s opens nothing any more.") % vars_of(partner))
    return redirect(commitment)


def own(request: HttpRequest, pk: int) -> Commitment:
    commitment = load(request.user, pk, timezone.localdate())
    if not can_answer(request.user, commitment):
        raise PermissionDenied
    return commitment


@link_page(PartnerToken)
def by_link(request: HttpRequest, token: PartnerToken) -> HttpResponse:
    """First yes or no, then that one commitment; nothing of it once it is ended."""
    partner = Partner.objects.select_related("person").get(pk=token.partner_id)
    partner.commitment = Commitment.objects.for_detail().get(pk=partner.commitment_id)
    if not (token.is_alive(timezone.now()) and partner.is_current and partner.person.is_active):
        return render(request, "actions/partner_closed.html", {"partner": partner}, status=410)
    return reading(request, partner) if partner.state == Partner.State.AGREED else consenting(request, partner)


def consenting(request: HttpRequest, partner: Partner) -> HttpResponse:
    form = ConsentForm(request.POST if request.method == "POST" else None, initial={"answer": request.GET.get("a")})
    if request.method == "POST" and form.is_valid():
        answer = partner.agree if form.cleaned_data["answer"] == YES else partner.decline
        if carried_out(form, lambda: answer(timezone.now())):
            return redirect(request.path)
    return page(request, "actions/partner_consent.html", partner, form)


def reading(request: HttpRequest, partner: Partner) -> HttpResponse:
    form = NoteForm(request.POST if "text" in request.POST else None)
    if "end" in request.POST:
        partner.end(partner.person, timezone.now())
        return redirect(request.path)
    if form.is_bound and form.is_valid() and noted(form, partner):
        return redirect(request.path)
    given = Answer.objects.filter(follow_up__commitment=partner.commitment).select_related("date_change")
    more = {"answers": given.order_by("-answered_at"), "notes": partner.notes.all()}
    return page(request, "actions/partner.html", partner, form, **more)


def noted(form: NoteForm, partner: Partner) -> bool:
    return carried_out(form, lambda: partner.leave_note(form.cleaned_data["text"], timezone.now()))


def carried_out(form: Form, verb) -> bool:
    try:
        verb()
    except Refused as no:
        form.add_error(no.field if no.field in form.fields else None, no.message)
    return not form.errors


def page(request: HttpRequest, template: str, partner: Partner, form: Form, **more) -> HttpResponse:
    commitment = partner.commitment
    seen_by = seen_besides_partner(commitment)
    context = {"partner": partner, "commitment": commitment, "form": form, "seen_by": seen_by, **more}
    return render(request, template, context, status=400 if form.errors else 200)
