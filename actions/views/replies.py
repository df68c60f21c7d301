from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions.day_chips import day_chips
from actions.forms.reply import Kind, ReplyForm
from actions.models import Answer, Commitment, ReplyToken
from actions.permissions import can_reply_to_answer
from failforward.accounts import times
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.link_pages import link_page

CHIPPED = "set_new_on"


@link_page(ReplyToken)
def by_link(request: HttpRequest, token: ReplyToken) -> HttpResponse:
    """The asker sends something back without a log-in."""
    answer = load(token.answer_id)
    commitment, now = answer.follow_up.commitment, timezone.now()
    if not (token.is_alive(now) and token.person.is_active and can_reply_to_answer(token.person, commitment)):
        return render(request, "actions/reply_closed.html", status=410)
    if request.method != "POST":
        form = ReplyForm(initial={"kind": request.GET.get("r", "")}, answer=answer)
    elif CHIPPED in request.POST:
        form = ReplyForm(initial=request.POST.dict() | {"new_on": request.POST[CHIPPED]}, answer=answer)
    else:
        form = ReplyForm(request.POST, answer=answer)
        if form.is_valid() and send(form, answer, token.person, now):
            return redirect(request.path)
    context = {
        "form": form,
        "answer": answer,
        "commitment": commitment,
        "moved_times": commitment.times_moved(),
        "sent": answer.replies.filter(by=token.person).exclude(kind=Kind.READ),
        "chips": day_chips(timezone.localdate(now), times.calendar_of(commitment.person)),
    }
    return render(request, "actions/reply.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def by_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """The same from a button in the product; `kind=read` says only that it was read."""
    visible = Commitment.objects.visible_to(request.user)
    get_object_or_404(Answer, pk=pk, follow_up__commitment__in=visible)
    answer = load(pk)
    if not can_reply_to_answer(request.user, answer.follow_up.commitment):
        raise PermissionDenied
    now = timezone.now()
    if request.POST.get("kind") == Kind.READ:
        answer.reply(request.user, Kind.READ, now=now)
    else:
        form = ReplyForm(request.POST, answer=answer)
        if form.is_valid() and send(form, answer, request.user, now):
            messages.success(request, _("%(name)s is told by mail.") % {"name": answer.by.first_name})
        for errors in form.errors.values():
            messages.error(request, errors[0])
    return redirect(back(request, answer))


def load(pk: int) -> Answer:
    answer = Answer.objects.for_list().select_related("date_change").filter(pk=pk).first()
    if answer is None:
        raise Http404
    answer.follow_up.commitment = Commitment.objects.for_detail().get(pk=answer.follow_up.commitment_id)
    return answer


def send(form: ReplyForm, answer: Answer, by: User, now: datetime) -> bool:
    said = form.cleaned_data
    new_on = said["new_on"] if said["kind"] == Kind.NEW_DATE else None
    try:
        answer.reply(by, said["kind"], text=said["text"], new_on=new_on, now=now)
    except Refused as no:
        form.add_error({"due_on": "new_on"}.get(no.field), no.message)
    return not form.errors


def back(request: HttpRequest, answer: Answer) -> str:
    """To the page the button stood on, if it is one of ours."""
    where = request.POST.get("next", "")
    if where and url_has_allowed_host_and_scheme(where, None):
        return where
    return answer.follow_up.commitment.get_absolute_url()
