"""What is asked of an event depends on what the review is of: a fault in a deal that was won is judged by how near it
came to losing it, a gap of a hand-off by what became of the promise."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.models import Review
from reviews.models.event import ROLES


def is_win(review: Review) -> bool:
    return review.kind == Review.Kind.WIN


def role_choices(review: Review) -> list[tuple[str, str | Promise]]:
    """What an event may have done to the outcome."""
    return [(str(role), label) for role, label in ROLES[review.kind].items()]


QUESTIONS = {
    Review.Kind.LOST_DEAL: _("Without it, would we have won?"),
    Review.Kind.WIN: _("Did it put the win at risk?"),
    Review.Kind.HAND_OFF: _("Without it, would the customer have got what was promised?"),
}
REMINDERS = {
    Review.Kind.LOST_DEAL: _(
        "Something can be regrettable and yet have changed nothing. Ask of each: without it, would we have won?"
    ),
    Review.Kind.WIN: _("Something can be regrettable and yet do no harm. Ask of each: did it put the win at risk?"),
    Review.Kind.HAND_OFF: _(
        "Something can be regrettable and yet have changed nothing. Ask of each: without it, would the customer have "
        "got what was promised?"
    ),
}


def question(review: Review) -> Promise:
    """What is asked of each event, to judge it."""
    return QUESTIONS[review.kind]


def reminder(review: Review) -> Promise:
    """The same above all of them."""
    return REMINDERS[review.kind]
