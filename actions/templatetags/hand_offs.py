"""What a hand-off shows of actions. It includes the template that uses these; `reviews` knows nothing of them."""

from django import template

from actions.models import Commitment
from failforward.accounts.models import User
from reviews.models import Review

register = template.Library()


@register.simple_tag
def contacts_of(review: Review, user: User) -> list[Commitment]:
    hanging = Commitment.objects.visible_to(user).filter(review=review)
    return list(hanging.select_related("person").order_by("due_on", "pk"))
