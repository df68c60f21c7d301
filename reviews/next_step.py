"""What a review waits for, in a few words; one query for a whole page of them."""

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from failforward.prepared import prepared
from failforward.templatetags.ui import shortened
from reviews.models import FailureEvent, Review, Verdict
from reviews.models.review_state import State

MOST_LETTERS = 90
NOTHING = {"events": 0, "unjudged": 0, "unsettled": 0, "loose": 0}


def add_next_steps(reviews: list[Review]) -> None:
    """Sets `next_step` on each."""
    asked = [review.pk for review in reviews if review.is_open]
    counts = {row["review"]: row for row in (counts_of(*asked) if asked else [])}
    for review in reviews:
        review.next_step = shortened(next_step(review, counts.get(review.pk, NOTHING)), MOST_LETTERS)


@prepared
def counts_of(*reviews: int) -> QuerySet:
    return (
        FailureEvent.objects.filter(review__in=reviews)
        .order_by()
        .values("review")
        .annotate(
            events=Count("pk"),
            unjudged=Count("pk", filter=Q(causal_role="")),
            unsettled=Count("pk", filter=Q(settled_at=None)),
            loose=Count("pk", filter=Q(verdict=Verdict.SYSTEMIC, finding=None)),
        )
    )


def next_step(review: Review, counts: dict[str, int]) -> str:
    if review.state == State.PENDING:
        return _("Review, quick review or waive")
    if review.state == State.WAIVED:
        return review.waived_because
    if review.state == State.CLOSED:
        return _("Lesson: %(lesson)s") % {"lesson": review.lesson} if review.lesson else ""
    if not counts["events"] and review.kind == Review.Kind.HAND_OFF:
        return _("Checklist and promises")
    if not counts["events"] and review.kind == Review.Kind.WIN:
        return _("Write down what nearly went wrong")
    if not counts["events"]:
        return _("Write down what happened")
    if number := counts["unjudged"]:
        return ngettext("One event has no causal role yet", "%(number)s events have no causal role yet", number) % {
            "number": number
        }
    if number := counts["unsettled"]:
        return ngettext("One event waits to be sorted", "%(number)s events wait to be sorted", number) % {
            "number": number
        }
    if number := counts["loose"]:
        return ngettext("One event needs a finding", "%(number)s events need a finding", number) % {"number": number}
    return _("Actions, then close")
