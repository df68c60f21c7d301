from django import template

from failforward.accounts.models import User
from reviews import lessons
from reviews.models import Deal, Review

register = template.Library()


@register.simple_tag
def lessons_like(deal: Deal, user: User, review: Review | None = None) -> lessons.Offers:
    """What deals like this one taught, as far as the reader may know: `{% lessons_like deal user as offers %}`."""
    return lessons.like(deal, user, review)
