"""What a commitment can hang from, at most one of them."""

from django.db.models import Model, Q

PARENTS = ["action", "step", "milestone", "review", "deal", "talk", "meeting"]


def at_most_one(names: list[str]) -> Q:
    """No two of these foreign keys are filled."""
    whole = Q()
    for index, name in enumerate(names):
        for other in names[index + 1 :]:
            whole &= Q(**{name: None}) | Q(**{other: None})
    return whole


def home_of(kind: str, parent: Model) -> dict:
    """The action list and the team a commitment gets from what it hangs from; a talk of two belongs to no team."""
    if kind == "talk":
        return {}
    if kind in ("step", "milestone"):
        kind, parent = "action", parent.action
    if kind == "action":
        return {"action_list": parent.action_list, "team": parent.team}
    if kind == "meeting":
        return {"action_list": parent.action_list, "team": parent.action_list.team}
    return {"team": parent.team}
