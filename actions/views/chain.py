from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from actions.chain.ways import KINDS, starts
from actions.chain.whole import chain_of


@login_required
@require_safe
def chain(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    start = get_object_or_404(starts(kind, request.user), pk=pk)
    context = {"kind": kind, "start": start, "chain": chain_of(kind, start, request.user)}
    context |= {"back": home_of(kind, start), "all_findings": findings_behind(kind, start)}
    return render(request, "actions/chain.html", context)


def home_of(kind: str, start: Model) -> str:
    """An event stands on the page of its review."""
    return f"{start.review.get_absolute_url()}#event-{start.pk}" if kind == "event" else start.get_absolute_url()


def findings_behind(kind: str, start: Model) -> str:
    """The list of all weaknesses on the chain. Only a deal's events show more than one page does."""
    deal = {"deal": start.pk, "review": getattr(start, "deal_id", None)}.get(kind)
    return f"{reverse('finding_list')}?deal={deal}" if deal else home_of(kind, start)
