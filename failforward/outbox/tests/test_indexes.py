from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from failforward.outbox import plan, run_due
from failforward.outbox.models import Mail, State, Tick
from failforward.outbox.waiting import look


def mails_of_years(number: int = 3000) -> None:
    """Some sent, some for later; counted, because PostgreSQL plans by that and reads a small table in any way. SQLite
    plans by the indexes alone."""
    if connection.vendor == "sqlite":
        return
    now = timezone.now()
    for first, state, days in ((0, State.SENT, -1), (number, State.PLANNED, 1)):
        times = [now + timedelta(days=days, hours=days * row) for row in range(number)]
        Mail.objects.bulk_create(
            Mail(key=f"year:{first + row}", kind="note", state=state, due_at=at, next_at=at)
            for row, at in enumerate(times)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_mail")


def plan_of(sql: str, params) -> str:
    with connection.cursor() as cursor:
        # With the parameters apart, as they were: SQLite sees no further than the text.
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def asked_by(work: Callable) -> list[tuple]:
    asked = []

    def listen(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        work()
    return asked


def test_a_tick_with_nothing_due_never_reads_the_table_whole(db):
    """With a million mails scheduled for later that took a second on SQLite."""
    mails_of_years()
    run_due()

    asked = asked_by(lambda: (run_due(), look(timezone.now())))

    about_mail = [(sql, params) for sql, params in asked if "outbox_mail" in sql]
    assert len(about_mail) == 3
    for sql, params in about_mail:
        plan = plan_of(sql, params)
        assert "mail_to_" in plan, plan
        assert "Seq Scan on outbox_mail" not in plan, plan
        assert "SCAN outbox_mail\n" not in plan + "\n", plan


def test_a_tick_with_nothing_due_looks_once_and_writes_nothing(anna, django_assert_num_queries):
    plan("note:1", "note", anna, timezone.now() + timedelta(days=1))
    run_due()
    with django_assert_num_queries(1):
        run_due()


@pytest.mark.parametrize(
    ("last", "is_noted"), [(timedelta(minutes=2), False), (timedelta(minutes=4), True), (-timedelta(days=1), True)]
)
def test_the_stroke_of_the_clock_is_noted_as_often_as_somebody_needs_it(last, is_noted, db):
    """One that lies ahead is of a clock that was set back since."""
    before = timezone.now() - last
    Tick.objects.create(name="run_due", at=before)
    run_due()
    assert (Tick.objects.get().at != before) is is_noted
    assert not is_noted or abs(timezone.now() - Tick.objects.get().at) < timedelta(minutes=1)


def test_looking_ahead_notes_no_stroke_that_lies_ahead(db):
    run_due(timezone.now() + timedelta(days=3))
    assert Tick.objects.get().at <= timezone.now()
