from django.db import connection
from django.utils import timezone

from failforward.outbox import run_due
from failforward.outbox.waiting import look


def plan_of(sql: str, params) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # An empty table is always read whole, unless that is forbidden.
            cursor.execute("SET LOCAL enable_seqscan = off")
        # With the parameters apart, as they were: SQLite sees no further than the text.
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_a_tick_with_nothing_due_never_reads_the_table_whole(db):
    """With a million mails scheduled for later that took a second on SQLite."""
    asked = []

    def listen(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        run_due()
        look(timezone.now())

    about_mail = [(sql, params) for sql, params in asked if "outbox_mail" in sql]
    assert len(about_mail) == 5
    for sql, params in about_mail:
        plan = plan_of(sql, params)
        assert "mail_to_" in plan, plan
        assert "Seq Scan on outbox_mail" not in plan, plan
        assert "SCAN outbox_mail\n" not in plan + "\n", plan
