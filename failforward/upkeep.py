"""What a database needs that nobody looks after."""

from django.db import connection

# So many rows of each index are looked at: enough to choose by, and milliseconds in a table of any size.
ROWS_LOOKED_AT = 1000


def count_rows() -> None:
    """SQLite chooses its ways by counts that it takes only when asked. PostgreSQL takes its own."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
            cursor.execute("ANALYZE")
