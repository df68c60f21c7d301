"""PostgreSQL keeps what it has planned. SQLite, which plans in no time, is asked the same and must answer the same."""

import pytest
from django.db import DatabaseError, NotSupportedError, connection, transaction
from django.test.utils import CaptureQueriesContext

from failforward import statements
from failforward.statements import Statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeps() -> bool:
    return connection.vendor == "postgresql"


@pytest.fixture
def sums() -> Statement:
    return Statement("SELECT %s, %s + 1, '50%%' WHERE %s > 0", ("it's 100 %", None, None), {1: 0, 2: 1})


def answer(asked: Statement, *ids: int) -> list[tuple]:
    with asked.about(list(ids), connection) as (sql, values), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_it_answers_for_the_ids_of_each_time(sums):
    assert answer(sums, 7, 1) == [("it's 100 %", 8, "50%")]
    assert answer(sums, 2**40, 1) == [("it's 100 %", 2**40 + 1, "50%")]
    assert answer(sums, 7, -1) == []


def test_without_ids_it_is_asked_as_it_is():
    plain = Statement("SELECT '100%%'", (), {})
    assert answer(plain) == answer(plain) == [("100%",)]


def test_it_is_prepared_once(sums, keeps):
    with CaptureQueriesContext(connection) as asked:
        answer(sums, 7, 1)
        answer(sums, 8, 1)
    first, second = (query["sql"] for query in asked.captured_queries)
    assert ("PREPARE" in first, second.startswith("EXECUTE")) == (keeps, keeps)


def test_a_broken_transaction_leaves_nothing_half_prepared(sums):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("SELECT nothing_of_that_name")
        except DatabaseError:
            answer(sums, 7, 1)
            raise
    assert answer(sums, 7, 1) == answer(sums, 7, 1) == [("it's 100 %", 8, "50%")]


def test_those_asked_longest_ago_are_let_go(sums, keeps, monkeypatch):
    monkeypatch.setattr(statements, "MOST", 3)
    statements.kept.clear()
    others = [Statement(f"SELECT {number}", (), {}) for number in range(5)]

    assert [answer(one) for one in others] == [[(number,)] for number in range(5)]
    if keeps:
        assert list(statements.kept[connection.connection]) == others[2:]
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement ~ 'AS SELECT [0-9];'")
            assert len(cursor.fetchall()) == 3
    assert [answer(one) for one in others] == [[(number,)] for number in range(5)]


def test_a_column_of_another_type_is_an_error_once_at_most(keeps):
    names = Statement("SELECT name FROM shelf WHERE id = %s", (None,), {0: 0})
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE shelf (id integer, name varchar(5))")
        cursor.execute("INSERT INTO shelf VALUES (1, 'Left')")
        assert answer(names, 1) == [("Left",)]
        if keeps:
            cursor.execute("ALTER TABLE shelf ALTER name TYPE varchar(50)")
            with pytest.raises(NotSupportedError), transaction.atomic():
                answer(names, 1)
    assert answer(names, 1) == [("Left",)]


def test_what_an_error_left_goes_with_its_connection(sums, keeps):
    """Whoever asks for the impossible again and again fills nothing."""
    connection.close_at = None
    with pytest.raises(DatabaseError if keeps else OverflowError), transaction.atomic():
        answer(sums, 10**30, 1)
    assert (connection.close_at is not None) == keeps
    connection.close_at = None


def test_no_id_is_nobodys_on_no_database(sums):
    with pytest.raises(TypeError):
        answer(sums, None, 1)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_is_made_anew_and_asked(sums, keeps):
    answer(sums, 7, 1)
    if keeps:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            lost, other = cursor.fetchone(), connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", lost)
        other.close()
    # As a request begins that finds a connection kept from the last.
    connection.health_check_enabled, connection.health_check_done = True, False
    assert answer(sums, 8, 1) == [("it's 100 %", 9, "50%")]
    connection.health_check_enabled = False
