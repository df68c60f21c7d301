from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions import asked, stalls
from actions.forms.lists import BuyInForm, ListChangeForm, ListForm, PersonForm
from actions.forms.sponsors import AskSponsorForm
from actions.forms.verb_form import Nothing, VerbForm
from actions.going import in_words, lately_on
from actions.list_page import SHOWN, drops_of, requests_of, with_page, with_rows
from actions.models import ActionItem, ActionList, Commitment, SponsorRequest
from actions.models.action_list import list_scopes
from actions.models.action_state import OPEN_STATES
from actions.models.commitment import State as CommitmentState
from actions.permissions import can_decide_date, can_edit_list, can_open_lists
from actions.undelivered import TROUBLE, trouble_on, undelivered_on
from failforward.accounts.models import Absence, User
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.pages import history_of
from failforward.ids import id_of
from failforward.listing import Listing
from failforward.outbox import dead_letters
from failforward.together import Together

ORDERS = {"name": ("name", "id"), "newest": ("-id",)}
# What `?do=` shows in place of the open actions.
OVER = "over"


@require_safe
@login_required
def list_list(request: HttpRequest) -> HttpResponse:
    page = LISTS.page(request.GET, request.user, ORDERS)
    context = {"page": page, "may_open": can_open_lists(request.user), "today": timezone.localdate()}
    return render(request, "actions/list_list.html", context)


def with_figures(rows: QuerySet) -> QuerySet:
    """For each row by itself: joined, the actions of all lists are read."""
    still_open = ActionItem.objects.still_open().filter(action_list=OuterRef("pk")).order_by().values("action_list")
    return (
        rows.for_rows()
        .with_next_meeting()
        .annotate(
            open_count=Coalesce(Subquery(still_open.values(n=Count("pk"))), 0),
            next_due_on=Subquery(still_open.values(first=Min("next_due_on"))),
        )
    )


