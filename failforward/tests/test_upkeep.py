import pytest
from django.db import connection

from failforward import testing
from failforward.tasks import count_rows

pytestmark = pytest.mark.django_db


def test_sqlite_knows_what_is_in_its_tables():
    testing.cast()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return count_rows()
        cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")
        count_rows()
        cursor.execute("SELECT MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'accounts_user'")
        assert cursor.fetchone() == (10,)
