"""What a person may reach through their teams. Read once for a request and kept on the person."""

from dataclasses import dataclass

from failforward.accounts.models import Membership, Role, Team, User


@dataclass(frozen=True)
class Reach:
    """`managed` are the ids of the teams managed and of all below; `own` those the person belongs to and all above
    (whose findings and lessons they read) or below a managed one."""

    is_admin: bool
    managed: frozenset[int]
    own: frozenset[int]

    @property
    def is_manager(self) -> bool:
        return self.is_admin or bool(self.managed)


NOBODY = Reach(False, frozenset(), frozenset())


def reach_of(user: User) -> Reach:
    """One query (two for a manager); the answer stays on the `user` object for the rest of the request."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    if not hasattr(user, "_reach"):
        user._reach = read(user)
    return user._reach


def read(user: User) -> Reach:
    rows = list(Membership.objects.filter(user=user).values_list("role", "team_id", "team__path"))
    is_admin = any(role == Role.ADMIN for role, _, _ in rows)
    above = {int(step) for _, _, path in rows for step in path.strip("/").split("/")}
    roots = [path for role, _, path in rows if role == Role.MANAGER]
    managed = set()
    if roots:
        managed = {pk for pk, path in Team.objects.values_list("pk", "path") if path.startswith(tuple(roots))}
    return Reach(is_admin, frozenset(managed), frozenset(above | managed))


def forget(user: User) -> None:
    user.__dict__.pop("_reach", None)
