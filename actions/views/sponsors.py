"""What a sponsor is asked and says to it: by a link without log-in, at the desk."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actions.forms.sponsors import IN_LINK, SponsorAnswerForm
from actions.models import SponsorRequest, SponsorToken
from actions.permissions import can_answer_as_sponsor, can_withdraw_from_sponsor
from actions.sponsors.silence import with_silence
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.link_pages import link_page


@link_page(SponsorToken)
def by_link(request: HttpRequest, token: SponsorToken) -> HttpResponse:
    """Yes, no, or words; GET only shows. While it can be changed, `?again` or another choice of the mail opens it once
    more."""
    asked, now = SponsorRequest.objects.for_page().get(pk=token.request_id), timezone.now()
    is_theirs = token.person.is_active and token.person_id == asked.sponsor_id
    if not (token.is_alive(now) and is_theirs):
        return render(request, "actions/sponsor_closed.html", status=410)
    changes = asked.can_still_change(now)
    context = {"asked": asked, "changes": changes, "today": timezone.localdate(now)}
    other = IN_LINK.get(request.GET.get("a", ""), asked.state) != asked.state
    if not asked.is_open and not (changes and (request.method == "POST" or "again" in request.GET or other)):
        return render(request, "actions/sponsor_answered.html", context)
    form = answered(request, asked, token.person, now)
    if form is None:
        return redirect(request.path)
    return render(request, "actions/sponsor_answer.html", context | {"form": form}, status=400 if form.errors else 200)


def answered(request: HttpRequest, asked: SponsorRequest, by: User, now: datetime) -> SponsorAnswerForm | None:
    """None when it is given; else the form, with what is missing."""
    if request.method != "POST":
        return SponsorAnswerForm(initial=SponsorAnswerForm.first_values(asked, request.GET.get("a", "")))
    form = SponsorAnswerForm(request.POST)
    if form.is_valid():
        try:
            asked.give(by, **form.cleaned_data, now=now, today=timezone.localdate(now))
        except Refused as no:
            form.add_error(no.field if no.field in form.fields else None, no.message)
    return form if form.errors else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked and what came of it; the sponsor answers here too."""
    asked = get_object_or_404(SponsorRequest.objects.visible_to(request.user).for_page(), pk=pk)
    now = timezone.now()
    may_answer = can_answer_as_sponsor(request.user, asked)
    if request.method == "POST" and not may_answer:
        raise PermissionDenied
    form = None
    if may_answer and (asked.is_open or asked.can_still_change(now)):
        form = answered(request, asked, request.user, now)
        if form is None:
            messages.success(request, _("Your answer is on its way to whoever asked."))
            return redirect(asked)
    with_silence([asked], timezone.localdate(now))
    context = {
        "asked": asked,
        "form": form,
        "may_withdraw": asked.is_open and can_withdraw_from_sponsor(request.user, asked),
        "today": timezone.localdate(now),
    }
    return render(request, "actions/sponsor_request.html", context, status=400 if form and form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(SponsorRequest.objects.visible_to(request.user).for_page(), pk=pk)
    if not can_withdraw_from_sponsor(request.user, asked):
        raise PermissionDenied
    try:
        asked.withdraw(request.user)
        messages.success(request, _("Taken back."))
    except Refused as no:
        messages.error(request, no.message)
    return redirect(asked)
