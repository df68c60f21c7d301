"""Whose rows somebody reads. A scope is a condition, one reason to read a row; any of them will do.

Scope by scope, because each alone is answered by an index that is already in list order, while their OR is not: so ten
rows of a million cost what ten rows cost.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, F, Func, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy, RawSQL

Order = tuple[str, ...]
# The scopes of somebody who has no reason to read anything.
NOBODYS = [Q(pk__in=[])]
# Stands for one value of a list while the SQL is made.
EACH = object()


def visible(base: QuerySet, scopes: list[Q]) -> QuerySet:
    """All rows of all scopes, for totals and exports, which read them whole."""
    scopes = scopes or NOBODYS
    return base.filter(reduce(or_, scopes)) if all(scopes) else base


class Few(Subquery):
    # Of none there is no row to be found, and no SQL.
    empty_result_set_value = NotImplemented


class Among(Func):
    """Rows whose `name` is among a few values that are read first: one's own reviews, lists, promises.

    PostgreSQL does not know that an `IN (SELECT …)` holds a few, and walks all rows in list order to meet them.
    """

    output_field = BooleanField()
    arg_joiner = " IN "
    template = "%(expressions)s"

    def __init__(self, name: str, few: QuerySet) -> None:
        super().__init__(F(name), Few(few.order_by()))
        self.name, self.few = name, few.order_by()

    def as_postgresql(self, compiler, connection, **more) -> tuple[str, tuple]:
        return self.as_sql(compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY(ARRAY", **more)


class Scoped:
    """The rows of `base` in any of `scopes`, in `order`: columns of one direction without empty values, `id` last.

    Where a scope names a list, as in `Q(team__in=[1, 2])`, each of its values is a scope: the rows of one team lie in
    an index in list order, those of several do not.
    """

    def __init__(self, base: QuerySet, scopes: list[Q], order: Order) -> None:
        self.base, self.scopes, self.order = base, scopes or NOBODYS, order
        self.names = [name.lstrip("-") for name in order]

    def rows(self, load: Callable[[QuerySet], QuerySet], size: int) -> list:
        return list(load(self.first(size)).order_by(*self.order)[:size])

    def first(self, size: int) -> QuerySet:
        """At least the first `size` rows, or all there are; the caller orders and cuts."""
        if self.is_plain:
            return self.base.filter(self.scopes[0])
        return self.base.model._default_manager.filter(pk__in=self.ids(size))

    def ids(self, size: int) -> list[int]:
        """Of the first `size` rows, in order."""
        if self.is_plain:
            return list(self.base.filter(self.scopes[0]).order_by(*self.order).values_list("pk", flat=True)[:size])
        return [row[-1] for row in fetch(self.base, *self.first_sql(size))]

    def first_sql(self, size: int) -> tuple[str, list]:
        """The key of each, its id last; no SQL where no row can be meant."""
        sql, values = self.found([self.order] * len(self.scopes), self.names, size)
        if not sql:
            return "", []
        order = ", ".join(f"{name.lstrip('-')} {'DESC' if name.startswith('-') else 'ASC'}" for name in self.order)
        first = f"SELECT DISTINCT {', '.join(self.names)} FROM ({sql}) AS found ORDER BY {order} LIMIT %s"  # noqa: S608
        return first, [*values, size]

    def count(self, most: int) -> int:
        """Exact below `most`. A row may be found once for each of its reasons."""
        if self.is_plain:
            return self.base.filter(self.scopes[0]).order_by()[:most].count()
        return sum(row[0] for row in fetch(self.base, *self.count_sql(most)))

    def count_sql(self, most: int) -> tuple[str, list]:
        # In the order, of which there is an index that holds all that a scope asks; a few are found without.
        orders = [() if few_in(scope) else self.order for scope in self.scopes]
        sql, values = self.found(orders, ["id"], most)
        counting = f"SELECT count(*) FROM (SELECT DISTINCT id FROM ({sql}) AS found LIMIT %s) AS seen"  # noqa: S608
        return (counting, [*values, most]) if sql else ("", [])

    @property
    def is_plain(self) -> bool:
        return len(self.scopes) == 1 and list_in(self.scopes[0]) is None

    def found(self, orders: list[Order], names: list[str], size: int) -> tuple[str, list]:
        """One scope after the other, each read no further than `size`. Django's own union takes no limit inside on
        SQLite."""
        ordered = zip(self.scopes, orders, strict=True)
        parts = [part for scope, order in ordered for part in self.parts(scope, order, names, size)]
        sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part{number}" for number, (sql, _) in enumerate(parts))  # noqa: S608
        return sql, [value for _, values in parts for value in values]

    def parts(self, scope: Q, order: Order, names: list[str], size: int) -> list[tuple[str, list]]:
        few = few_in(scope)
        if few is not None:
            return self.parts_among(few, scope, order, names, size)
        one, many = apart(scope)
        made = sql_of(self.base.filter(one).order_by(*order).values(*names))
        # Making the same SQL again for every team takes longer than running it.
        return [(f"{made[0]} LIMIT {size:d}", [this if v is EACH else v for v in made[1]]) for this in many if made]

    def parts_among(self, few: "Among", scope: Q, order: Order, names: list[str], size: int) -> list[tuple[str, list]]:
        """The rows of the few, wherever they lie in the whole list."""
        if connections[self.base.db].vendor == "sqlite":
            made = sql_of(self.base.filter(scope).order_by(*map(sorted_by, order)).values(*names))
            return [(f"{made[0]} LIMIT {size:d}", made[1])] if made else []
        rest = [child for child in scope.children if child is not few]
        each = Q(*rest, **{few.name: RawSQL("few.id", [])})
        made, ids = sql_of(self.base.filter(each).order_by(*order).values(*names)), sql_of(few.few)
        if not (made and ids):
            return []
        sql = f"SELECT one.* FROM ({ids[0]}) AS few(id), LATERAL ({made[0]} LIMIT {size:d}) AS one"  # noqa: S608
        return [(sql, ids[1] + made[1])]


def fetch(base: QuerySet, sql: str, values: list) -> list[tuple]:
    if not sql:
        return []
    with connections[base.db].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def sql_of(branch: QuerySet) -> tuple[str, list] | None:
    """Nothing where no row can be meant."""
    try:
        sql, values = branch.query.get_compiler(branch.db).as_sql()
    except EmptyResultSet:
        return None
    return sql, list(values)


def sorted_by(name: str) -> OrderBy:
    """The plus keeps SQLite from an index in this order, along which it would walk the list to meet the few."""
    return OrderBy(Func(F(name.lstrip("-")), template="+%(expressions)s"), descending=name.startswith("-"))


def apart(scope: Q) -> tuple[Q, list]:
    """A scope for one value of its list, EACH in its place, and the values."""
    found = list_in(scope)
    if found is None:
        return scope, [None]
    rest = [child for child in scope.children if child is not found]
    return Q(*rest, **{found[0].removesuffix("__in"): RawSQL("%s", [EACH])}), found[1]


def list_in(scope: Q) -> tuple[str, list] | None:
    return next((child for child in scope.children if isinstance(child, tuple) and isinstance(child[1], list)), None)


def few_in(scope: Q) -> Among | None:
    return next((child for child in scope.children if isinstance(child, Among)), None)
