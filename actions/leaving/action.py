"""An action is left: its milestone is reached or moved, it waits, or two agree to drop it."""

from django.utils.translation import gettext as _

from actions.leaving.following import name_next
from actions.leaving.promise import take_move_back
from actions.leaving.room import Room, Said
from actions.models import ActionItem, Commitment, MeetingItem
from actions.models.action_state import State as ActionState
from actions.models.meeting_state import Left
from failforward.accounts.models import User
from failforward.guards import Refused


def of_action(room: Room, action: ActionItem, said: Said, item: MeetingItem) -> Commitment | None:
    if said.how == Left.DONE:
        finish(room, action, said)
    elif said.how == Left.MOVED:
        move_milestone(room, action, said, item)
    elif said.how == Left.BLOCKED:
        besides = {"person": action.blocked_by_person, "action": action.blocked_by_action}
        action.block(room.by, said.because, **besides)
    elif said.how == Left.DROPPED:
        action.drop(room.by, said.because, approver=second_person(room, action, said))
    return name_next(room, said, item, action=action)


# The work is said to be done, and no check has said that it did not help.
DONE_ALREADY = (ActionState.CLAIMED_DONE, ActionState.UNDER_CHECK, ActionState.EFFECTIVE)


def finish(room: Room, action: ActionItem, said: Said) -> None:
    """The milestone at hand is reached; after the last one the action is said to be done."""
    if action.state not in (ActionState.COMMITTED, ActionState.IN_PROGRESS, ActionState.BLOCKED):
        if action.is_open:
            raise Refused(_("This action is still a proposal. Commit to it first, on its page."), "how")
        if action.state not in DONE_ALREADY:
            raise Refused(
                _("This action is over: %(state)s. Park it, or name what is done next.")
                % {"state": action.get_state_display()},
                "how",
            )
        return
    if action.state == ActionState.BLOCKED:
        action.unblock(room.by)
    milestone = action.next_milestone
    if milestone is not None:
        milestone.action = action
        milestone.reach(room.by, today=room.today, evidence=said.happened, seen_by=said.seen_by)
        action = ActionItem.objects.get(pk=action.pk)
    if action.next_milestone is None:
        action.claim_done(room.by)


def move_milestone(room: Room, action: ActionItem, said: Said, item: MeetingItem) -> None:
    milestone = action.next_milestone
    if milestone is None:
        raise Refused(_("There is no milestone to move. Name the next commitment instead."), "how")
    milestone.action = action
    milestone.hold()
    take_move_back(milestone, item)
    change = milestone.move(room.by, said.moved_to, said.because, today=room.today)
    if change is not None and change.waits and room.owner is not None:
        change.agree(room.owner, now=room.now)


def second_person(room: Room, action: ActionItem, said: Said) -> User | None:
    """Whoever the room names of those who are there. Nobody agrees unasked; where nobody could, none is wanted."""
    if said.seen_by is not None:
        if not room.has(said.seen_by):
            raise Refused(
                _("%(name)s is not here. Name somebody who is and agrees.") % {"name": said.seen_by}, "seen_by"
            )
        return said.seen_by
    if action.who_may_agree(room.by).filter(pk__in=room.there).exists():
        raise Refused(_("A second person has to agree. Say who of those here."), "seen_by")
    return None
