"""Queries that are written once. Made by the ORM, a wide one takes longer to write than to run, and a page asks the
same at every look, with nothing changed but the ids of whose it is."""

from collections.abc import Callable
from copy import copy
from functools import lru_cache, wraps

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

# They stand in the written query for the ids to come; no row has them.
MARKS = range(-(2**31), -(2**31) + 100_000)


def prepared(make: Callable[..., QuerySet]) -> Callable[..., list]:
    """`make` takes ids in order, and by keyword whatever else its SQL depends on. What comes back is read already, so
    that nobody narrows it further."""

    @lru_cache(maxsize=200)
    def written(number: int, shape: tuple) -> tuple[QuerySet, SQLCompiler, str, tuple]:
        queryset = make(*MARKS[:number], **dict(shape))
        compiler = queryset.query.get_compiler(queryset.db)
        return queryset, compiler, *compiler.as_sql()

    @wraps(make)
    def read(*ids: int, **shape) -> list:
        queryset, compiler, sql, params = written(len(ids), tuple(sorted(shape.items())))
        values = tuple(ids[param - MARKS[0]] if type(param) is int and param in MARKS else param for param in params)
        queryset, compiler = queryset.all(), copy(compiler)
        compiler.connection = connections[queryset.db]
        compiler.as_sql = lambda *args, **kwargs: (sql, values)
        queryset.query.get_compiler = lambda *args, **kwargs: compiler
        return list(queryset)

    return read
