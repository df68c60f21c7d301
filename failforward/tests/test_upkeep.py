import pytest
from django.db import connection

from failforward import testing, upkeep
from failforward.tasks import count_rows

pytestmark = pytest.mark.django_db


COUNTED = {
    "sqlite": "SELECT MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'accounts_user'",
    "postgresql": "SELECT reltuples::int FROM pg_class WHERE relname = 'accounts_user'",
}


def test_the_database_knows_what_is_in_its_tables():
    testing.cast()
    upkeep.count_rows()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED[connection.vendor])
        assert cursor.fetchone() == (10,)


def test_by_the_hour_sqlite_is_asked_to_count(monkeypatch):
    asked = []
    monkeypatch.setattr(upkeep, "count_rows", lambda: asked.append(True))
    count_rows()
    assert asked == [True] * (connection.vendor == "sqlite")
