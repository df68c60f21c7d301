"""What a database needs that nobody looks after."""

from django.db import connection

# So many rows of each index are looked at: enough to choose by, and milliseconds in a table of any size.
ROWS_LOOKED_AT = 1000


def count_rows() -> None:
    """By these counts a database chooses its ways."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
        cursor.execute("ANALYZE")
