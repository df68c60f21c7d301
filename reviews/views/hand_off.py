from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from failforward.forms import refusals_in
from failforward.guards import Conflict, Refused
from reviews import permissions
from reviews.forms.hand_off import ChecklistForm, LedgerForm, OpenForm, PromiseForm, ThankForm
from reviews.models import Deal, HandOff, Promise, Review
from reviews.review_page import page_of
from reviews.views.review import must, readable, show
from reviews.views.screens import back


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Who hands a won deal over, and to whom."""
    deal = get_object_or_404(Deal.objects.visible_to(request.user).for_detail(), pk=pk)
    if not permissions.can_open(request.user, deal):
        raise PermissionDenied
    form = OpenForm(request.POST if request.method == "POST" else None, deal=deal)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            opened = HandOff.open(deal, request.user, today=timezone.localdate(), **form.cleaned_data)
            return redirect(opened.review)
    shown = {"deal": deal, "form": form}
    return render(request, "reviews/hand_off_new.html", shown, status=422 if form.errors else 200)


def at_hand(request: HttpRequest, pk: int) -> tuple[Review, HandOff]:
    """For those who work on it; whoever only reads is told so."""
    review = readable(request, pk)
    if review.kind != Review.Kind.HAND_OFF:
        raise Http404
    must(permissions.works_on(request.user, review))
    return review, review.hand_off


def page(request: HttpRequest, review: Review, status: int = 422, **forms) -> HttpResponse:
    review = readable(request, review.pk)
    return show(request, review, page_of(review, request.user, chosen="none"), status, **forms)


@login_required
@require_POST
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    review, hand_off = at_hand(request, pk)
    form = ChecklistForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            hand_off.answer(
                request.user, {name: form.cleaned_data[name] for name in request.POST if name in form.fields}
            )
            return back(review, "#checklist")
    return page(request, review, checklist_form=form, form=form)


@login_required
@require_POST
def thank(request: HttpRequest, pk: int) -> HttpResponse:
    """Production hears what was good about it."""
    review, hand_off = at_hand(request, pk)
    form = ThankForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            if hand_off.thank(request.user, form.cleaned_data["words"], timezone.now()):
                messages.success(request, _("%(name)s is thanked by mail.") % {"name": hand_off.production_lead})
            return back(review, "#thank")
    return page(request, review, thank_form=form, form=form)


@login_required
@require_POST
def promise_add(request: HttpRequest, pk: int) -> HttpResponse:
    review, hand_off = at_hand(request, pk)
    form = PromiseForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            hand_off.add_promise(request.user, form.cleaned_data["promised"])
            return back(review, "#ledger")
    return page(request, review, promise_form=form, form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of the ledger; two who write at once keep what both typed. Who only asks for it is led to its place."""
    line, review = line_at_hand(request, pk)
    if request.method != "POST":
        return back(review, "#ledger")
    form, status = LedgerForm(request.POST), 422
    if form.is_valid():
        said = dict(form.cleaned_data)
        try:
            with refusals_in(form):
                line.note(request.user, **said)
                return back(review, "#ledger")
        except Conflict as conflict:
            form, status = LedgerForm({**request.POST.dict(), "version": conflict.current.version}), 409
            form.is_valid()
            form.theirs = differing(form, conflict.current)
            form.add_error(None, conflict.message)
    return page(request, review, status, ledger_form=form, ledger_line=line, form=form)


def differing(form: LedgerForm, theirs: Promise) -> list[tuple[str, str]]:
    """Labels, and what is saved now where it is not what was typed."""
    names = [name for name in LedgerForm.initial_of(theirs) if name != "version"]
    differ = [name for name in names if getattr(theirs, name) != form.cleaned_data.get(name)]
    return [
        (form.fields[name].label, theirs.get_kept_display() if name == "kept" else getattr(theirs, name))
        for name in differ
    ]


@login_required
@require_POST
def promise_event(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: the gap is an event."""
    line, review = line_at_hand(request, pk)
    try:
        event = line.write_down(request.user)
    except Refused as refused:
        form = LedgerForm(LedgerForm.initial_of(line))
        form.is_valid()
        form.add_error("kept", str(refused))
        return page(request, review, ledger_form=form, ledger_line=line, form=form)
    return back(review, f"?event={event.pk}#event-{event.pk}")


def line_at_hand(request: HttpRequest, pk: int) -> tuple[Promise, Review]:
    mine = Review.objects.visible_to(request.user)
    line = get_object_or_404(Promise.objects.select_related("hand_off"), pk=pk, hand_off__review__in=mine)
    review, hand_off = at_hand(request, line.hand_off.review_id)
    line.hand_off = hand_off
    return line, review
