from celery import shared_task


@shared_task(name="failforward.tasks.count_rows")
def count_rows() -> None:
    """SQLite counts only when asked; PostgreSQL does by itself."""
    from django.db import connection

    from failforward import upkeep

    if connection.vendor == "sqlite":
        upkeep.count_rows()
