"""Two findings become one, or one becomes two. Reviews know the events; who does something about it is known here."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import ActionFinding, ActionItem
from actions.models.action_state import RUNNING_STATES, State
from actions.permissions import can_edit_action
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.models import record
from reviews.models import Finding

# Whether it helped is being looked at: by the events of the finding as it stands.
WAITING = [State.CLAIMED_DONE, State.UNDER_CHECK]


@transaction.atomic
def merge(finding: Finding, kept: Finding, by: User, *, version: int | None = None) -> bool:
    """Its actions answer the kept one from now on; where one does already, it stays as it is."""
    held = hold_actions(finding, kept)
    if not finding.merge_into(kept, by, version=version):
        return False
    refuse_while_checked(held)
    there = ActionFinding.objects.filter(finding=kept).values("action")
    move(ActionFinding.objects.filter(finding=finding).exclude(action__in=there), kept, by, came_with=finding)
    return True


@transaction.atomic
def take_apart(finding: Finding, by: User) -> bool:
    kept = finding.merged_into
    if kept is None:
        return False
    held = hold_actions(finding, kept)
    refuse_while_checked(held)
    brought = ActionFinding.objects.filter(finding=kept, came_with=finding)
    left = ActionFinding.objects.filter(finding=kept).exclude(came_with=finding)
    if not finding.separate(by, kept_is_being_fixed=left.filter(action__state__in=RUNNING_STATES).exists()):
        return False
    move(brought, finding, by, came_with=None)
    return True


@transaction.atomic
def split(
    finding: Finding,
    by: User,
    events: Collection[int],
    title: str,
    category: str,
    *,
    version: int | None = None,
    also: Collection[int] = (),
) -> Finding:
    """Actions stay where they are; those that are named in `also` answer the new weakness too."""
    held = hold_actions(finding)
    new = finding.split(by, events, title, category, version=version)
    refuse_while_checked(held)
    offered = {action.pk for action in may_answer_too(finding, by)}
    for action in held:
        if action.pk in also and action.pk in offered:
            action.add_finding(by, new)
    return new


def may_answer_too(finding: Finding, by: User) -> list[ActionItem]:
    """Those of its actions that go on and that `by` leads."""
    actions = ActionItem.objects.visible_to(by).still_open().filter(findings=finding).order_by("pk")
    return [action for action in actions.select_related("action_list") if can_edit_action(by, action)]


def hold_actions(*findings: Finding) -> list[ActionItem]:
    """Before the findings, the order in which actions and findings are held everywhere."""
    theirs = ActionFinding.objects.filter(finding__in=findings).values("action")
    return list(ActionItem.objects.filter(pk__in=theirs).order_by("pk").select_for_update(no_key=True))


def refuse_while_checked(actions: list[ActionItem]) -> None:
    """Says nothing of the action: it may stand on a list that few are on."""
    if any(action.state in WAITING for action in actions):
        raise Refused(_("An action on it is claimed to be done and waits for its check. Regroup once that is made."))


def move(rows, to: Finding, by: User, *, came_with: Finding | None) -> None:
    for row in rows.select_related("action", "finding"):
        before, row.finding, row.came_with = row.finding, to, came_with
        row.save(update_fields=["finding", "came_with"])
        record(row.action, "finding_moved", by, before=before.title, finding=to.title)
