import pytest

from benchmarks.seed_many import seed
from failforward.accounts.models import User
from reviews.models import Deal, FailureEvent, Finding, Review
from reviews.summary_sql import differences, rebuild


@pytest.mark.django_db
def test_what_is_measured_on_can_be_seeded_whatever_columns_have_come():
    readers = seed(200, 100)
    assert [model.objects.count() for model in (Deal, Review, FailureEvent, Finding)] == [200, 200, 100, 2]
    assert User.objects.filter(email__in=[readers.admin, readers.manager, readers.rep]).count() == 3
    rebuild()
    assert list(differences()) == []
