"""Whose rows somebody reads. A scope is a condition, one reason to read a row; any of them will do.

Scope by scope, because each alone is answered by an index that is already in list order, while their OR is not: so ten
rows of a million cost what ten rows cost.
"""

from functools import cached_property, reduce
from operator import or_

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

Order = tuple[str, ...]
# The scopes of somebody who has no reason to read anything.
NOBODYS = [Q(pk__in=[])]
# Stands for one value of a list while the SQL is made.
EACH = object()


def visible(base: QuerySet, scopes: list[Q]) -> QuerySet:
    """All rows of all scopes, for totals and exports, which read them whole."""
    scopes = scopes or NOBODYS
    return base.filter(reduce(or_, scopes)) if all(scopes) else base


class Scoped:
    """The rows of `base` in any of `scopes`, in `order`: columns of one direction without empty values, `id` last.

    Where a scope names a list, as in `Q(team__in=[1, 2])`, each of its values is a scope: the rows of one team lie in
    an index in list order, those of several do not.
    """

    def __init__(self, base: QuerySet, scopes: list[Q], order: Order) -> None:
        self.base, self.scopes, self.order = base, scopes or NOBODYS, order
        self.names = [name.lstrip("-") for name in order]

    def first(self, size: int) -> QuerySet:
        """At least the first `size` rows, or all there are; the caller orders and cuts."""
        if self.is_plain:
            return self.base.filter(self.scopes[0])
        if not self.branches:
            return self.base.none()
        sql, values = united(self.branches, size)
        order = ", ".join(f"{name.lstrip('-')} {'DESC' if name.startswith('-') else 'ASC'}" for name in self.order)
        found = f"SELECT DISTINCT {', '.join(self.names)} FROM ({sql}) AS found ORDER BY {order} LIMIT %s"  # noqa: S608
        ids = [row[-1] for row in self.fetch(found, [*values, size])]
        return self.base.model._default_manager.filter(pk__in=ids)

    def count(self, most: int) -> int:
        """Exact below `most`."""
        if self.is_plain:
            return self.base.filter(self.scopes[0]).order_by()[:most].count()
        # Without the order, which would have to be sorted for, and all teams at once: a shorter way to plan.
        unordered = [self.base.filter(scope).order_by().values("id") for scope in self.scopes]
        sql, values = united([made for branch in unordered if (made := sql_of(branch))], most)
        # A row may come once for each of its reasons. Read on until enough are different, nearly always at once.
        enough = most
        while sql:
            counting = f"SELECT count(*), count(DISTINCT id) FROM (SELECT id FROM ({sql}) AS found LIMIT %s) AS seen"  # noqa: S608
            read, different = self.fetch(counting, [*values, enough])[0]
            if different >= most or read < enough:
                return different
            enough *= 2
        return 0

    @property
    def is_plain(self) -> bool:
        return len(self.scopes) == 1 and list_in(self.scopes[0]) is None

    @cached_property
    def branches(self) -> list[tuple[str, list]]:
        """The SQL and values of each scope. Making the same SQL again for every team takes longer than running it."""
        found = []
        for scope in self.scopes:
            one, many = apart(scope)
            if made := sql_of(self.base.filter(one).order_by(*self.order).values(*self.names)):
                found += [(made[0], [this if value is EACH else value for value in made[1]]) for this in many]
        return found

    def fetch(self, sql: str, values: list) -> list[tuple]:
        with connections[self.base.db].cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()


def united(branches: list[tuple[str, list]], size: int) -> tuple[str, list]:
    """One branch after the other, each read no further than `size`. Django's own union takes no limit inside on
    SQLite."""
    parts = [f"SELECT * FROM ({sql} LIMIT {size:d}) AS branch{number}" for number, (sql, _) in enumerate(branches)]  # noqa: S608
    return " UNION ALL ".join(parts), [value for _, values in branches for value in values]


def sql_of(branch: QuerySet) -> tuple[str, list] | None:
    """Nothing where no row can be meant."""
    try:
        sql, values = branch.query.get_compiler(branch.db).as_sql()
    except EmptyResultSet:
        return None
    return sql, list(values)


def apart(scope: Q) -> tuple[Q, list]:
    """A scope for one value of its list, EACH in its place, and the values."""
    found = list_in(scope)
    if found is None:
        return scope, [None]
    rest = [child for child in scope.children if child is not found]
    return Q(*rest, **{found[0].removesuffix("__in"): RawSQL("%s", [EACH])}), found[1]


def list_in(scope: Q) -> tuple[str, list] | None:
    return next((child for child in scope.children if isinstance(child, tuple) and isinstance(child[1], list)), None)
