"""The session: one screen a step, moved on by whoever leads. Its forms are the review's own and go where those go."""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from failforward import presence
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.ids import id_of
from failforward.prepared import prepared
from failforward.projector import is_projected, keep_projected
from reviews import permissions
from reviews.codebook import codebook
from reviews.crew import with_crew
from reviews.forms.board import JudgeForm
from reviews.forms.closing import ClosingForm, TargetForm
from reviews.forms.coding import CodingForm
from reviews.forms.event import NewEventForm
from reviews.forms.gathering import OwnPartForm
from reviews.hand_off_page import HandOffPage
from reviews.models import FailureEvent, Review, Session
from reviews.models.session import MORE, Step
from reviews.near_misses import is_win, reminder, role_choices
from reviews.pulse import beat, mark_of, with_session
from reviews.session_page import StepPage, step_page, with_counts
from reviews.views.coding import half_of
from reviews.views.review import SCREENS, May, Screen, must, sort_form
from reviews.views.sitting import Sitting, hat_of

# People beyond whom the lines of thanks are opened only when somebody asks for them.
MANY = 8


class Place(NamedTuple):
    """The step that is seen; `own` where somebody looks at it by themselves and does not go with the others."""

    step: Step | None
    own: bool = False

    @classmethod
    def asked_for(cls, request: HttpRequest, review: Review) -> "Place":
        asked, running = request.GET.get("step", ""), review.running
        if asked in Step.values and (running is None or running.step != asked):
            return cls(Step(asked), own=True)
        return cls(running.at if running else None)

    @classmethod
    def said_by(cls, place: str) -> "Place":
        """`session.gather` or `session.gather.own`."""
        _session, step, own = [*place.split("."), "", ""][:3]
        return cls(Step(step) if step in Step.values else None, own == "own")

    def __str__(self) -> str:
        return ".".join(filter(None, ["session", self.step, "own" if self.own else ""]))


class Column(NamedTuple):
    """Of the causes: the events that lie on the screen, and how many more there are."""

    role: str
    key: str
    label: str
    events: list[FailureEvent]
    more: int


class Station(NamedTuple):
    """A step in the row of all five."""

    step: Step
    url: str
    is_seen: bool
    is_led: bool


@dataclass
class View:
    """What a screen is made of besides its forms."""

    request: HttpRequest
    review: Review
    place: Place
    here: list[str]
    page: StepPage | None = None

    def __post_init__(self) -> None:
        self.now = timezone.now()
        self.session = self.review.running
        self.clock = self.session.clock(self.now) if self.session else None
        self.projected = is_projected(self.request)

    @property
    def user(self) -> User:
        return self.request.user

    @property
    def part(self) -> str:
        return "covered" if self.page and self.page.is_covered else str(self.place.step)

    def context(self) -> dict:
        session, review, user = self.session, self.review, self.user
        return {
            "review": review,
            "deal": review.deal,
            "page": self.page,
            "may": May.of(user, review),
            "session": session,
            "step": self.place.step,
            "own": self.place.own,
            "stations": self.stations(),
            "clock": self.clock,
            "five_more": max(self.clock.planned, self.clock.used) + MORE if self.clock else 0,
            "here": self.here,
            "leads": bool(session) and session.led_by_id == user.pk and permissions.works_on(user, review),
            "may_take": bool(session) and permissions.leads_review(user, review),
            "may_begin": permissions.can_begin_session(user, review),
            "within": f"?in={self.place}",
            "projected": self.projected,
            "is_win": is_win(review),
            "reminder": reminder(review),
            "has_base_rate": review.kind == Review.Kind.LOST_DEAL,
            "live_url": self.live_url(),
            "told": self.page.told if self.page else 0,
            "columns": self.columns() if self.place.step == Step.CAUSES else [],
            "live_part": f"reviews/session/_{self.part}.html",
            "refused": "",
        }

    def stations(self) -> list[Station]:
        at = self.session.step if self.session else ""
        base = address(self.review)
        return [
            Station(step, base if step == at else f"{base}?step={step}", step == self.place.step, step == at)
            for step in Step
        ]

    def columns(self) -> list[Column]:
        roles = ((role, str(n), word) for n, (role, word) in enumerate(role_choices(self.review), 1))
        told = [("", "", _("Not judged yet")), *roles]
        return [Column(*role, self.page.column(role[0]), self.page.more(role[0])) for role in told]

    def live_url(self) -> str:
        asked = {"mark": mark_of(self.review, self.clock, self.here), "at": self.place.step or ""}
        if self.page:
            asked |= {"n": self.page.figure} | ({"page": self.page.number} if self.page.number > 1 else {})
        if self.place.own:
            asked["own"] = 1
        return f"{reverse('session_live', args=[self.review.pk])}?{urlencode(asked)}"


