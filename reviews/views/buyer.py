"""Whether the buyer moves: the clock of an open deal, what the buyer did, what was agreed, parking, the question to put
to them and what came of it."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from failforward import undo
from failforward.accounts.models import User
from failforward.forms import Form
from failforward.guards import Refused
from failforward.ids import id_of
from reviews import permissions
from reviews.forms.buyer import AskClientForm, BuyersMoveForm, ClientSaidForm, JointMilestoneForm, ParkForm
from reviews.models import Activity, ClientQuestion, Deal, JointMilestone, Outcome
from reviews.views.deals import on_the_clock

MOST = 20


class Verb(NamedTuple):
    form: type[Form] | None
    do: Callable[..., object]
    today_in: str = ""


VERBS: dict[str, Verb] = {
    "move": Verb(
        BuyersMoveForm,
        lambda deal, by, today, **said: Activity.move(deal, by, today=today, **said),
        "happened_on",
    ),
    "agree": Verb(
        JointMilestoneForm,
        lambda deal, by, today, **said: JointMilestone.agree(deal, by, today=today, **said),
        "agreed_on",
    ),
    "park": Verb(ParkForm, lambda deal, by, today, **said: deal.park(by, today=today, **said)),
    "take-up": Verb(None, lambda deal, by, today: deal.take_up(by)),
    "ask": Verb(
        AskClientForm, lambda deal, by, today, **said: ClientQuestion.put(deal, by, today=today, **said), "asked_on"
    ),
}


@login_required
@require_safe
def buyer(request: HttpRequest, pk: int) -> HttpResponse:
    deal = deal_of(request, pk)
    if deal.outcome != Outcome.OPEN:
        return redirect(deal)
    return page(request, deal)


@login_required
@require_POST
def buyer_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    deal = deal_of(request, pk)
    if verb not in VERBS:
        raise Http404
    if not permissions.can_write_deal(request.user, deal):
        raise PermissionDenied
    form = form_of(verb, request.POST)
    if deal.outcome != Outcome.OPEN:
        return redirect(deal)
    if carried_out(form, lambda **said: VERBS[verb].do(deal, request.user, timezone.localdate(), **said)):
        messages.success(request, _("Saved."))
        return redirect("deal_buyer", pk)
    return page(request, deal, verb, form, 400)


@login_required
@require_POST
def move_back(request: HttpRequest, pk: int, move: int) -> HttpResponse:
    """A move noted wrongly is taken back."""
    return back(
        request, pk, lambda deal: Activity.take_back_move(deal, request.user, move), "move", ["subject", "happened_on"]
    )


@login_required
@require_POST
def agreed_back(request: HttpRequest, pk: int, agreed: int) -> HttpResponse:
    said = ["what", "with_whom", "agreed_on", "due_on"]
    return back(request, pk, lambda deal: JointMilestone.take_back(deal, request.user, agreed), "agree", said)


def back(
    request: HttpRequest, pk: int, take_back: Callable[[Deal], Model | None], verb: str, said: list[str]
) -> HttpResponse:
    """`verb` says it again, with the fields that were `said`."""
    deal = deal_of(request, pk)
    if not permissions.can_write_deal(request.user, deal):
        raise PermissionDenied
    try:
        taken = take_back(deal)
    except Refused as no:
        messages.error(request, no.message)
    else:
        if taken:
            again = {name: str(getattr(taken, name)) for name in said}
            offer_again(request, reverse("deal_buyer_verb", args=[pk, verb]), f"{verb}-", again)
    return redirect("deal_buyer", pk)


@login_required
@require_POST
def question_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What they said is taken back first, then the question."""
    asked = asked_of(request, pk)
    said = {name: str(value or "") for name, value in said_so_far(asked, timezone.localdate()).items()}
    put = {"question": asked.question, "whom": asked.whom, "asked_on": asked.asked_on.isoformat()}
    had_words = bool(asked.said)
    try:
        asked.take_back(request.user, id_of(request.POST.get("seen")) or 0)
    except Refused as no:
        messages.error(request, no.message)
    else:
        if had_words:
            offer_again(request, reverse("client_question", args=[pk]), "", said | {"seen": str(asked.version)})
        else:
            offer_again(request, reverse("deal_buyer_verb", args=[asked.deal_id, "ask"]), "ask-", put)
    return redirect("deal_buyer", asked.deal_id)


