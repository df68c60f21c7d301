"""The rule of what stalls, as a table."""

from datetime import date, timedelta

import pytest

from actions.progress import BUSY, QUIET, Signs, Stall, stall_of

TODAY = date(2026, 11, 25)


def ago(days: int | None) -> date | None:
    return None if days is None else TODAY - timedelta(days)


# began, last progress, last activity (days ago), promise ahead, promise past → kind and since how many days ago
TABLE = [
    (0, None, None, False, False, None),
    (6, None, None, False, False, None),
    (7, None, None, False, False, (QUIET, 7)),
    (30, 6, None, False, False, None),
    (30, 7, None, False, False, (QUIET, 7)),
    (30, 7, 6, False, False, None),
    (30, 13, 0, False, False, None),
    (30, 14, 0, False, False, (BUSY, 14)),
    (30, 14, 7, False, False, (QUIET, 7)),
    (13, None, 1, False, False, None),
    (14, None, 1, False, False, (BUSY, 14)),
    (30, None, None, True, False, None),
    (30, None, None, True, True, (QUIET, 30)),
    (30, None, None, False, True, (QUIET, 30)),
    (30, 20, 1, True, False, None),
    (30, 1, None, False, True, None),
    # What was achieved before it began counts from the beginning.
    (3, 20, 20, False, False, None),
]


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_activity_without_progress_stalls_after_two_weeks_and_silence_after_one(row):
    began, progress, activity, ahead, past, expected = row
    signs = Signs(ago(began), ago(progress), ago(activity), ahead, past)

    assert stall_of(signs, TODAY) == (Stall(expected[0], ago(expected[1])) if expected else None)