def found(request: HttpRequest, pk: int) -> Review:
    review = next(iter(with_all(pk)), None)
    if review is None or not permissions.reads_review(request.user, with_crew(review)):
        raise Http404
    return review


@prepared
def with_all(pk: int) -> QuerySet[Review]:
    return with_counts(with_session(Review.objects.for_session().filter(pk=pk)))


def address(review: Review) -> str:
    return reverse("session", args=[review.pk])


def back_to(review: Review, anchor: str) -> str:
    """Where a form of the session leads: to the others, or to the step that one looks at by oneself."""
    place = Place.said_by(review.seen_in)
    if place.step == Step.CAUSES and anchor.startswith("?event="):
        anchor = f"{anchor.partition('#')[0]}#s-judge"
    if not place.own:
        return f"{address(review)}{anchor}"
    return f"{address(review)}?step={place.step}{anchor.replace('?', '&', 1)}"


@login_required
@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """`?step=` looks at a step by oneself, `?event=` opens an event, `?page=` turns the pages of what was gathered,
    `?look=1` shows who looks as somebody who is here, which a script does by itself."""
    review = found(request, pk)
    place, chosen = Place.asked_for(request, review), id_of(request.GET.get("event"))
    if chosen and place.step == Step.CLOSE and (step := step_of(request.user, review, chosen)):
        return redirect(f"{address(review)}?step={step}&event={chosen}#event-{chosen}")
    response = drawn(view_of(request, review, place, chosen), {})
    if request.GET.get("projector") in ("0", "1"):
        keep_projected(request, response, request.GET["projector"] == "1")
    return response


def view_of(request: HttpRequest, review: Review, place: Place, chosen: int = 0) -> View:
    view = View(request, review, place, here_at(request, review))
    if place.step:
        view.page = step_page(
            review,
            request.user,
            place.step,
            projected=view.projected,
            number=id_of(request.GET.get("page")) or 1,
            chosen=chosen,
            later=Sitting(request, timezone.localdate()).later if place.step == Step.SORT else (),
        )
    return view


def here_at(request: HttpRequest, review: Review) -> list[str]:
    if review.running is None:
        return []
    looks = request.GET.get("look") or request.resolver_match.url_name == "session_live"
    user = request.user if looks else None
    here = presence.look_in(room_of(review.running), user, timezone.now())
    if request.user.pk != review.running.led_by_id or request.user.name in here:
        return here
    # Whoever leads is named as leading anyway, and is here on their own screen from the first.
    return sorted([*here, request.user.name])


def room_of(running: Session) -> str:
    return f"session:{running.pk}"


def drawn(view: View, forms: dict, status: int = 200) -> HttpResponse:
    page = view.page
    if page is None:
        return render(view.request, "reviews/session/lobby.html", view.context() | forms, status=status)
    shown = view.context() | FORMS[page.step](view, view.request.GET.get("do", "")) | forms
    return render(view.request, f"reviews/session/{page.step}.html", shown, status=status)


def show_again(
    request: HttpRequest, review: Review, _page: object, status: int, chosen: int = 0, **forms
) -> HttpResponse:
    """The step as somebody saw it who sent a form, with what they typed; the others may be elsewhere by now."""
    review, place = found(request, review.pk), Place.said_by(review.seen_in)
    if place.step is None:
        place = Place(Step.GATHER, own=True)
    return drawn(view_of(request, review, place, chosen or id_of(request.POST.get("event"))), forms, status)


SCREENS["session"] = Screen(show_again, back_to)


def gather_forms(view: View, do: str) -> dict:
    page, may = view.page, permissions.can_edit_review(view.user, view.review)
    part, is_private = None, not view.projected
    if may and is_private and page.asks_own_part:
        part = OwnPartForm()
    elif may and is_private and do == "part" and page.own_part:
        part = OwnPartForm(initial={"text": page.own_part.text})
    adds = may and (is_private or do == "event")
    return {
        "event_form": NewEventForm(prefix="new", name=view.user.name) if adds else None,
        "part_form": part,
        "hand_off": HandOffPage.of(view.review, view.user) if view.review.kind == Review.Kind.HAND_OFF else None,
    }


def causes_forms(view: View, do: str) -> dict:
    opened = view.page.open_event
    return {"judge_form": JudgeForm(event=opened) if opened else None}


def sort_forms(view: View, do: str) -> dict:
    hat, event = hat_of(view.request), view.page.open_event
    form = CodingForm(initial=half_of(event) | {"hat": hat}) if event else None
    if form:
        form.fields["category"].widget.hints = {category.code: category.short for category in codebook()}
    return {"coding_form": form, "hat": hat}


