"""How far losses go in the loop: chosen, reviewed, systemic. Of standard reviews only, for everybody.

Each step is a part of the one before it, so that a list can be asked for the losses behind a figure.
"""

from collections.abc import Callable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from reviews.models import Deal, FailureEvent, Review
from reviews.models.deal import LOSSES
from reviews.models.review_state import CHOSEN_STATES, State


def lost(user: User, since: date, until: date) -> QuerySet[Deal]:
    """Losses: deals that count as lost, by the day of the loss, whether or not anybody looked at them."""
    return Deal.objects.visible_to(user).lost().filter(lost_on__gte=since, lost_on__lte=until)


def up_for_choosing(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Losses that were put up to be chosen, waived ones too."""
    return reviews.standard().filter(kind=Review.Kind.LOST_DEAL, deal__outcome__in=LOSSES)


def chosen(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Chosen: somebody said that it shall be reviewed; it may be under way, closed or reopened."""
    return up_for_choosing(reviews).chosen()


def reviewed(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Reviewed: chosen, and its review is closed now."""
    return up_for_choosing(reviews).filter(state=State.CLOSED)


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


def counted(user: User, since: date, until: date) -> dict[str, int]:
    """How many are in each step, and where those are that did not come so far; one query."""
    mine = Review.objects.visible_to(user).filter(lost_on__gte=since, lost_on__lte=until)
    closed = Q(state=State.CLOSED)
    rows = up_for_choosing(mine).annotate(systemic=is_systemic()).order_by()
    return rows.aggregate(
        chosen=Count("pk", filter=Q(state__in=CHOSEN_STATES)),
        reviewed=Count("pk", filter=closed),
        with_systemic=Count("pk", filter=closed & Q(systemic=True)),
        pending=Count("pk", filter=Q(state=State.PENDING)),
        waived=Count("pk", filter=Q(state=State.WAIVED)),
    )
