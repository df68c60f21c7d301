"""What stands around an action on its page: what comes first, what waits, who helps, whether it is to be dropped, and
the files of its milestones. Looked for only where there is any: of most actions there is none."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from actions.models import ActionHelper, ActionItem, Dependency, Drop, EvidenceFile
from actions.models.action_state import State
from failforward.accounts.models import User


@dataclass
class Surroundings:
    """Of each dependency `is_seen` says whether the reader may read the other action."""

    first: list[Dependency] = field(default_factory=list)
    after: list[Dependency] = field(default_factory=list)
    helpers: list[ActionHelper] = field(default_factory=list)
    drop: Drop | None = None

    def is_helped_by(self, user: User) -> bool:
        return any(helper.user_id == user.pk for helper in self.helpers)


def with_surroundings(actions: QuerySet) -> QuerySet:
    """Says with the action what is there to be looked for."""
    here = OuterRef("pk")
    return actions.annotate(
        any_first=Exists(Dependency.objects.filter(action=here)),
        any_after=Exists(Dependency.objects.filter(waits_for=here)),
        any_helpers=Exists(ActionHelper.objects.filter(action=here)),
        any_drop=Exists(Drop.objects.asked_for().filter(action=here)),
    )


def around(action: ActionItem, user: User) -> Surroundings:
    """Reads `action` as `with_surroundings` loads it, its milestones with it."""
    add_files(action)
    return Surroundings(
        first=others(action.dependencies, "waits_for", user) if action.any_first else [],
        after=others(action.dependants, "action", user) if action.any_after else [],
        helpers=list(action.helpers.select_related("user")) if action.any_helpers else [],
        drop=drop_of(action) if action.any_drop or action.state == State.DROPPED else None,
    )


def others(rows: QuerySet, name: str, user: User) -> list[Dependency]:
    is_seen = Exists(ActionItem.objects.visible_to(user).filter(pk=OuterRef(name)))
    return list(rows.select_related(name).annotate(is_seen=is_seen))


def drop_of(action: ActionItem) -> Drop | None:
    """The one that waits, or by which it is dropped now."""
    wanted = Drop.State.AGREED if action.state == State.DROPPED else Drop.State.ASKED_FOR
    found = action.drops.filter(state=wanted).select_related("by", "asked", "decided_by").last()
    if found is not None:
        found.action = action
    return found


def add_files(action: ActionItem) -> None:
    """Gives each milestone its `files_shown`."""
    milestones = {milestone.pk: milestone for milestone in action.milestones.all()}
    for milestone in milestones.values():
        milestone.files_shown = []
    having = [milestone.pk for milestone in milestones.values() if milestone.has_file]
    for file in EvidenceFile.objects.there().filter(milestone__in=having).select_related("by") if having else []:
        milestones[file.milestone_id].files_shown.append(file)
