"""Who may do what, asked as questions. Reading is `visible_to`; these are about writing.

The models ask them too, so their names are needed here for the types alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from failforward.accounts.models import Team, User
from failforward.accounts.reach import reach_of

if TYPE_CHECKING:
    from reviews.models import Deal, FailureEvent, Finding, Review, Session


def manages(user: User, team_id: int) -> bool:
    reach = reach_of(user)
    return reach.is_admin or team_id in reach.managed


def is_on(user: User, review: Review) -> bool:
    return any(person.user_id == user.pk for person in review.crew)


def reads_review(user: User, review: Review) -> bool:
    """What `Review.objects.visible_to` says of one review that is at hand."""
    if not user.is_authenticated or not user.is_active:
        return False
    # Whose deal it is comes first: it needs no look at anybody's teams.
    if review.is_standard and (review.owner_id == user.pk or manages(user, review.team_id)):
        return True
    return is_on(user, review)


def leads_review(user: User, review: Review) -> bool:
    """Its facilitator, or a manager or admin who reads it."""
    if not reads_review(user, review):
        return False
    return review.facilitator_id == user.pk or manages(user, review.team_id)


def hears_all(user: User, review: Review) -> bool:
    """Whether `user` sees what others wrote: while a full review gathers, those on it tell their own first."""
    if review.depth != "full" or review.state != "gathering" or review.facilitator_id == user.pk:
        return True
    return all(person.has_told for person in review.crew if person.user_id == user.pk)


def can_code(user: User, review: Review) -> bool:
    return review.is_open and (is_on(user, review) or leads_review(user, review))


def can_adjudicate(user: User, review: Review) -> bool:
    return review.is_open and leads_review(user, review)


def can_ask_readers(user: User, review: Review) -> bool:
    """How many read each event is said by whoever leads the review."""
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


def can_write_codebook(user: User) -> bool:
    """What the eleven categories mean holds for all teams."""
    return reach_of(user).is_admin


def can_write_deal(user: User, deal: Deal) -> bool:
    return manages(user, deal.team_id) or deal.owner_id == user.pk


def can_record_loss(user: User, team: Team) -> bool:
    """Whoever belongs to the team or manages it."""
    reach = reach_of(user)
    return reach.is_admin or team.pk in reach.own


def can_move_deal(user: User, deal: Deal) -> bool:
    """To another team or owner."""
    return manages(user, deal.team_id)


def is_owner(user: User, about: Review | Deal) -> bool:
    return user.is_active and user.pk is not None and about.owner_id == user.pk


def can_open(user: User, deal: Deal) -> bool:
    """A manager chooses; the deal's owner may always begin with their own."""
    return manages(user, deal.team_id) or is_owner(user, deal)


def can_choose(user: User, review: Review) -> bool:
    return reads_review(user, review) and (manages(user, review.team_id) or is_owner(user, review))


def can_waive(user: User, review: Review) -> bool:
    """Leaving a loss alone is a manager's decision."""
    return reads_review(user, review) and manages(user, review.team_id)


def can_put_back(user: User, review: Review) -> bool:
    """Whoever chose it, and whoever may leave it alone."""
    return can_waive(user, review) or (reads_review(user, review) and review.opened_by_id == user.pk)


def works_on(user: User, review: Review) -> bool:
    """Everybody on it, and whoever leads it. The deal's owner alone only reads."""
    return is_on(user, review) and user.is_active or leads_review(user, review)


def can_edit_review(user: User, review: Review) -> bool:
    return review.is_open and works_on(user, review)


def can_state_cost(user: User, review: Review) -> bool:
    return can_edit_review(user, review)


def can_capture(user: User, review: Review) -> bool:
    """The deal's owner may say what happened before anybody chose the loss for review. Of a win nobody is asked."""
    waits = review.kind == "lost_deal" and not review.is_closed and review.state != "waived"
    return waits and is_owner(user, review) and reads_review(user, review)


def can_edit_event(user: User, event: FailureEvent) -> bool:
    """What was said without a name is put right by the facilitator alone, who may ask in the round."""
    if event.anonymous and event.review.facilitator_id != user.pk:
        return False
    return can_edit_review(user, event.review)


def can_merge(user: User, review: Review) -> bool:
    """Whoever writes in it and has heard both."""
    return can_edit_review(user, review) and hears_all(user, review)


def can_judge(user: User, event: FailureEvent) -> bool:
    return can_edit_review(user, event.review)


def can_look_deeper(user: User, event: FailureEvent) -> bool:
    """To ask why, and whether wins had it too: whoever judges, once they have heard the others."""
    return can_judge(user, event) and hears_all(user, event.review)


def can_add_people(user: User, review: Review) -> bool:
    return leads_review(user, review)


def can_change_visibility(user: User, review: Review) -> bool:
    return can_add_people(user, review)


def can_close(user: User, review: Review) -> bool:
    return review.is_open and leads_review(user, review)


def can_begin_session(user: User, review: Review) -> bool:
    return review.is_open and leads_review(user, review)


def leads_session(user: User, session: Session) -> bool:
    """Whoever has the lead, and whoever may take it."""
    return session.led_by_id == user.pk or leads_review(user, session.review)


def can_add_addendum(user: User, review: Review) -> bool:
    return review.is_closed and (works_on(user, review) or reads_review(user, review) and is_owner(user, review))


def may_reopen(user: User, review: Review) -> bool:
    """A manager of the team or the sponsor, who must be able to read it first."""
    return reads_review(user, review) and (manages(user, review.team_id) or is_sponsor(user, review))


def can_reopen(user: User, review: Review) -> bool:
    return review.is_closed and may_reopen(user, review)


def is_sponsor(user: User, review: Review) -> bool:
    return user.pk == (review.sponsor_id or review.team.default_sponsor_id)


def can_import(user: User) -> bool:
    """Admins: a file creates people and teams, and writes into the deals of every team."""
    return reach_of(user).is_admin
