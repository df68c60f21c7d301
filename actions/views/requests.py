from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from actions.day_chips import day_chips
from actions.forms.commitment import RequestAnswerForm
from actions.models import Commitment, RequestToken
from actions.models.promise import State
from failforward.accounts import times
from failforward.guards import Refused
from failforward.link_pages import link_page

CHIPPED = "set_due_on"


@link_page(RequestToken)
def by_link(request: HttpRequest, token: RequestToken) -> HttpResponse:
    """Accept, another date or no, without a log-in."""
    commitment = Commitment.objects.for_detail().get(pk=token.commitment_id)
    now = timezone.now()
    if not (token.is_alive(now) and token.person.is_active):
        return render(request, "actions/request_closed.html", {"commitment": commitment}, status=410)
    if commitment.state != State.REQUESTED:
        return render(request, "actions/request_answered.html", {"commitment": commitment})
    if request.method != "POST":
        chosen = {"answer": request.GET.get("a", ""), "due_on": commitment.due_on}
        form = RequestAnswerForm(initial=chosen)
    elif CHIPPED in request.POST:
        form = RequestAnswerForm(initial=request.POST.dict() | {"due_on": request.POST[CHIPPED]})
    else:
        form = RequestAnswerForm(request.POST)
        if form.is_valid() and carried_out(form, commitment, now):
            return redirect(request.path)
    chips = day_chips(timezone.localdate(now), times.calendar_of(commitment.person))
    context = {"form": form, "commitment": commitment, "chips": chips}
    return render(request, "actions/request.html", context, status=400 if form.errors else 200)


def carried_out(form: RequestAnswerForm, commitment: Commitment, now) -> bool:
    try:
        form.carry_out(commitment, commitment.person, now)
    except Refused as no:
        form.add_error(no.field if no.field in form.fields else None, no.message)
    return not form.errors
