"""Verbs on teams: opening one, and the rules it works by."""

from collections.abc import Callable, Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from failforward import places, versions
from failforward.accounts import times
from failforward.accounts.models import Team, User
from failforward.guards import Refused
from failforward.history import record

RULES = [
    "name",
    "time_zone",
    "country",
    "region",
    "default_sponsor",
    "readers_per_event",
    "review_from_minor",
    "review_every_nth",
    "stage_chances",
    "caused_weight",
    "contributed_weight",
    "neutral_subject",
]
# Apps that reckon by them put their verb here when they are ready; it is given the team and the names of what changed.
after_new_rules: list[Callable[[Team, Collection[str]], object]] = []


@transaction.atomic
def open_team(by: User, name: str, parent: Team | None = None, **fields) -> Team:
    team = Team.open(name, parent, **fields)
    record(team, "opened", by)
    return team


@transaction.atomic
def change_team(by: User, team: Team, **rules) -> bool:
    """Sets what its reviews and mails follow from now on. Its currency and its place in the tree stay."""
    if unknown := set(rules) - set(RULES):
        raise TypeError(f"no rule of a team: {sorted(unknown)}")
    team.refresh_from_db(from_queryset=Team.objects.select_for_update(no_key=True))
    place = team.country, team.region
    changes = versions.assign(team, rules)
    if not changes:
        return False
    if Team.objects.filter(parent=team.parent_id, name=team.name).exclude(pk=team.pk).exists():
        raise Refused(_("There is a team of this name already."), "name")
    team.save(update_fields=list(changes))
    record(team, "changed", by, changes=changes)
    for follow in after_new_rules:
        follow(team, changes.keys())
    if place != (team.country, team.region):
        move_with_team(by, team, place)
    return True


def move_with_team(by: User, team: Team, place: tuple[str, str]) -> None:
    """Whoever had the team's place, or none, has its new one; whoever chose their own keeps it."""
    for person in User.objects.filter(Q(country="") | Q(country=place[0], region=place[1]), memberships__team=team):
        if person.work_days == places.usual_week(person.country):
            person.work_days = places.usual_week(team.country)
        person.country, person.region = team.country, team.region
        person.save(update_fields=["country", "region", "work_days"])
        record(person, "changed", by, country=person.country, region=person.region)
        times.changed(person)
