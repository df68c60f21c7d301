"""Queries that are asked again and again with other ids. PostgreSQL keeps their plans: it plans a wide one longer than
it runs it, and the driver does not ask for that by itself."""

import itertools
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper

# Each connection keeps its own plans, and one may take some hundred kilobytes of the server's memory.
MOST = 100
kept: WeakKeyDictionary[object, OrderedDict["Statement", str]] = WeakKeyDictionary()
numbers = itertools.count(1)


class Statement:
    """`places` says of those of its values that are ids which of the ids each one is."""

    def __init__(self, sql: str, values: tuple, places: dict[int, int]) -> None:
        self.sql, self.values, self.places = sql, values, places

    @contextmanager
    def about(self, ids: list[int], connection: BaseDatabaseWrapper) -> Iterator[tuple[str, tuple | None]]:
        """What to send and its values. An id is a number: none is nobody's to one database, an error to another."""
        if None in ids:
            raise TypeError("An id is missing.")
        if connection.vendor == "postgresql":
            with self.planned(ids, connection) as sql:
                yield sql, None
        else:
            yield self.sql, tuple(ids[self.places[n]] if n in self.places else one for n, one in enumerate(self.values))

    def rows(self, ids: list[int], connection: BaseDatabaseWrapper) -> list[tuple]:
        with self.about(ids, connection) as asked, connection.cursor() as cursor:
            cursor.execute(*asked)
            return cursor.fetchall()

    @contextmanager
    def planned(self, ids: list[int], connection: BaseDatabaseWrapper) -> Iterator[str]:
        """Noted as kept once it has answered. What an error leaves on the server is not known: the connection is given
        up at the end of the request or task, and what it kept with it."""
        # As a cursor does, before it is asked what this connection keeps.
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        here = kept.setdefault(connection.connection, OrderedDict())
        name, before = here.pop(self, ""), []
        if not name:
            name = f"asked_{next(numbers)}"
            before += [f"DEALLOCATE {here.popitem(last=False)[1]}"] if len(here) >= MOST else []
            before += [self.preparing(name, len(ids), connection)]
        given = ", ".join(str(int(one)) for one in ids)
        # One way there and back for all of it.
        try:
            yield "; ".join([*before, f"EXECUTE {name} ({given})" if ids else f"EXECUTE {name}"])
        except BaseException:
            connection.close_at = time.monotonic()
            raise
        here[self] = name

    def preparing(self, name: str, ids: int, connection: BaseDatabaseWrapper) -> str:
        from psycopg2.extensions import AsIs

        values = (AsIs(f"${self.places[n] + 1}") if n in self.places else one for n, one in enumerate(self.values))
        types = f" ({', '.join(['bigint'] * ids)})" if ids else ""
        return f"PREPARE {name}{types} AS {connection.ops.compose_sql(self.sql, tuple(values))}"
