"""What was done about each weakness: actions, the promises under them, their checks."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from actions.chain.first_of_each import first_of_each, zero_if
from actions.chain.told import Chain, Fix, Room, Strand
from actions.chain.ways import Way, hanging_from
from actions.models import ActionFinding, ActionItem, Commitment, EffectivenessCheck
from actions.models.commitment import under_actions
from failforward.accounts.models import User
from failforward.prepared import prepared


def add_actions(strands: dict[int, Strand], way: Way, room: Room, user: User) -> dict[int, list[Fix]]:
    """By action: one that answers two weaknesses stands under both."""
    fixes: dict[int, list[Fix]] = {}
    for row in actions_on(user, way.action, *strands, most=room.actions) if strands else []:
        fix, strand = Fix(row.action), strands[row.finding_id]
        strand.fixes.append(fix)
        strand.more_fixes = row.of - len(strand.fixes)
        fixes.setdefault(row.action_id, []).append(fix)
    return fixes


@prepared
def actions_on(user: User, action: int, *findings: int, most: int) -> QuerySet[ActionFinding]:
    """Those on the findings, and of each first the `action` it began with."""
    seen = Exists(ActionItem.objects.visible_to(user).filter(pk=OuterRef("action")))
    rows = ActionFinding.objects.filter(seen, finding__in=findings).annotate(aside=zero_if(Q(action=action)))
    order = [F("aside").asc(), F("action").desc()]
    return first_of_each(rows, [F("finding")], order, most).select_related("action").order_by("place")


def add_promises(chain: Chain, fixes: dict[int, list[Fix]], way: Way, room: Room, user: User) -> None:
    for promise in promises_on(user, way.pk, way.commitment, *fixes, kind=way.hanging, most=room.promises):
        if not promise.under:
            chain.hanging.append(promise)
            chain.more_hanging = promise.of - len(chain.hanging)
        for fix in fixes.get(promise.under, ()):
            fix.promises.append(promise)
            fix.more_promises = promise.of - len(fix.promises)


@prepared
def promises_on(user: User, pk: int, commitment: int, *actions: int, kind: str, most: int) -> QuerySet[Commitment]:
    under = Coalesce("action", "step__action", "milestone__action", Value(0))
    # As ids, so that these few are found first, and not all that one may read.
    found = Commitment.objects.filter(under_actions(actions) | hanging_from(kind, pk, commitment)).values("pk")
    rows = Commitment.objects.visible_to(user).filter(pk__in=found)
    rows = rows.annotate(under=under, aside=zero_if(Q(pk=commitment)))
    order = [F("aside").asc(), F("due_on").desc(), F("pk").desc()]
    return first_of_each(rows, [F("under")], order, most).select_related("person").order_by("place")


def add_checks(fixes: dict[int, list[Fix]]) -> None:
    for check in EffectivenessCheck.objects.filter(action__in=list(fixes), latest=True).select_related("checker"):
        for fix in fixes[check.action_id]:
            fix.check = check
