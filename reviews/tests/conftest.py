import pytest

from failforward import testing


@pytest.fixture
def cast(db):
    return testing.cast()
