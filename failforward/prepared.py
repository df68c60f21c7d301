"""Queries that are written once. Made by the ORM, a wide one takes longer to write than to run, and a page asks the
same at every look, with nothing changed but the ids of whose it is."""

import re
from collections.abc import Callable, Iterable
from copy import copy
from functools import lru_cache, wraps
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from failforward.accounts.models import User
from failforward.accounts.reach import Reach, reach_of
from failforward.statements import Statement

# They stand in the written query for the ids to come; no row has them. With more ids it is written each time.
MARKS = range(-(2**31), -(2**31) + 200)
# Letters only: nothing in it could end a literal.
CODE = re.compile("[a-z_]*")


class Written(NamedTuple):
    """A query, with nothing to ask where no row can be meant."""

    queryset: QuerySet
    compiler: SQLCompiler
    statement: Statement | None
    converters: dict


def prepared(make: Callable[..., QuerySet]) -> Callable[..., list]:
    """`make` takes ids and people in order, and by keyword whatever else its SQL depends on. Of a person, what they
    reach is a part of the SQL; nothing else of them but their id is known. It must look neither at the clock nor at the
    active time zone or language. What comes back is read already, so that nobody narrows it further."""
    written = writing(make)

    @wraps(make)
    def read(*who: int | User, **shape) -> list:
        if len(who) > len(MARKS):
            return list(make(*who, **shape))
        query = written(who, shape)
        if not query.statement or not may_be(who):
            return []
        queryset, compiler = query.queryset.all(), copy(query.compiler)
        compiler.connection = connections[queryset.db]
        compiler.get_converters = lambda *args: query.converters
        queryset.query.get_compiler = lambda *args, **kwargs: compiler
        with query.statement.about(ids_of(who), compiler.connection) as asked:
            compiler.as_sql = lambda *args, **kwargs: asked
            return list(queryset)

    return read


def counting(make: Callable[..., QuerySet]) -> Callable[..., int]:
    """The same for how many there are: `make` says which, and by its limit how far they are counted."""
    written = writing(make, "SELECT COUNT(*) FROM ({}) AS counted")

    @wraps(make)
    def count(*who: int | User, **shape) -> int:
        if len(who) > len(MARKS):
            return make(*who, **shape).count()
        query = written(who, shape)
        if not query.statement or not may_be(who):
            return 0
        return query.statement.rows(ids_of(who), connections[query.queryset.db])[0][0]

    return count


def writing(make: Callable[..., QuerySet], asking: str = "{}") -> Callable[[tuple, dict], Written]:
    @lru_cache(maxsize=50)
    def write(whose: tuple[Reach | None, ...], shape: tuple) -> Written:
        stand_ins = (somebody(mark, reach) if reach else mark for mark, reach in zip(MARKS, whose, strict=False))
        queryset = make(*stand_ins, **dict(shape))
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return Written(queryset, compiler, None, {})
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        return Written(queryset, compiler, marked(asking.format(sql), params), compiler.get_converters(columns))

    def written(who: tuple[int | User, ...], shape: dict) -> Written:
        whose = tuple(reach_of(one) if isinstance(one, User) else None for one in who)
        return write(whose, tuple(sorted(shape.items())))

    return written


def ids_of(who: tuple[int | User, ...]) -> list[int]:
    return [one.pk if isinstance(one, User) else one for one in who]


def may_be(who: tuple[int | User, ...]) -> bool:
    """No row has an id that no column holds; a database would refuse it, and whoever types an address may write any."""
    return all(one is None or abs(one) < 2**63 for one in ids_of(who))


def marked(sql: str, params: Iterable) -> Statement:
    """The statement in whose SQL the marks stand for the ids to come."""
    sql, values = with_codes(sql, params)
    places = {n: MARKS.index(one) for n, one in enumerate(values) if type(one) is int and one in MARKS}
    return Statement(sql, values, places)


def with_codes(sql: str, params: Iterable) -> tuple[str, tuple]:
    """With the codes of states written out. Bound, they may decide which partial index is used, and so SQLite plans
    the whole query anew at each run."""
    given, bound = iter(params), []

    def written(found: re.Match) -> str:
        if found[0] == "%%":
            return "%%"
        one = next(given)
        if isinstance(one, str) and (code := CODE.fullmatch(one)):
            return f"'{code[0]}'"
        bound.append(one)
        return "%s"

    return re.sub("%%|%s", written, sql), tuple(bound)


def somebody(mark: int, reach: Reach) -> User:
    user = User(pk=mark)
    user._reach = reach
    return user
