from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.pages import history_of
from failforward.listing import Listing
from failforward.prepared import prepared
from reviews import permissions
from reviews.filters import FindingFilter
from reviews.finding_counts import add_event_counts
from reviews.finding_events import seen_events
from reviews.forms.cost import WeighForm
from reviews.forms.finding import FindingForm, ReasonForm
from reviews.loss_costs import cost_of_finding
from reviews.models import Finding
from reviews.models.finding import finding_scopes
from reviews.models.finding_state import State

MERGED_TOO = Listing(Finding.objects.all, finding_scopes, lambda rows: rows.for_list())
# Those that were merged stand behind the ones that were kept, unless they are asked for.
FINDINGS = MERGED_TOO._replace(rows=lambda: Finding.objects.exclude(state=State.MERGED))
ORDERS = {"newest": ("-id",), "oldest": ("id",)}
VERBS = {"accept": Finding.accept, "reopen": Finding.reopen}


@login_required
@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    listed = MERGED_TOO if request.GET.get("state") == State.MERGED else FINDINGS
    page = listed.page(request.GET, request.user, ORDERS, FindingFilter, user=request.user)
    add_event_counts(page.rows)
    return render(request, "reviews/finding_list.html", {"page": page, "reviews_url": reverse("review_list")})


@login_required
@require_safe
def finding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, finding_at_hand(request, pk))


@login_required
@require_POST
def finding_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Accepts or reopens, with a reason."""
    finding = finding_to_write(request, pk)
    form, refused = ReasonForm(request.POST), None
    if form.is_valid():
        try:
            VERBS[verb](finding, request.user, form.cleaned_data["reason"])
            messages.success(request, _("Accepted as it is.") if verb == "accept" else _("Open again."))
            return redirect(finding)
        except Refused as no:
            refused = no
    return show(request, finding, form=form, refused=refused, verb=verb)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def finding_edit(request: HttpRequest, pk: int) -> HttpResponse:
    finding = finding_to_write(request, pk)
    form = FindingForm(request.POST or None, initial=FindingForm.initial_of(finding))
    refused, conflict, status = None, None, 200
    if request.method == "POST" and form.is_valid():
        try:
            finding.change(request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(finding)
        except Conflict as no:
            refused, conflict, status = no, no.current, 409
            form = FindingForm({**request.POST.dict(), "version": conflict.version})
        except Refused as no:
            refused = no
    context = {"finding": finding, "form": form, "refused": refused, "conflict": conflict, "submit": _("Save")}
    return render(request, "reviews/finding_edit.html", context, status=status)


def show(
    request: HttpRequest, finding: Finding, form=None, refused=None, verb: str = "", status: int = 200
) -> HttpResponse:
    manages = permissions.can_write_findings(request.user, finding.team_id)
    may_write = manages and not finding.merged_into_id
    weigh_form = form if verb == "weigh" else None
    if may_write and request.GET.get("do") == "weigh":
        weigh_form = WeighForm.of(finding)
    context = {
        "finding": finding,
        "cost": cost_of_finding(finding, timezone.localdate()),
        "weigh_form": weigh_form,
        "events": seen_events(finding, request.user),
        "changes": history_of(request, [finding]),
        "may_write": may_write,
        "may_take_apart": manages and bool(finding.merged_into_id),
        "form": form,
        "refused": refused,
        "verb": verb,
        "accept_form": form if verb == "accept" else ReasonForm(auto_id="accept_%s"),
        "reopen_form": form if verb == "reopen" else ReasonForm(auto_id="reopen_%s"),
    }
    return render(request, "reviews/finding_detail.html", context, status=status)


def finding_at_hand(request: HttpRequest, pk: int) -> Finding:
    finding = next(iter(with_all(request.user, pk)), None)
    if finding is None:
        raise Http404
    return finding


@prepared
def with_all(user: User, pk: int) -> QuerySet[Finding]:
    return Finding.objects.visible_to(user).for_detail().filter(pk=pk)


def finding_to_write(request: HttpRequest, pk: int) -> Finding:
    finding = finding_at_hand(request, pk)
    if not permissions.can_write_findings(request.user, finding.team_id):
        raise PermissionDenied
    return finding