LISTS = Listing(ActionList.objects.all, list_scopes, with_figures)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_new(request: HttpRequest) -> HttpResponse:
    if not can_open_lists(request.user):
        raise PermissionDenied
    form = ListForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = ActionList.open(request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, _("The list is open."))
            return redirect("list_detail", made.pk)
    return render(request, "actions/list_new.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@login_required
def list_detail(request: HttpRequest, pk: int) -> HttpResponse:
    shown = seen(request.user, pk)
    verb = request.GET.get("do", "")
    may = verb in PARTS and PARTS[verb][0] is not Nothing and can_edit_list(request.user, shown)
    if may:
        return list_page(request, shown, verb, form_of(verb, shown, request.user))
    return list_page(request, shown, OVER if verb == OVER else "")


def seen(user: User, pk: int) -> ActionList:
    readable = ActionList.objects.filter(pk__in=ActionList.objects.visible_to(user).values("pk"))
    return get_object_or_404(with_page(readable, timezone.localdate()), pk=pk)


@login_required
@require_POST
def list_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    shown = seen(request.user, pk)
    if verb not in PARTS:
        raise Http404
    if not can_edit_list(request.user, shown):
        raise PermissionDenied
    form = form_of(verb, shown, request.user, request.POST)
    if form.carries_out(lambda **data: PARTS[verb][1](shown, request.user, request.POST, **data)):
        messages.success(request, _("Saved."))
        return redirect("list_detail", pk)
    return list_page(request, seen(request.user, pk), verb, form, form.status)


def form_of(verb: str, shown: ActionList, user: User, data=None) -> VerbForm:
    form = PARTS[verb][0](data, about=shown)
    if hasattr(form, "for_user"):
        form.for_user(user)
    return form


def take_off(shown: ActionList, by: User, posted: dict) -> None:
    person = shown.people.filter(pk=id_of(posted.get("person"))).first()
    if person is not None:
        shown.remove_person(by, person)


def send_again(shown: ActionList, by: User, posted: dict) -> None:
    mail = trouble_on(shown).filter(pk=id_of(posted.get("mail"))).first()
    if mail is not None:
        dead_letters.send_again(mail, by, timezone.now())


def drop_mail(shown: ActionList, by: User, posted: dict) -> None:
    mail = trouble_on(shown).filter(pk=id_of(posted.get("mail"))).first()
    if mail is not None:
        dead_letters.drop(mail, by, timezone.now())


PARTS = {
    "change": (ListChangeForm, lambda one, by, posted, **data: one.change(by, **data)),
    "buy-in": (
        BuyInForm,
        lambda one, by, posted, buy_in, buy_in_on, buy_in_how, seen: one.record_buy_in(
            by, buy_in, buy_in_on, seen, buy_in_how
        ),
    ),
    "sponsor": (
        AskSponsorForm,
        lambda one, by, posted, what, needed_by: SponsorRequest.ask(
            by, one, what, needed_by, now=timezone.now(), today=timezone.localdate()
        ),
    ),
    "add-person": (PersonForm, lambda one, by, posted, person: one.add_person(by, person)),
    "remove-person": (Nothing, take_off),
    "send-again": (Nothing, send_again),
    "drop-mail": (Nothing, drop_mail),
}


def list_page(
    request: HttpRequest, shown: ActionList, do: str = "", form: VerbForm | None = None, status: int = 200
) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    actions = with_rows(shown.actions)
    # Whoever may write sees mail trouble too: those are the people who can do something about it.
    may_edit = can_edit_list(user, shown)
    commitments = list(promises_on(shown, user, today))
    asked.tell(commitments, user, may_edit)
    requests = requests_of(shown, today)
    context = {
        "list": shown,
        "home": reverse("list_detail", args=[shown.pk]),
        "do": do,
        "form": form,
        "can_edit": may_edit,
        "members": shown.members,
        "actions": over(actions) if do == OVER else with_stalls(actions, today),
        "is_over": do == OVER,
        "commitments": commitments,
        "lately": lately_on(shown, today),
        "sponsor_requests": requests,
        "can_ask_sponsor": may_edit and shown.sponsor_id and shown.sponsor_id != user.pk,
        "dates_asked": shown.dates_asked,
        "drops_asked": drops_of(shown, user),
        "checks_due": shown.checks_due,
        "can_decide": can_decide_date(user, shown),
        "away": away_of(shown, user, today) if len(commitments) == SHOWN else away_among(commitments),
        "is_admin": reach_of(user).is_admin,
        "undelivered": undelivered_on(shown) if may_edit and some_undelivered(commitments, requests) else [],
        "changes": history_of(request, [shown]),
        "today": today,
    }
    return render(request, "actions/list_detail.html", context, status=status)


def with_stalls(actions: QuerySet, today: date) -> list[ActionItem]:
    found = list(still_open(stalls.with_signs(actions, today)))
    for one in found:
        stall = stalls.stall_of_row(one, today)
        one.stalled = in_words(stall, today) if stall else ""
    return found


def away_of(shown: ActionList, user: User, today: date) -> QuerySet:
    """The same where there are more promises than are shown."""
    mine = Commitment.objects.visible_to(user).filter(action_list=shown).still_open()
    return Absence.objects.ahead(today).filter(person__in=mine.order_by().values("person")).for_list()[:SHOWN]


def away_among(commitments: list[Commitment]) -> list[Absence]:
    """Of the people whose answers are waited for, the next away first."""
    found = {absence.pk: absence for one in commitments if one.is_open for absence in one.away}
    return sorted(found.values(), key=lambda absence: (absence.from_on, absence.person.name, absence.pk))


def still_open(actions: QuerySet) -> QuerySet:
    return actions.filter(state__in=OPEN_STATES).order_by("sort_on", "pk")[:SHOWN]


def over(actions: QuerySet) -> QuerySet:
    return actions.exclude(state__in=OPEN_STATES).order_by(F("claimed_done_at").desc(), "-pk")[:SHOWN]


def promises_on(shown: ActionList, user: User, today: date) -> QuerySet:
    """`away`: when the person is, now or within the week."""
    absences = Absence.objects.ahead(today).filter(person=OuterRef("person"))
    away = Together(absences, "from_on", "until_on", "person__name", "stand_in__name")
    over = [CommitmentState.KEPT, CommitmentState.DROPPED, CommitmentState.DECLINED]
    mine = Commitment.objects.visible_to(user).filter(action_list=shown).exclude(state__in=over)
    return asked.with_requests(mine.for_list()).annotate(away=away).order_by("due_on", "pk")[:SHOWN]


def some_undelivered(commitments: list[Commitment], requests: list[SponsorRequest]) -> bool:
    """Seen in what is shown; where more is not shown, or a sponsor is silent, it has to be looked for."""
    return (
        any(one.is_open for one in requests)
        or len(commitments) == SHOWN
        or any(one.told and one.told.state in TROUBLE for one in commitments)
    )
