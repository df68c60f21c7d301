"""What was tried against a weakness before, and what came of it: read before something else is proposed."""

from django.db.models import FilteredRelation, Q, QuerySet

from actions.models import ActionItem
from actions.models.action_state import State
from failforward.accounts.models import User
from reviews.models import Finding

DID_NOT_HOLD = [State.INEFFECTIVE, State.RECURRED, State.INCONCLUSIVE, State.DROPPED]
SHOWN = 10


def tried(finding: Finding, user: User) -> QuerySet:
    """The latest first, each with its latest check, as far as `user` reads them."""
    mine = ActionItem.objects.visible_to(user).filter(findings=finding, state__in=DID_NOT_HOLD)
    latest = FilteredRelation("checks", condition=Q(checks__latest=True))
    rows = mine.annotate(check_joined=latest).select_related("check_joined", "responsible", "team")
    return rows.order_by("-pk")[:SHOWN]
