import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.db import connection

SQL = {"postgresql": "SELECT statement_timestamp()", "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"}


@dataclass(frozen=True)
class Clock:
    """The database's time, carried on by the monotonic clock: a worker's own date may be anything."""

    base: datetime
    read_at: float

    @classmethod
    def read(cls, now: datetime | None = None) -> Self:
        """`now` given takes the place of the database's."""
        return cls(now or database_now(), time.monotonic())

    def now(self) -> datetime:
        return self.base + timedelta(seconds=time.monotonic() - self.read_at)

    def later(self, seconds: float) -> datetime:
        return self.now() + timedelta(seconds=seconds)


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor])
        (found,) = cursor.fetchone()
    return found if isinstance(found, datetime) else datetime.fromisoformat(found).replace(tzinfo=UTC)
