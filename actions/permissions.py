"""Who may do what with lists, actions and commitments: questions, answered from what the objects say.

Load an object through its `visible_to` first; who may not even read it gets a 404.
"""

from typing import TYPE_CHECKING

from failforward.accounts.models import Team, User
from failforward.accounts.reach import reach_of

if TYPE_CHECKING:
    from actions.models import ActionItem, ActionList


def manages_team(user: User, team_id: int | None) -> bool:
    reach = reach_of(user)
    return reach.is_admin or team_id in reach.managed


def can_open_lists(user: User) -> bool:
    return reach_of(user).is_manager


def can_open_list_for(user: User, team: Team) -> bool:
    return manages_team(user, team.pk)


def can_edit_list(user: User, action_list: "ActionList") -> bool:
    return user.is_active and (user.pk == action_list.owner_id or manages_team(user, action_list.team_id))


def can_edit_action(user: User, action: "ActionItem") -> bool:
    """Change the five answers, commit, give a milestone to somebody."""
    return can_edit_list(user, action.action_list)


def can_work_on(user: User, action: "ActionItem") -> bool:
    """Tick steps, reach and move milestones, say that it is blocked or done."""
    return can_edit_action(user, action) or (user.is_active and user.pk == action.responsible_id)


def can_decide_date(user: User, action_list: "ActionList") -> bool:
    """A third date needs the list's owner; an admin stands in."""
    return user.is_active and (user.pk == action_list.owner_id or reach_of(user).is_admin)
