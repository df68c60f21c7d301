"""Who may do what, asked as questions. Reading is `visible_to`; these are about writing.

The models ask them too, so their names are needed here for the types alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from failforward.accounts.models import Team, User
from failforward.accounts.reach import reach_of

if TYPE_CHECKING:
    from reviews.models import Deal, FailureEvent, Finding, Review


def manages(user: User, team_id: int) -> bool:
    reach = reach_of(user)
    return reach.is_admin or team_id in reach.managed


def is_on(user: User, review: Review) -> bool:
    return any(person.user_id == user.pk for person in review.persons.all())


def reads_review(user: User, review: Review) -> bool:
    """What `Review.objects.visible_to` says of one review that is at hand."""
    if not user.is_authenticated or not user.is_active:
        return False
    if review.is_standard and (manages(user, review.team_id) or review.owner_id == user.pk):
        return True
    return is_on(user, review)


def leads_review(user: User, review: Review) -> bool:
    """Its facilitator, or a manager or admin who reads it."""
    if not reads_review(user, review):
        return False
    return review.facilitator_id == user.pk or manages(user, review.team_id)


def can_code(user: User, review: Review) -> bool:
    return review.is_open and (is_on(user, review) or leads_review(user, review))


def can_adjudicate(user: User, review: Review) -> bool:
    return review.is_open and leads_review(user, review)


def can_write_findings(user: User, team: Team | int) -> bool:
    return manages(user, team if isinstance(team, int) else team.pk)


def can_open_finding(user: User, team: Team, about: Review | None = None) -> bool:
    """Managers of the team, and whoever leads the review it comes from."""
    if can_write_findings(user, team):
        return True
    return about is not None and about.team_id == team.pk and leads_review(user, about) and about.is_open


def can_feed(user: User, finding: Finding, event: FailureEvent) -> bool:
    """Whoever leads the event's open review, into findings of its team or of one they manage."""
    if not event.review.is_open or not leads_review(user, event.review):
        return False
    return can_write_findings(user, finding.team_id) or finding.team_id == event.review.team_id


def can_write_deal(user: User, deal: Deal) -> bool:
    return manages(user, deal.team_id) or deal.owner_id == user.pk


def can_record_loss(user: User, team: Team) -> bool:
    """Whoever belongs to the team or manages it."""
    reach = reach_of(user)
    return reach.is_admin or team.pk in reach.own


def can_move_deal(user: User, deal: Deal) -> bool:
    """To another team or owner."""
    return manages(user, deal.team_id)
