import datetime as dt

import pytest

from failforward import testing
from failforward.history.models import Change, record

pytestmark = pytest.mark.django_db


def test_what_is_kept_to_the_day_is_not_betrayed_by_its_neighbours():
    """Written between nine and eleven, it stands where the day begins, and nobody can say who was there just then."""
    cast = testing.cast()
    team = cast.north
    changes = [record(team, "first", cast.rep), record(team, "unnamed", anonymous=True), record(team, "last", cast.rep)]
    for change, hour in zip(changes, (9, 0, 11), strict=True):
        Change.objects.filter(pk=change.pk).update(at=dt.datetime(2026, 11, 25, hour, tzinfo=dt.UTC))
    assert list(Change.objects.about(team).values_list("verb", flat=True)) == ["last", "first", "unnamed"]