def findings_forms(view: View, do: str) -> dict:
    page = view.page
    return {"sort_form": sort_form(page) if page.open_event and page.may_join else None}


def close_forms(view: View, do: str) -> dict:
    review, may = view.review, permissions.can_close(view.user, view.review)
    target = TargetForm(initial={"target_close_on": review.target_close_on}) if may and do == "target" else None
    form, later = ClosingForm.of(view.page) if may else None, do != "thanks" and len(view.page.persons) > MANY
    if form and later:
        form.thanked = []
    return {"closing_form": form, "target_form": target, "thanks_later": later}


FORMS = {
    Step.GATHER: gather_forms,
    Step.CAUSES: causes_forms,
    Step.SORT: sort_forms,
    Step.FINDINGS: findings_forms,
    Step.CLOSE: close_forms,
}


def step_of(user: User, review: Review, chosen: int) -> Step | None:
    """Where that which an event lacks is said."""
    event = FailureEvent.objects.visible_to(user).filter(review=review, pk=chosen).first()
    if event is None:
        return None
    if not event.causal_role:
        return Step.CAUSES
    return Step.FINDINGS if event.is_settled else Step.SORT


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed since the screen was drawn: nothing (204), or its parts that hold no form."""
    if not request.user.is_authenticated:
        # A part of a page cannot become the log-in page.
        return HttpResponse(status=401) if request.htmx else redirect_to_login(request.get_full_path())
    review = beat(request.user, pk)
    if review is None:
        raise Http404
    running, here = review.running, here_at(request, review)
    clock = running.clock(timezone.now()) if running else None
    if request.GET.get("mark") == mark_of(review, clock, here):
        return HttpResponse(status=204)
    review, asked = found(request, pk), request.GET.get("at", "")
    place = Place(Step(asked) if asked in Step.values else None, bool(request.GET.get("own")))
    view = view_of(request, review, place, id_of(request.GET.get("event")))
    news = {"said": said(view), "moved": has_moved(view)}
    return render(request, "reviews/session/live.html", view.context() | news)


def has_moved(view: View) -> bool:
    return not view.place.own and view.place.step != (view.session.at if view.session else None)


def said(view: View) -> str:
    """For those who listen, and beside the list for all: how much has come since they looked."""
    page = view.page
    more = page.figure - id_of(view.request.GET.get("n")) if page and view.request.GET.get("n") else 0
    if more <= 0:
        return ""
    return {
        Step.GATHER: ngettext("%(n)s new event.", "%(n)s new events.", more),
        Step.CAUSES: ngettext("%(n)s more is judged.", "%(n)s more are judged.", more),
        Step.SORT: ngettext("%(n)s more is settled.", "%(n)s more are settled.", more),
    }.get(page.step, ngettext("%(n)s more has a finding.", "%(n)s more have a finding.", more)) % {"n": more}


@login_required
@require_POST
def session_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Whoever leads: begin, step, give, open, lead, end. Everybody: projector, for their own browser."""
    review = get_object_or_404(Review.objects.visible_to(request.user).for_detail(), pk=pk)
    response = redirect("session", pk=pk)
    if verb == "projector":
        return keep_projected(request, response, not is_projected(request))
    if verb not in VERBS:
        raise Http404
    running = Session.running(pk)
    if running:
        running.review = review
    must(permissions.leads_review(request.user, review) or running and permissions.leads_session(request.user, running))
    try:
        if verb == "begin":
            Session.begin(review, request.user, timezone.now())
        elif running is None:
            messages.info(request, _("This session is over."))
        else:
            VERBS[verb](running, request)
    except Refused as refused:
        messages.warning(request, refused)
    return response


def hand_over(running: Session, request: HttpRequest) -> None:
    could = {person.user_id: person.user for person in running.review.persons.all()} | {request.user.pk: request.user}
    to = could.get(id_of(request.POST.get("user")))
    if to is None:
        raise Refused(_("Choose who leads from here on."))
    if running.hand_over(request.user, to):
        messages.success(request, _("%(name)s leads now.") % {"name": to})


def end(running: Session, request: HttpRequest) -> None:
    if running.end(request.user, timezone.now()):
        presence.leave_all(room_of(running))
        messages.success(request, _("The session is over. The review goes on."))


VERBS = {
    "begin": None,
    "step": lambda running, request: running.move_to(request.user, request.POST.get("step", ""), timezone.now()),
    "give": lambda running, request: running.give(request.user, id_of(request.POST.get("minutes"))),
    "open": lambda running, request: running.open_to_room(request.user, timezone.now()),
    "lead": hand_over,
    "end": end,
}
