"""A fault in a deal that was won: judged by how near it came to losing it, and asked about in other words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.models import Review
from reviews.models.event import NEAR_MISS_ROLES, Role


def is_win(review: Review) -> bool:
    return review.kind == Review.Kind.WIN


def role_choices(review: Review) -> list[tuple[str, str | Promise]]:
    """What an event may have done to the outcome."""
    return [(role.value, label) for role, label in NEAR_MISS_ROLES.items()] if is_win(review) else Role.choices


def question(review: Review) -> Promise:
    """What is asked of each event, to judge it."""
    return _("Did it put the win at risk?") if is_win(review) else _("Without it, would we have won?")
