from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.commitment_filter import CommitmentFilter
from actions.commitment_story import Story, load
from actions.forms.commitment import CommitmentForm, DropForm, MoveForm, RequestAnswerForm, SnoozeForm, parent_of
from actions.forms.partner import PartnerForm
from actions.models import Commitment
from actions.models.commitment import commitment_scopes
from actions.permissions import can_agree_to_a_move, can_answer, can_settle
from failforward.accounts.models import Absence, User
from failforward.guards import Refused
from failforward.history.pages import history_of
from failforward.ids import id_of
from failforward.listing import Listing

COMMITMENTS = Listing(Commitment.objects.all, commitment_scopes, lambda rows: rows.for_rows())
ORDERS = {"latest": ("-due_on", "-id"), "earliest": ("due_on", "id")}


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    page = COMMITMENTS.page(request.GET, request.user, ORDERS, CommitmentFilter, user=request.user)
    return render(request, "actions/commitments.html", {"page": page, "today": timezone.localdate()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    parent = parent_of(request.user, request.GET)
    if request.method != "POST":
        return new_page(
            request, CommitmentForm(user=request.user, parent=parent, initial=suggested(parent, request.GET)), parent
        )
    form = CommitmentForm(request.POST, user=request.user, parent=parent)
    if form.is_valid():
        try:
            made = form.save(request.user, parent, timezone.now())
        except Refused as no:
            form.add_error(no.field if no.field in form.fields else None, no.message)
        else:
            messages.success(request, said_of(made))
            return redirect(made)
    return new_page(request, form, parent)


def suggested(parent: dict, query: QueryDict) -> dict:
    thing = parent.get("milestone") or parent.get("step")
    given = {"what": thing.what, "due_on": getattr(thing, "due_on", None)} if thing else {}
    person = id_of(query.get("person"))
    return given | ({"person": person} if person else {})


def said_of(made: Commitment) -> str:
    if made.state == "requested":
        return _("%(name)s is asked by mail.") % {"name": made.person}
    return _("It is written down. On the day we ask how it went.")


def new_page(request: HttpRequest, form: Form, parent: dict) -> HttpResponse:
    thing = next(iter(parent.values()), None)
    context = {"form": form, "thing": thing, "query": request.GET.urlencode()}
    return render(request, "actions/commitment_new.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return detail_page(request, load(request.user, pk, timezone.localdate()))


def away(commitment: Commitment, user: User) -> Absence | None:
    """For everybody else: when the person is away, while an answer is waited for."""
    waits = commitment.is_open or commitment.state == "requested"
    return next(iter(commitment.away), None) if waits and commitment.person_id != user.pk else None


def detail_page(request: HttpRequest, commitment: Commitment, verb: str = "", form: Form | None = None) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    story = Story.of(commitment, user)
    context = {
        "commitment": commitment,
        "story": story,
        "changes": history_of(request, [commitment]),
        "today": today,
        "you": commitment.person_id == user.pk,
        "may_answer": can_answer(user, commitment),
        "may_settle": can_settle(user, commitment),
        "away": away(commitment, user),
        "may_agree": can_agree_to_a_move(user, commitment),
        "form": form,
        "verb": verb,
        "request_form": form if verb == "answer_request" else RequestAnswerForm(initial={"due_on": commitment.due_on}),
        "move_form": form if verb == "move" else MoveForm(),
        "snooze_form": form if verb == "snooze" else SnoozeForm(),
        "partner_form": partner_form(commitment, user, verb, form),
        "snoozes_left": story.snoozes_left,
        "drop_form": form if verb == "drop" else DropForm(),
    }
    return render(request, "actions/commitment.html", context, status=400 if form is not None else 200)


def partner_form(commitment: Commitment, user: User, verb: str, form: Form | None) -> Form | None:
    """For its person, while it is open and is not kept in a closed circle."""
    if commitment.person_id != user.pk or not commitment.is_open or commitment.in_closed_circle:
        return None
    return form if verb == "partner" else PartnerForm(user=user)


def move(commitment: Commitment, by: User, form: Form, now: datetime) -> str:
    change = commitment.move(by, form.cleaned_data["due_on"], form.cleaned_data["reason"], now=now)
    if change.state == change.State.ASKED_FOR:
        return _("The third date is asked for: the list owner agrees to it or not.")
    return _("Moved.")


def snooze(commitment: Commitment, by: User, form: Form, now: datetime) -> str:
    commitment.snooze(by, form.cleaned_data["to_on"], form.cleaned_data["reason"], now=now)
    return _("Put off. The date you promised stays.")


def drop(commitment: Commitment, by: User, form: Form, now: datetime) -> str:
    commitment.drop(by, form.cleaned_data["reason"])
    return _("Dropped. Nobody is asked about it any more.")


def answer_request(commitment: Commitment, by: User, form: Form, now: datetime) -> str:
    form.carry_out(commitment, by, now)
    return _("Saved.")


def agree(commitment: Commitment, by: User, form: Form, now: datetime) -> str:
    commitment.agree_to_move(by, now=now)
    return _("The new date is agreed.")


def refuse(commitment: Commitment, by: User, form: Form, now: datetime) -> str:
    commitment.refuse_move(by, now=now)
    return _("The date stays as it was.")


Verb = Callable[[Commitment, User, Form, datetime], str]
VERBS: dict[str, tuple[Verb, type[Form], Callable[[User, Commitment], bool]]] = {
    "move": (move, MoveForm, can_settle),
    "snooze": (snooze, SnoozeForm, can_answer),
    "drop": (drop, DropForm, can_settle),
    "answer_request": (answer_request, RequestAnswerForm, can_answer),
    "agree": (agree, Form, can_agree_to_a_move),
    "refuse": (refuse, Form, can_agree_to_a_move),
}


@login_required
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb on one commitment; a guard's no is shown at the form, with what was typed."""
    commitment = load(request.user, pk, timezone.localdate())
    if verb not in VERBS:
        raise Http404
    carry_out, form_class, allowed = VERBS[verb]
    if not allowed(request.user, commitment):
        raise PermissionDenied
    form = form_class(request.POST)
    if form.is_valid():
        try:
            messages.success(request, carry_out(commitment, request.user, form, timezone.now()))
            return redirect(commitment)
        except Refused as no:
            form.add_error(no.field if no.field in form.fields else None, no.message)
    return detail_page(request, load(request.user, pk, timezone.localdate()), verb, form)
