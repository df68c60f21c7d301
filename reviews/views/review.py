from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from failforward.accounts.models import User
from failforward.forms import refusals_in
from failforward.guards import Refused
from failforward.prepared import prepared
from reviews import capture, loss_costs, permissions
from reviews.forms.closing import ClosingForm, TargetForm
from reviews.forms.event import NewEventForm
from reviews.forms.gathering import OwnPartForm
from reviews.forms.hand_off import AcceptForm, ThankForm
from reviews.forms.review import DEPTHS, AddendumForm, ReasonForm
from reviews.hand_off_page import HandOffPage
from reviews.models import Review
from reviews.review_beside import with_beside
from reviews.review_page import Page, changes_of, page_of
from reviews.views.review_forms import opened, sort_form
from reviews.views.screens import back, screen_of


def readable(request: HttpRequest, pk: int) -> Review:
    review = next(iter(with_all(pk, request.user.pk, today=timezone.localdate())), None)
    if review is None:
        raise Http404
    review.persons_read = review.crew_read
    if not permissions.reads_review(request.user, review):
        raise Http404
    review.seen_in = request.GET.get("in", "")
    return review


@prepared
def with_all(pk: int, user: int, *, today: date) -> QuerySet[Review]:
    whole = with_beside(capture.with_asked(Review.objects.for_page()), user)
    return loss_costs.with_decided(whole, today).filter(pk=pk)


def must(allowed: bool) -> None:
    """A reader who may not write is told so; a stranger found nothing before."""
    if not allowed:
        raise PermissionDenied


@login_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """`?event=` opens one event, `?do=` another part: "event" (a new one), "cost", "person", "coders", "readers",
    "target", "history"."""
    review, do = readable(request, pk), request.GET.get("do", "")
    page = page_of(review, request.user, chosen=request.GET.get("event", "none" if do else ""))
    return show(request, review, page, **opened(request.user, page, do))


def show(request: HttpRequest, review: Review, page: Page, status: int = 200, **forms: Form) -> HttpResponse:
    """The quick review. `forms` are those that stand open, with what was typed where a guard sent them back."""
    if screen := screen_of(review.seen_in):
        return screen.show(request, review, page, status, **forms)
    shown = context(request.user, review, page) | {"changes": changes_of(request, page)} | forms
    return render(request, "reviews/review.html", shown, status=status)


@dataclass(frozen=True)
class May:
    """What the person in front of the page may do with it."""

    choose: bool
    waive: bool
    write: bool
    lead: bool
    close: bool
    add: bool
    reopen: bool
    capture: bool

    @classmethod
    def of(cls, user: User, review: Review) -> "May":
        return cls(
            choose=permissions.can_choose(user, review) and review.state in ("pending", "waived"),
            waive=permissions.can_waive(user, review) and review.state == "pending",
            write=permissions.can_edit_review(user, review),
            lead=permissions.can_add_people(user, review),
            close=permissions.can_close(user, review),
            add=permissions.can_add_addendum(user, review),
            reopen=permissions.can_reopen(user, review),
            capture=permissions.can_capture(user, review),
        )


def context(user: User, review: Review, page: Page) -> dict:
    may, is_hand_off = May.of(user, review), review.kind == Review.Kind.HAND_OFF
    return {
        "review": review,
        "deal": review.deal,
        "page": page,
        "may": may,
        "sort_form": sort_form(page) if page.open_event else None,
        "event_form": NewEventForm(prefix="new", name=user.name) if may.write and begins_with_events(page) else None,
        "hand_off": HandOffPage.of(review, user) if is_hand_off else None,
        "ledger_line": None,
        "accept_form": AcceptForm() if is_hand_off else None,
        "thank_form": ThankForm() if is_hand_off else None,
        "closing_form": ClosingForm.of(page) if may.close else None,
        "target_form": None,
        "person_form": None,
        "readers_form": None,
        "shared": shared(review, page),
        "cost_form": None,
        "part_form": OwnPartForm() if may.write and page.asks_own_part else None,
        "visibility_form": None,
        "waive_form": ReasonForm(auto_id="id_waive_%s") if may.waive else None,
        "reopen_form": ReasonForm(auto_id="id_reopen_%s") if may.reopen else None,
        "addendum_form": AddendumForm() if may.add else None,
        "refused": "",
    }


def begins_with_events(page: Page) -> bool:
    """A hand-off begins with its checklist, and may go without any; a full review with everybody's own part."""
    return not page.events and page.review.kind != Review.Kind.HAND_OFF and not page.asks_own_part


def shared(review: Review, page: Page) -> loss_costs.Shared | None:
    """What a lost deal cost, once it is looked at; who bears it only for those who hear all events."""
    if review.kind != Review.Kind.LOST_DEAL or not (review.is_open or review.is_closed):
        return None
    return loss_costs.shared_out(review, page.events if page.hears_all else [])


@login_required
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.can_choose(request.user, review))
    depth = request.POST.get("depth", "")
    try:
        if depth not in dict(DEPTHS):
            raise Refused(_("Choose how deep it goes: a quick review or a full one."))
        review.choose(request.user, depth, timezone.localdate())
    except Refused as refused:
        messages.warning(request, refused)
    return back(review)


@login_required
@require_POST
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.can_waive(request.user, review))
    return said(request, review, ReasonForm, "waive", lambda form: review.waive(request.user, form["reason"]))


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.may_reopen(request.user, review))
    answer = said(request, review, ReasonForm, "reopen", lambda form: review.reopen(request.user, form["reason"]))
    if answer.status_code == 302:
        messages.success(request, _("The review is open again. Close it when what is new is settled."))
    return answer


@login_required
@require_POST
def addendum(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.works_on(request.user, review) or permissions.can_add_addendum(request.user, review))
    return said(request, review, AddendumForm, "addendum", lambda form: review.add_addendum(request.user, form["text"]))


def said(request: HttpRequest, review: Review, kind: type[Form], name: str, verb) -> HttpResponse:
    """One text, one verb; what is refused comes back with its sentence at the field."""
    auto_id = "id_%s" if kind is AddendumForm else f"id_{name}_%s"
    form = kind(request.POST, auto_id=auto_id)
    if form.is_valid():
        with refusals_in(form):
            verb(form.cleaned_data)
            return back(review)
    review = readable(request, review.pk)
    page = page_of(review, request.user)
    return show(request, review, page, 422, **{f"{name}_form": form, "form": form})


@login_required
@require_POST
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """The day by which it is to be closed."""
    review = readable(request, pk)
    must(permissions.leads_review(request.user, review))
    form = TargetForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            review.aim_at(request.user, form.cleaned_data["target_close_on"], timezone.localdate())
            return back(review, "#close")
    return show(request, review, page_of(review, request.user), 422, target_form=form, form=form)


@login_required
@require_POST
def thank(request: HttpRequest, pk: int) -> HttpResponse:
    """Thanks that nobody has sent yet, from whoever presses."""
    review = readable(request, pk)
    must(permissions.leads_review(request.user, review))
    if thanked := review.send_thanks(request.user, timezone.now()):
        messages.success(request, _("%(names)s are thanked by mail.") % {"names": ", ".join(map(str, thanked))})
    return back(review, "#close")


@login_required
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the deal's owner by mail, once."""
    review = readable(request, pk)
    must(permissions.leads_review(request.user, review))
    if why := capture.why_not(review):
        messages.warning(request, why)
    else:
        capture.ask_owner(review, request.user, timezone.now())
        messages.success(request, _("%(name)s is asked by mail, once.") % {"name": review.owner})
    return back(review, "#people")
