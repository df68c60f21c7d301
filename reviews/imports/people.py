"""Who owns the imported deals: the people a source names, and the teams its sales-teams file describes."""

from failforward.accounts import times
from failforward.accounts.models import CrmIdentity, Membership, Role, Team, User
from reviews.imports.joins import TeamLine, name_key

# Stands for a person or a team that a dry run would create: it equals no id.
NEW = -1


class People:
    """Names of one source → people and their teams. `writes` is false in a dry run."""

    def __init__(self, source: str, *, batch_id=None, currency: str = "EUR", writes: bool = True) -> None:
        self.source, self.batch_id, self.currency, self.writes = source, batch_id, currency, writes
        self.stated_teams: set[int] = set()
        self.load()

    def load(self) -> None:
        known = CrmIdentity.objects.filter(source=self.source).order_by("-pk").values_list("external_name", "user")
        self.ids = {name_key(name): user for name, user in known}
        self.teams: dict[int, int] = {}
        own = Membership.objects.exclude(role=Role.ADMIN).values_list("user", "team", "role").order_by("-pk")
        for user, team, _role in sorted(own, key=lambda row: row[2] == Role.REP):
            self.teams[user] = team
        self._unassigned: int | None = None

    def set_up(self, lines: list[TeamLine]) -> None:
        """A team for each manager, below the team of its region; everybody in their place. Repeatable."""
        home = self._home() if self.writes else None
        for line in lines:
            if not self.writes:
                self._dry(line)
                continue
            region = self._team(line.region, home) if line.region else home
            team = self._team(f"{line.manager}’s team", region) if line.manager else region or Team.unassigned()
            if line.manager:
                self._join(self.person(line.manager), team, Role.MANAGER)
            agent = self.person(line.agent)
            self._join(agent, team, Role.REP)
            self.teams[agent] = team.pk
            self.stated_teams.add(agent)

    def place(self, owner: str) -> tuple[int | None, int]:
        """The person of this name and the team their deals belong to."""
        if not owner:
            return None, self.unassigned()
        user = self.person(owner)
        return user, self.teams.get(user) or self.unassigned()

    def person(self, name: str) -> int:
        key = name_key(name)
        if key not in self.ids:
            self.ids[key] = self._known(name) or self._create(name)
        return self.ids[key]

    def unassigned(self) -> int:
        if self._unassigned is None:
            found = Team.objects.filter(parent=None, name="Unassigned").first()
            self._unassigned = found.pk if found else (Team.unassigned().pk if self.writes else NEW)
        return self._unassigned

    def _known(self, name: str) -> int | None:
        """Somebody here already, by address or as the only one of this name."""
        people = User.objects.named()
        found = list(
            (people.filter(email=name.lower()) if "@" in name else people.filter(name__iexact=name)).values_list(
                "pk", flat=True
            )[:2]
        )
        if len(found) != 1:
            return None
        if self.writes:
            self._identify(name, found[0])
        return found[0]

    def _create(self, name: str) -> int:
        if not self.writes:
            return NEW
        user = User.objects.create_user(name=name, batch_id=self.batch_id, **times.of_newcomer(self._home()))
        self._identify(name, user.pk)
        return user.pk

    def _identify(self, name: str, user: int) -> None:
        CrmIdentity.objects.create(source=self.source, external_name=name, user_id=user, batch_id=self.batch_id)

    def _home(self) -> Team | None:
        """The team at the top, when there is one: regions go below it."""
        top = list(Team.objects.filter(parent=None).exclude(name="Unassigned")[:2])
        return top[0] if len(top) == 1 else None

    def _team(self, name: str, parent: Team | None) -> Team:
        name = name[:150]
        at_the_top = Team.objects.filter(name=name, parent=None).first()
        if at_the_top or parent is None:
            return at_the_top or Team.open(name, currency=self.currency, batch_id=self.batch_id)
        return Team.objects.filter(name=name, parent=parent).first() or Team.open(
            name, parent, currency=parent.currency, time_zone=parent.time_zone, batch_id=self.batch_id
        )

    def _join(self, user: int, team: Team, role: str) -> None:
        Membership.objects.get_or_create(user_id=user, team=team, defaults={"role": role, "batch_id": self.batch_id})

    def _dry(self, line: TeamLine) -> None:
        agent = self.person(line.agent)
        if agent == NEW:
            return
        team = Team.objects.filter(name=f"{line.manager}’s team", memberships__user=agent).first()
        self.teams[agent] = team.pk if team else NEW
        self.stated_teams.add(agent)
