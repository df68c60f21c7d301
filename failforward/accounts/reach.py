"""What a person may reach through their teams. Read once for a request and kept on the person."""

from dataclasses import dataclass

from django.db.models import FilteredRelation, Q

from failforward.accounts.models import Role, Team, User


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
    """One query; the answer stays on the `user` object for the rest of the request."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    if not hasattr(user, "_reach"):
        user._reach = read(user)
    return user._reach


def read(user: User) -> Reach:
    mine = FilteredRelation("memberships", condition=Q(memberships__user=user))
    rows = list(Team.objects.order_by().annotate(mine=mine).values_list("pk", "path", "mine__role"))
    above = {int(step) for _, path, role in rows if role for step in path.strip("/").split("/")}
    roots = tuple(path for _, path, role in rows if role == Role.MANAGER)
    managed = {pk for pk, path, _ in rows if roots and path.startswith(roots)}
    is_admin = any(role == Role.ADMIN for _, _, role in rows)
    return Reach(is_admin, frozenset(managed), frozenset(above | managed))


def forget(user: User) -> None:
    user.__dict__.pop("_reach", None)
