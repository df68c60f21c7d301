from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions import answers, follow_ups
from actions.day_chips import day_chips
from actions.forms.answer import CHIPPED, AnswerForm, first_values
from actions.forms.commitment import SnoozeForm
from actions.models import Answer, AnswerToken, Commitment, FollowUp
from actions.models.answer import CHANGEABLE_FOR
from actions.models.follow_up import State
from actions.permissions import can_answer
from actions.readers import seen_by
from failforward.accounts import times
from failforward.guards import Refused
from failforward.link_pages import link_page


@link_page(AnswerToken)
def by_link(request: HttpRequest, token: AnswerToken) -> HttpResponse:
    asked = FollowUp.objects.for_page().get(pk=token.follow_up_id)
    follow_up = in_its_place(request, asked)
    now = timezone.now()
    why = why_closed(token, follow_up, now)
    # Who had the page open when it was settled otherwise has written something, and that is kept.
    if why and not (why == "settled" and request.method == "POST" and "status" in request.POST):
        return closed(request, follow_up, why, now)
    return page(request, follow_up, Answer.Via.LINK, now, named=follow_up.pk != asked.pk)


def in_its_place(request: HttpRequest, asked: FollowUp) -> FollowUp:
    """The link of a question that was moved or put off leads to the one that took its place, or to its answer."""
    if asked.state not in (State.CANCELLED, State.SNOOZED):
        return asked
    commitment = asked.commitment
    if waiting := named(request, commitment) or follow_ups.waiting_for(commitment):
        return waiting
    answered = follow_ups.last_answered(commitment)
    return answered if answered and answered.occurrence > asked.occurrence else asked


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """The same answer for whoever is logged in, also before they were asked."""
    commitment = get_object_or_404(Commitment.objects.visible_to(request.user), pk=pk)
    if not can_answer(request.user, commitment):
        raise PermissionDenied
    follow_up = named(request, commitment) or follow_ups.waiting_for(commitment) or follow_ups.last_answered(commitment)
    if follow_up is None:
        return redirect("commitment_detail", pk)
    return page(request, follow_up, Answer.Via.DESK, timezone.now(), named=True)


def named(request: HttpRequest, commitment: Commitment) -> FollowUp | None:
    """The question that the form was about: sent twice, it does not answer the next one as well."""
    pk = request.POST.get("question") or request.GET.get("question", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return commitment.follow_ups.exclude(state__in=[State.CANCELLED, State.SNOOZED]).for_page().filter(pk=pk).first()


def why_closed(token: AnswerToken, follow_up: FollowUp, now: datetime) -> str:
    if token.revoked_at or not token.person.is_active:
        return "revoked"
    if not token.is_alive(now):
        return "expired"
    return "settled" if follow_up.state in (State.CANCELLED, State.SNOOZED) else ""


def closed(request: HttpRequest, follow_up: FollowUp, why: str, now: datetime) -> HttpResponse:
    """Says why the link opens nothing and offers what can be done."""
    person = follow_up.commitment.person
    still_open = why != "settled" and follow_up.state == State.PLANNED and person.is_active and bool(person.email)
    sent = False
    if request.method == "POST" and still_open:
        follow_ups.send_new_link(follow_up, now)
        sent = True
    context = {"why": why, "still_open": still_open, "sent": sent}
    return render(request, "actions/answer_closed.html", context, status=200 if sent else 410)


def page(request: HttpRequest, follow_up: FollowUp, via: str, now: datetime, *, named: bool) -> HttpResponse:
    """`named`: the address says which of the commitment's questions is meant."""
    answer = answers.answer_to(follow_up)
    changeable = answer is None or answers.can_change(answer, now)
    question = follow_up.pk if named else None
    if answer and not (changeable and (request.method == "POST" or "change" in request.GET)):
        return shown(request, follow_up, answer, changeable, {"via": via, "question": question})
    today, witnesses = timezone.localdate(now), via == Answer.Via.DESK
    snooze_form = SnoozeForm(request.POST if "snooze" in request.POST else None, prefix="later")
    about = {"follow_up": follow_up, "today": today, "witnesses": witnesses}
    if request.method != "POST":
        form = AnswerForm(initial=first_values(follow_up, answer, request.GET.get("a", "")), **about)
    elif "snooze" in request.POST and snooze(snooze_form, follow_up, now):
        return put_off(request, follow_up, snooze_form)
    elif "snooze" in request.POST:
        form = AnswerForm(initial=first_values(follow_up, answer, ""), **about)
    elif chip := pressed_chip(request):
        form = AnswerForm(initial=request.POST.dict() | chip, **about)
    else:
        form = AnswerForm(request.POST, **about)
        if form.is_valid() and save(form, follow_up, via, now):
            return redirect(f"{request.path}?question={question}" if question else request.path)
    context = {
        "form": form,
        "follow_up": follow_up,
        "commitment": follow_up.commitment,
        "moved_times": follow_up.commitment.times_moved(),
        "answer": answer,
        "chips": day_chips(today, times.calendar_of(follow_up.commitment.person)),
        "until": answer.changeable_until if answer else now + CHANGEABLE_FOR,
        "seen_by": seen_by(follow_up.commitment),
        "question": question,
        "snooze_form": snooze_form,
        "may_snooze": answer is None and follow_up.state == State.PLANNED and follow_up.commitment.snoozes_left() > 0,
    }
    return render(request, "actions/answer.html", context, status=400 if form.errors or snooze_form.errors else 200)


def snooze(form: SnoozeForm, follow_up: FollowUp, now: datetime) -> bool:
    if form.is_valid():
        commitment = follow_up.commitment
        try:
            commitment.snooze(commitment.person, form.cleaned_data["to_on"], form.cleaned_data["reason"], now=now)
        except Refused as no:
            form.add_error(no.field if no.field in form.fields else None, no.message)
    return not form.errors


def put_off(request: HttpRequest, follow_up: FollowUp, form: SnoozeForm) -> HttpResponse:
    context = {"commitment": follow_up.commitment, "to_on": form.cleaned_data["to_on"]}
    return render(request, "actions/answer_later.html", context)


def pressed_chip(request: HttpRequest) -> dict[str, str]:
    """A chip fills its date; nothing is saved."""
    return {name: request.POST[f"set_{name}"] for name in CHIPPED if f"set_{name}" in request.POST}


def save(form: AnswerForm, follow_up: FollowUp, via: str, now: datetime) -> bool:
    said = form.cleaned_data
    person = follow_up.commitment.person
    try:
        answers.give(follow_up, person, said["status"], via=via, now=now, seen=said["seen"], **form.words)
    except answers.AnsweredAlready as already:
        form.add_error(None, already.message)
        form.data = form.data.copy()
        form.data["seen"] = already.stamp
    except Refused as no:
        form.add_error(no.field if no.field in form.fields else None, no.message)
    return not form.errors


def shown(request: HttpRequest, follow_up: FollowUp, answer: Answer, changeable: bool, more: dict) -> HttpResponse:
    context = {
        "follow_up": follow_up,
        "commitment": follow_up.commitment,
        "moved_times": follow_up.commitment.times_moved(),
        "answer": answer,
        "changeable": changeable,
        "seen_by": seen_by(follow_up.commitment),
        **more,
    }
    return render(request, "actions/answer_sent.html", context)
