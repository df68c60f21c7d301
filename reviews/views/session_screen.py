"""What one screen of a session is made of: where it is seen, who is here, its step and the forms that stand on it."""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from failforward import presence
from failforward.accounts.models import User
from failforward.ids import id_of
from failforward.prepared import prepared
from failforward.projector import is_projected
from reviews import permissions
from reviews.crew import with_crew
from reviews.models import FailureEvent, Review, Session
from reviews.models.session import MORE, Step
from reviews.near_misses import is_win, reminder, role_choices
from reviews.pulse import mark_of, with_session
from reviews.session_page import StepPage, step_page, with_counts
from reviews.views.review import May
from reviews.views.sitting import Sitting


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
