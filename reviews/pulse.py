"""What a screen asks every two seconds: is anything new? One query, and a mark that changes with whatever does."""

import hashlib

from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from failforward.accounts.models import Membership, Role, User
from failforward.history.models import Change
from reviews.models import FailureEvent, Finding, Review, ReviewPerson, Session
from reviews.models.session import Clock

RUNS = Q(sessions__ended_at=None)


def beat(user: User, pk: int) -> Review | None:
    """The review with its running session and `changes`, where `user` reads it."""
    return with_session(Review.objects.filter(read_by(user), pk=pk)).first()


def with_session(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Each with `running`, its session or None, and with `changes`, which grows by every verb."""
    running = reviews.annotate(running=FilteredRelation("sessions", condition=RUNS))
    return running.select_related("running__led_by").annotate(
        changes=number_of(changes()), answers=number_of(answers())
    )


def changes() -> QuerySet[Change]:
    """Every verb leaves one: on the review, its events, its sessions, and the findings its events are in."""
    events = FailureEvent.everything.filter(review=OuterRef(OuterRef("pk")))
    sessions = Session.objects.filter(review=OuterRef(OuterRef("pk")))
    about = {
        FailureEvent: events.values("pk"),
        Session: sessions.values("pk"),
        Finding: events.filter(finding__isnull=False).values("finding"),
    }
    wanted = Q(subject=Review._meta.label_lower, subject_id=OuterRef("pk"))
    for model, ids in about.items():
        wanted |= Q(subject=model._meta.label_lower, subject_id__in=ids)
    return Change.objects.filter(wanted)


def answers() -> QuerySet[FailureEvent]:
    """The actions on those findings; `reviews` knows only that there are some."""
    return FailureEvent.objects.filter(review=OuterRef("pk"), finding__actions__isnull=False)


def number_of(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def read_by(user: User) -> Q:
    """The same as `Review.objects.visible_to`, without a look at the teams first."""
    whose = ExpressionWrapper(OuterRef("team__path"), CharField())
    leads = Membership.objects.filter(user=user.pk).annotate(whose=whose)
    leads = leads.filter(Q(role=Role.ADMIN) | Q(role=Role.MANAGER, whose__startswith=F("team__path")))
    on_it = ReviewPerson.objects.filter(review=OuterRef("pk"), user=user.pk)
    return Exists(on_it) | Q(visibility="standard") & (Q(owner=user.pk) | Exists(leads))


def mark_of(review: Review, clock: Clock | None, here: list[str]) -> str:
    """Two screens with the same mark show the same."""
    told = (review.changes, review.answers, review.state, getattr(review.running, "pk", 0), clock and clock.left, here)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]
