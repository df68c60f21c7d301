"""Who may do what with lists, actions and commitments: questions, answered from what the objects say.

Load an object through its `visible_to` first; who may not even read it gets a 404.
"""

from typing import TYPE_CHECKING

from failforward.accounts.models import Membership, User
from failforward.accounts.reach import reach_of
from reviews.permissions import leads_review

if TYPE_CHECKING:
    from actions.models import (
        ActionItem,
        ActionList,
        CoachingTalk,
        Commitment,
        Drop,
        EffectivenessCheck,
        EvidenceFile,
        Meeting,
        Recurrence,
        SponsorRequest,
    )
    from reviews.models import Review


def manages_team(user: User, team_id: int | None) -> bool:
    reach = reach_of(user)
    return reach.is_admin or team_id in reach.managed


def can_open_lists(user: User) -> bool:
    return reach_of(user).is_manager


def can_edit_list(user: User, action_list: "ActionList") -> bool:
    return user.is_active and (user.pk == action_list.owner_id or manages_team(user, action_list.team_id))


def can_edit_action(user: User, action: "ActionItem") -> bool:
    """Change the five answers, commit, give a milestone to somebody."""
    return can_edit_list(user, action.action_list)


def can_work_on(user: User, action: "ActionItem") -> bool:
    """Tick steps, reach and move milestones, say that it is blocked or done."""
    return can_edit_action(user, action) or (user.is_active and user.pk == action.responsible_id)


def can_tick(user: User, action: "ActionItem") -> bool:
    """Its steps: who helps with it, too."""
    return can_work_on(user, action) or (user.is_active and action.helpers.filter(user=user.pk).exists())


def can_ask_sponsor(user: User, action_list: "ActionList", action: "ActionItem | None" = None) -> bool:
    return can_edit_list(user, action_list) or (action is not None and can_work_on(user, action))


def can_withdraw_from_sponsor(user: User, asked: "SponsorRequest") -> bool:
    return user.is_active and (user.pk == asked.asked_by_id or can_edit_list(user, asked.action_list))


def can_answer_as_sponsor(user: User, asked: "SponsorRequest") -> bool:
    """Only the sponsor's own answer counts."""
    return user.is_active and user.pk == asked.sponsor_id


def can_check(user: User, check: "EffectivenessCheck") -> bool:
    """Begin it, keep what was found, decide: whoever is named for it, and nobody in their place."""
    return user.is_active and user.pk == check.checker_id


def can_extend(user: User, check: "EffectivenessCheck") -> bool:
    return can_check(user, check) or can_edit_action(user, check.action)


def can_decide_recurrence(user: User, seen_again: "Recurrence") -> bool:
    return manages_team(user, seen_again.finding.team_id) or leads_review(user, seen_again.event.review)


def can_agree_to_drop(user: User, drop: "Drop") -> bool:
    """A second person: the one who is asked, or whoever leads the list; never who wants to drop it."""
    second = user.is_active and user.pk != drop.by_id
    return second and (user.pk == drop.asked_id or can_edit_action(user, drop.action))


def can_withdraw_drop(user: User, drop: "Drop") -> bool:
    return user.is_active and (user.pk == drop.by_id or can_edit_action(user, drop.action))


def can_take_out(user: User, file: "EvidenceFile", action: "ActionItem") -> bool:
    return user.is_active and (user.pk == file.by_id or can_edit_action(user, action))


def can_decide_date(user: User, action_list: "ActionList") -> bool:
    """A third date needs the list's owner; an admin stands in."""
    return user.is_active and (user.pk == action_list.owner_id or reach_of(user).is_admin)


def can_run_meeting(user: User, meeting: "Meeting") -> bool:
    """Begin it, leave its items, close it: the chair, whoever keeps its notes, and whoever leads its list."""
    runs = user.pk in (meeting.chair_id, meeting.note_keeper_id)
    return user.is_active and (runs or can_edit_list(user, meeting.action_list))


def can_agree_for(
    by: User, person: User, action_list: "ActionList | None" = None, review: "Review | None" = None
) -> bool:
    """Write down what `person` promised aloud: oneself, and whoever leads the list, the review or a team of theirs."""
    if by.pk == person.pk:
        return True
    leads = (action_list is not None and action_list.owner_id == by.pk) or (
        review is not None and review.facilitator_id == by.pk
    )
    return leads or manages_person(by, person)


def manages_person(by: User, person: User) -> bool:
    reach = reach_of(by)
    return reach.is_admin or Membership.objects.filter(user=person, team__in=reach.managed).exists()


def can_coach(user: User, person: User) -> bool:
    """Whoever shares a team with them or manages one of theirs."""
    reach = reach_of(user)
    mine = Membership.objects.filter(user=person, team__in=reach.own | reach.managed)
    return user.is_active and (reach.is_admin or mine.exists())


def can_edit_talk(user: User, talk: "CoachingTalk") -> bool:
    return user.is_active and user.pk == talk.by_id


def can_answer(user: User, commitment: "Commitment") -> bool:
    """Only the person's own answer counts."""
    return user.is_active and user.pk == commitment.person_id


def can_settle(user: User, commitment: "Commitment") -> bool:
    """Drop or move: the person, who asked, and whoever leads its list or team."""
    if user.pk == commitment.person_id:
        return True
    if commitment.private:
        return False
    on_list = commitment.action_list is not None and can_edit_list(user, commitment.action_list)
    return user.pk == commitment.asked_by_id or on_list or manages_team(user, commitment.team_id)


def can_agree_to_a_move(user: User, commitment: "Commitment") -> bool:
    return commitment.action_list is not None and can_decide_date(user, commitment.action_list)


def can_reply_to_answer(user: User, commitment: "Commitment") -> bool:
    return not commitment.private and user.pk == commitment.asked_by_id