def offer_again(request: HttpRequest, url: str, prefix: str, values: dict[str, str]) -> None:
    undo.offer(request, _("Taken out."), url, **{f"{prefix}{name}": value for name, value in values.items()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def client_question(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of one question."""
    asked = asked_of(request, pk)
    form = ClientSaidForm(request.POST or None, initial=said_so_far(asked, timezone.localdate()))
    if request.method == "POST" and carried_out(form, lambda **said: tell(asked, request.user, **said)):
        messages.success(request, _("Saved."))
        return redirect("deal_buyer", asked.deal_id)
    context = {"asked": asked, "deal": asked.deal, "form": form}
    return render(request, "reviews/client_question.html", context, status=400 if form.errors else 200)


def deal_of(request: HttpRequest, pk: int) -> Deal:
    return get_object_or_404(Deal.objects.visible_to(request.user).for_detail(), pk=pk)


def asked_of(request: HttpRequest, pk: int) -> ClientQuestion:
    seen = Deal.objects.visible_to(request.user).values("pk")
    rows = ClientQuestion.objects.filter(deal__in=seen).select_related("deal__account", "deal__team", "move")
    asked = get_object_or_404(rows, pk=pk)
    if not permissions.can_write_deal(request.user, asked.deal):
        raise PermissionDenied
    return asked


def moves_of(deal: Deal) -> QuerySet:
    """The last first; `question` is the one of ours that it answers, if it answers one."""
    asked = ClientQuestion.objects.filter(move=OuterRef("pk")).values("pk")[:1]
    moves = deal.activities.filter(direction=Activity.Direction.IN).order_by("-happened_on", "-pk")
    return moves.annotate(question=Subquery(asked))


def tell(asked: ClientQuestion, by: User, **said) -> None:
    asked.tell(by, today=timezone.localdate(), **said)


def said_so_far(asked: ClientQuestion, today: date) -> dict:
    names = ["said", "answered", "addresses", "options"]
    return {name: getattr(asked, name) for name in names} | {"said_on": asked.said_on or today, "seen": asked.version}


def form_of(verb: str, data=None) -> Form:
    kind, _do, today_in = VERBS[verb]
    return (kind or Form)(data, prefix=verb, initial={today_in: timezone.localdate()} if today_in else {})


def carried_out(form: Form, do: Callable[..., object]) -> bool:
    """What is refused is said at its field, and what was typed stays."""
    if not form.is_valid():
        return False
    try:
        do(**form.cleaned_data)
    except Refused as no:
        form.add_error(no.field if no.field in form.fields else None, no.message)
    return not form.errors


def page(request: HttpRequest, deal: Deal, verb: str = "", form: Form | None = None, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    may_write = permissions.can_write_deal(request.user, deal)
    wanted = verb or request.GET.get("do", "")
    if may_write and form is None and wanted in VERBS and VERBS[wanted].form:
        form = form_of(wanted)
    context = {
        "deal": deal,
        **on_the_clock(deal, today),
        "moves": moves_of(deal)[:MOST],
        "agreed": deal.joint_milestones.order_by("-agreed_on", "-pk")[:MOST],
        "questions": deal.client_questions.order_by("-asked_on", "-pk")[:MOST],
        "may_write": may_write,
        "do": wanted if form is not None else "",
        "form": form,
        "today": today,
    }
    return render(request, "reviews/deal_buyer.html", context, status=status)
