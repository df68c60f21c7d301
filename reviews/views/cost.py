"""What a loss cost, and whether a weakness is worth fixing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from failforward.forms import refusals_in
from failforward.guards import Conflict
from reviews import permissions
from reviews.forms.cost import DirectCostForm, WeighForm
from reviews.models import DirectCost
from reviews.review_page import page_of
from reviews.views import findings
from reviews.views.review import must, readable, show
from reviews.views.screens import back


@login_required
@require_POST
def review_cost(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.works_on(request.user, review))
    form = DirectCostForm(request.POST, currency=review.deal.currency)
    if form.is_valid():
        with refusals_in(form):
            DirectCost.state(review, request.user, **form.parts)
            return back(review, "#cost")
    review = readable(request, pk)
    return show(request, review, page_of(review, request.user, "none"), 422, cost_form=form, form=form)


@login_required
@require_POST
def finding_weigh(request: HttpRequest, pk: int) -> HttpResponse:
    finding = findings.finding_to_write(request, pk)
    form, status = WeighForm(request.POST, currency=finding.team.currency), 422
    if form.is_valid():
        try:
            with refusals_in(form):
                finding.weigh(request.user, **form.said)
                messages.success(request, _("Saved."))
                return redirect(f"{finding.get_absolute_url()}#cost")
        except Conflict as conflict:
            status, finding = 409, conflict.current
            form = WeighForm({**request.POST.dict(), "version": finding.version}, currency=finding.team.currency)
            form.is_valid()
            form.add_error(None, conflict.message)
    return findings.show(request, findings.finding_at_hand(request, pk), form=form, verb="weigh", status=status)
