"""What a screen asks every two seconds: is anything new? One query, and a mark that changes with whatever does."""

import hashlib
from functools import cache

from django.db.models import (
    Count,
    Exists,
    Expression,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from failforward.accounts.models import User
from failforward.accounts.reach import managing
from reviews.models import FailureEvent, Finding, Review, ReviewPerson
from reviews.models.session import Clock

RUNS = Q(sessions__ended_at=None)


def beat(user: User, pk: int) -> Review | None:
    """The review with its running session and `changes`, where `user` reads it."""
    return with_session(Review.objects.filter(read_by(user), pk=pk)).first()


def with_session(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Each with `running`, its session or None, and with `changes`, which grows by every verb."""
    running = reviews.annotate(running=FilteredRelation("sessions", condition=RUNS))
    return running.select_related("running__led_by").annotate(**marks())


@cache
def marks() -> dict[str, Expression]:
    """Put together once: nothing is asked more often."""
    return {"changes": changes(), "answers": number_of(answers())}


def changes() -> RawSQL:
    """How many there are: every verb leaves one, on the review, its events and what is found out about them, its
    sessions, and the findings its events are in.

    By hand, because each subject must be counted by itself: under one OR PostgreSQL walks all changes there are.
    """
    ours = "SELECT id FROM {} WHERE review_id = reviews_review.id".format
    found_out = f"SELECT id FROM {{}} WHERE event_id IN ({ours('reviews_failureevent')})".format  # noqa: S608
    about = {
        "reviews.review": "reviews_review.id",
        "reviews.failureevent": ours("reviews_failureevent"),
        "reviews.comparison": found_out("reviews_comparison"),
        "reviews.why": found_out("reviews_why"),
        "reviews.session": ours("reviews_session"),
        "reviews.finding": "SELECT finding_id FROM reviews_failureevent WHERE review_id = reviews_review.id",
    }
    one = "(SELECT COUNT(*) FROM history_change WHERE subject = '{}' AND subject_id IN ({}))".format
    return RawSQL(" + ".join(one(subject, ids) for subject, ids in about.items()), [])


def answers() -> QuerySet[Finding]:
    """The actions on those findings; `reviews` knows only that there are some."""
    of_events = FailureEvent.objects.filter(review=OuterRef("pk")).values("finding")
    return Finding.objects.filter(pk__in=of_events, actions__isnull=False)


def number_of(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def read_by(user: User) -> Q:
    """The same as `Review.objects.visible_to`, without a look at the teams first."""
    on_it = ReviewPerson.objects.filter(review=OuterRef("pk"), user=user.pk)
    return Exists(on_it) | Q(visibility="standard") & (Q(owner=user.pk) | managing(user, "team__path"))


def mark_of(review: Review, clock: Clock | None, here: list[str]) -> str:
    """Two screens with the same mark show the same."""
    told = (review.changes, review.answers, review.state, getattr(review.running, "pk", 0), clock and clock.left, here)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]
