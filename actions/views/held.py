from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions import held
from actions.day_chips import day_chips
from actions.forms.answer import AnswerForm, first_values
from actions.forms.commitment import RequestAnswerForm
from actions.forms.sponsors import SponsorAnswerForm
from actions.inbound import sponsors
from actions.inbound.parser import parser
from actions.inbound.why import words_of
from actions.models import Commitment, FollowUp, HeldToken, SponsorRequest
from actions.passing_on import MOST_FOUND, asker_of, pass_words, promises
from actions.views.answer import pressed_chip
from failforward.accounts import times
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.ids import id_of
from failforward.inbound.models import InboundMail, State
from failforward.link_pages import link_page
from failforward.prepared import prepared

MOST_SHOWN = 50
# Mails that ask one thing: settled otherwise, nothing is left to say.
SUBJECTS = ["follow_up", "request", "partner_request", "partner_help", *sponsors.KINDS]
PARTNER_SAYS = ["yes", "no", "note"]


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits for this person; for an admin also what could not be given to anybody."""
    context = {
        "mine": [with_words(reply) for reply in first_waiting(request.user, most=MOST_SHOWN)],
        "unclaimed": [with_words(reply) for reply in first_unclaimed(request.user, most=MOST_SHOWN)],
    }
    return render(request, "actions/held_list.html", context)


@prepared
def first_waiting(user: User, *, most: int) -> QuerySet:
    return held.waiting_for(user)[:most]


@prepared
def first_unclaimed(user: User, *, most: int) -> QuerySet:
    return held.unclaimed(user)[:most]


def with_words(reply: InboundMail) -> InboundMail:
    reply.reason = words_of(reply.why)
    return reply


@link_page(HeldToken)
def by_link(request: HttpRequest, token: HeldToken) -> HttpResponse:
    now = timezone.now()
    if not (token.is_alive(now) and token.person.is_active):
        return render(request, "actions/held_settled.html", status=410)
    return page(request, load(token.reply_id), token.person, now)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_desk(request: HttpRequest, pk: int) -> HttpResponse:
    reply = get_object_or_404(InboundMail.objects.visible_to(request.user).for_list(), pk=pk)
    if reply.person_id != request.user.pk:
        raise PermissionDenied
    return page(request, reply, request.user, timezone.now())


def load(pk: int) -> InboundMail:
    return InboundMail.objects.for_list().get(pk=pk)


@login_required
@require_POST
def unclaimed(request: HttpRequest, pk: int) -> HttpResponse:
    """An admin reads a mail that belongs to nobody, which is written down, passes its words on, or puts it aside."""
    reply = get_object_or_404(held.unclaimed(request.user), pk=pk)
    if request.POST.get("aside"):
        held.put_aside(reply, request.user, timezone.now())
        messages.success(request, _("It is put aside and stays kept."))
        return redirect("held_list")
    words = held.read_by(reply, request.user)
    chosen = promises(request.user).filter(pk=id_of(request.POST.get("pass_on"))).first()
    if chosen is not None:
        try:
            asker = pass_words(reply, request.user, chosen, words, timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(name)s gets these words.") % {"name": asker.name})
        return redirect("held_list")
    return unclaimed_page(request, reply, words)


def unclaimed_page(request: HttpRequest, reply: InboundMail, words: str) -> HttpResponse:
    """With the promises it may be about, once a word of theirs is typed."""
    typed = request.POST.get("q", "")[:100]
    found = promises(request.user, typed)[:MOST_FOUND] if typed.strip() else []
    context = {
        "reply": with_words(reply),
        "words": words,
        "typed": typed,
        "found": [(one, asker_of(one)) for one in found],
    }
    return render(request, "actions/held_unclaimed.html", context)


def page(request: HttpRequest, reply: InboundMail, person: User, now: datetime) -> HttpResponse:
    question, asked, partner = held.question_of(reply), held.request_of(reply), held.partner_of(reply)
    help_asked = sponsors.asked_in(reply)
    waits = reply.state == State.HELD and (question or asked or partner or help_asked or not asks(reply))
    if not waits:
        return render(request, "actions/held_settled.html", {"reply": reply})
    form, about = None, {}
    if question is not None:
        about = {"follow_up": question, "today": timezone.localdate(now)}
        form = AnswerForm(initial=suggested(request, question, reply), **about)
    elif asked is not None:
        form = RequestAnswerForm(initial=suggested_yes_or_no(reply, asked))
    elif help_asked is not None:
        form = SponsorAnswerForm(initial={"state": "words" if reply.text else "", "words": reply.text})
    if request.method == "POST":
        if question is not None and (chip := pressed_chip(request)):
            form = AnswerForm(initial=request.POST.dict() | chip, **about)
        elif refused := carry_out(request, reply, person, now, about, asked or help_asked):
            form = form if refused is True else refused
        else:
            return redirect(request.path)
    context = {
        "reply": with_words(reply),
        "question": question,
        "asked": asked,
        "partner": partner,
        "help_asked": help_asked,
        "commitment": question.commitment if question else asked,
        "moved_times": question.commitment.times_moved() if question else 0,
        "given": held.answer_of(reply),
        "due": [] if asks(reply) else list(open_questions(person)),
        "form": form,
        "chips": day_chips(timezone.localdate(now), times.calendar_of(person)),
    }
    return render(request, "actions/held.html", context, status=400 if form is not None and form.errors else 200)


def suggested_yes_or_no(reply: InboundMail, asked: Commitment) -> dict:
    read = parser().choice_of(reply.text, timezone.localdate())
    return {"answer": read.answer, "due_on": read.on or asked.due_on, "reason": " ".join(reply.text.split())[:300]}


def asks(reply: InboundMail) -> bool:
    return reply.answers is not None and reply.answers.kind in SUBJECTS


def open_questions(person: User):
    return FollowUp.objects.waiting().filter(commitment__person=person.pk).for_page().order_by("due_at", "pk")[:20]


def suggested(request: HttpRequest, question: FollowUp, reply: InboundMail) -> dict:
    """The words are filled in; which of the five they meant is the one thing left to say."""
    today = timezone.localdate()
    read = parser().status_of(reply.text, today)
    chosen = request.GET.get("a", "") or read.status
    return first_values(question, None, chosen) | {"outcome": reply.text, "new_on": read.on}


def carry_out(request: HttpRequest, reply: InboundMail, person: User, now: datetime, about: dict, asked):
    """What could not be carried out: the form with its mistakes, or True; None when it is done."""
    form = None
    try:
        if "aside" in request.POST:
            held.put_aside(reply, person, now)
        elif "pass_on" in request.POST:
            held.pass_on(reply, person, now)
        elif request.POST.get("partner") in PARTNER_SAYS:
            held.answer_as_partner(reply, person, request.POST["partner"], now)
        elif about or asked:
            form = form_for(request, about, asked)
            if not form.is_valid():
                return form
            if isinstance(form, SponsorAnswerForm):
                held.answer_as_sponsor(reply, person, **form.cleaned_data, now=now, today=timezone.localdate(now))
            elif about:
                held.answer(reply, person, form.cleaned_data["status"], now, **form.words)
            else:
                held.answer_request(reply, person, now=now, **form.cleaned_data)
    except Refused as no:
        if form is None:
            messages.error(request, str(no))
            return True
        form.add_error(no.field if no.field in form.fields else None, no.message)
        return form
    return None


def form_for(request: HttpRequest, about: dict, asked: Commitment | SponsorRequest):
    if about:
        return AnswerForm(request.POST, **about)
    kind = SponsorAnswerForm if isinstance(asked, SponsorRequest) else RequestAnswerForm
    return kind(request.POST)
