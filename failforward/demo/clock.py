"""The story is told in its own time: each verb runs on the day it is said to have happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Within, "now" is `moment`. For the seeding process alone: it has one thread and serves nobody."""
    with mock.patch.object(timezone, "now", lambda: moment):
        yield moment
