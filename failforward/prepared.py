"""Queries that are written once. Made by the ORM, a wide one takes longer to write than to run, and a page asks the
same at every look, with nothing changed but the ids of whose it is."""

from collections.abc import Callable
from copy import copy
from functools import lru_cache, wraps

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from failforward.accounts.models import User
from failforward.accounts.reach import Reach, reach_of

# They stand in the written query for the ids to come; no row has them. With more ids it is written each time.
MARKS = range(-(2**31), -(2**31) + 200)


def prepared(make: Callable[..., QuerySet]) -> Callable[..., list]:
    """`make` takes ids and people in order, and by keyword whatever else its SQL depends on. Of a person, what they
    reach is a part of the SQL; nothing else of them but their id is known. It must look neither at the clock nor at the
    active time zone or language. What comes back is read already, so that nobody narrows it further."""

    @lru_cache(maxsize=50)
    def written(whose: tuple[Reach | None, ...], shape: tuple) -> tuple[QuerySet, SQLCompiler, str, tuple]:
        stand_ins = (somebody(mark, reach) if reach else mark for mark, reach in zip(MARKS, whose, strict=False))
        queryset = make(*stand_ins, **dict(shape))
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            return queryset, compiler, *compiler.as_sql()
        except EmptyResultSet:
            return queryset, compiler, "", ()

    @wraps(make)
    def read(*who: int | User, **shape) -> list:
        if len(who) > len(MARKS):
            return list(make(*who, **shape))
        whose = tuple(reach_of(one) if isinstance(one, User) else None for one in who)
        queryset, compiler, sql, params = written(whose, tuple(sorted(shape.items())))
        ids = [one.pk if isinstance(one, User) else one for one in who]
        values = tuple(ids[param - MARKS[0]] if type(param) is int and param in MARKS else param for param in params)
        queryset, compiler = queryset.all(), copy(compiler)
        compiler.connection = connections[queryset.db]
        compiler.as_sql = lambda *args, **kwargs: (sql, values)
        queryset.query.get_compiler = lambda *args, **kwargs: compiler
        return list(queryset)

    return read


def somebody(mark: int, reach: Reach) -> User:
    user = User(pk=mark)
    user._reach = reach
    return user
