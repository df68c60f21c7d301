import pytest

from reviews.agreement import Reading, agreed

PLANNING, TECHNOLOGY = "planning", "technology"


@pytest.mark.parametrize(
    "readings, settled",
    [
        ([], None),
        ([(PLANNING, "systemic")], (PLANNING, "systemic")),
        ([(PLANNING, "one_off")], (PLANNING, "one_off")),
        ([(PLANNING, "unsure")], None),
        ([(PLANNING, "systemic"), (PLANNING, "systemic")], (PLANNING, "systemic")),
        ([(PLANNING, "one_off"), (PLANNING, "one_off")], (PLANNING, "one_off")),
        ([(PLANNING, "systemic"), (PLANNING, "one_off")], None),
        ([(PLANNING, "systemic"), (TECHNOLOGY, "systemic")], None),
        ([(PLANNING, "unsure"), (PLANNING, "unsure")], None),
        ([(PLANNING, "systemic"), (PLANNING, "unsure")], None),
        ([(PLANNING, "systemic"), (PLANNING, "systemic"), (TECHNOLOGY, "systemic")], None),
    ],
)
def test_readings_agree_on_category_and_verdict_and_unsure_never_agrees(readings, settled):
    assert agreed(Reading(*reading) for reading in readings) == settled
