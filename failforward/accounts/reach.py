"""What a person may reach through their teams. Read once for a request and kept on the person."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.http import Http404

from failforward.accounts.models.team import Membership, Role
from failforward.accounts.models.user import User
from failforward.statements import Statement


@dataclass(frozen=True)
class Reach:
    """`managed` are the ids of the teams managed and of all below; `own` those the person belongs to and all above
    (whose findings and lessons they read) or below a managed one. `choice` are pairs of id and name of the teams
    managed (of an admin: all) in the order of the tree. Who leads a twentieth of the teams or more `leads_much`: of
    what all teams have, every few rows are theirs."""

    is_admin: bool
    managed: frozenset[int]
    own: frozenset[int]
    choice: tuple[tuple[int, str], ...] = ()
    leads_much: bool = False

    @property
    def is_manager(self) -> bool:
        return self.is_admin or bool(self.managed)


NOBODY = Reach(False, frozenset(), frozenset())


def reach_of(user: User) -> Reach:
    """One query; the answer stays on the `user` object for the rest of the request."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    if not hasattr(user, "_reach"):
        user._reach = read(user)
    return user._reach


def manages_person(user: User, person: User) -> bool:
    """An admin does, and so does whoever manages a team that the person is in."""
    reach = reach_of(user)
    return reach.is_admin or Membership.objects.filter(user=person, team__in=reach.managed).exists()


def admins_only(user: User) -> None:
    """To anybody else the page is not there."""
    if not reach_of(user).is_admin:
        raise Http404


# By hand: every page asks this, and made by the ORM it takes three times as long to write as to run.
TEAMS = Statement(
    """SELECT team.id, team.path, mine.role, team.name FROM accounts_team team
    LEFT JOIN accounts_membership mine ON mine.team_id = team.id AND mine.user_id = %s ORDER BY team.path""",
    (None,),
    places={0: 0},
)


def read(user: User) -> Reach:
    rows = TEAMS.rows([user.pk], connection)
    above = {int(step) for _, path, role, _ in rows if role for step in path.strip("/").split("/")}
    roots = tuple(path for _, path, role, _ in rows if role == Role.MANAGER)
    is_admin = any(role == Role.ADMIN for _, _, role, _ in rows)
    managed = {pk: name for pk, path, _, name in rows if roots and path.startswith(roots)}
    choice = {pk: name for pk, _, _, name in rows} if is_admin else managed
    own = frozenset(above | managed.keys())
    return Reach(is_admin, frozenset(managed), own, tuple(choice.items()), is_admin or len(managed) * 20 >= len(rows))


def forget(user: User) -> None:
    user.__dict__.pop("_reach", None)


def managing(user: User, path: str) -> Exists:
    """Whether `user` manages the team whose `path` a row names, asked with the row and not of the teams first."""
    whose = ExpressionWrapper(OuterRef(path), CharField())
    leads = Membership.objects.filter(user=user.pk).annotate(whose=whose)
    return Exists(leads.filter(Q(role=Role.ADMIN) | Q(role=Role.MANAGER, whose__startswith=F("team__path"))))
