"""How far losses go in the loop: chosen, reviewed, systemic. Of standard reviews only, for everybody.

Each step is a part of the one before it, so that a list can be asked for the losses behind a figure.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.accounts.reach import reach_of
from failforward.prepared import counting, prepared
from reviews.models import Deal, FailureEvent, Review
from reviews.models.deal import LOSSES
from reviews.models.review_state import CHOSEN_STATES, State

Days = tuple[date, date]
# Asked of each review by itself.
A_LOSS = Q(deal__outcome__in=LOSSES)


def lost(user: User, since: date, until: date) -> QuerySet[Deal]:
    """Losses: deals that count as lost, by the day of the loss, whether or not anybody looked at them."""
    # The column that deals lie in order of; of a loss it is its day.
    return Deal.objects.visible_to(user).lost().filter(sort_on__gte=since, sort_on__lte=until).order_by()


def of_days(user: User, since: date | None, until: date | None) -> tuple[QuerySet[Review], Q]:
    """What `user` reads of losses of these days, and which of their deals count as lost. That is asked of each where
    they are few; where they are all, it takes far less to read the losses of these days at once, since the day of a
    review is that of its deal."""
    days = {"lost_on__gte": since, "lost_on__lte": until}
    reviews = Review.objects.visible_to(user).filter(**{name: day for name, day in days.items() if day}).order_by()
    if not (since and until and reach_of(user).is_admin):
        return reviews, A_LOSS
    return reviews, Q(deal__in=lost(user, since, until).values("pk"))


def up_for_choosing(reviews: QuerySet[Review], a_loss: Q = A_LOSS) -> QuerySet[Review]:
    """Losses that were put up to be chosen, waived ones too."""
    return reviews.standard().filter(a_loss, kind=Review.Kind.LOST_DEAL)


def chosen(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Chosen: somebody said that it shall be reviewed; it may be under way, closed or reopened."""
    return up_for_choosing(reviews).chosen()


def reviewed(reviews: QuerySet[Review], a_loss: Q = A_LOSS) -> QuerySet[Review]:
    """Reviewed: chosen, and its review is closed now."""
    return up_for_choosing(reviews, a_loss).filter(state=State.CLOSED)


def systemic(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Systemic: reviewed, and at least one of its events could happen again."""
    return reviewed(reviews).filter(is_systemic())


def is_systemic() -> Exists:
    return Exists(FailureEvent.objects.systemic().filter(review=OuterRef("pk")))


STEPS: dict[str, tuple[str, Callable]] = {
    "chosen": (_("chosen"), chosen),
    "reviewed": (_("reviewed"), reviewed),
    "systemic": (_("systemic"), systemic),
}
CHOICES = [(name, label) for name, (label, _reached) in STEPS.items()]


@counting
def count_lost(user: User, *, days: Days) -> QuerySet[Deal]:
    return lost(user, *days).values("pk")


@prepared
def by_state(user: User, *, days: Days) -> QuerySet:
    showing = Count("pk", filter=Q(state=State.CLOSED) & Q(is_systemic()))
    rows = up_for_choosing(*of_days(user, *days))
    return rows.values("state").annotate(losses=Count("pk"), showing=showing)


def counted(user: User, since: date, until: date) -> dict[str, int]:
    """How many are in each step, and where those are that did not come so far; one query."""
    rows = by_state(user, days=(since, until))
    number = Counter({row["state"]: row["losses"] for row in rows})
    return {
        "chosen": sum(number[state] for state in CHOSEN_STATES),
        "reviewed": number[State.CLOSED],
        "with_systemic": sum(row["showing"] for row in rows),
        "pending": number[State.PENDING],
        "waived": number[State.WAIVED],
    }
