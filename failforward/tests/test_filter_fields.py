import pytest
from django.core.exceptions import ValidationError

from failforward.filter_fields import AmountField, DayField
from failforward.filters import MOST
from failforward.forms import put_in_words

TWO_WAYS = "This can be read in two ways. Write it without marks, for instance 50000."
NO_NUMBER = "Write a number, for instance 50000, 50,000 or 50k."


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("1200", "1,200"),
        ("1200.50", "1,200.50"),
        ("1200,5", "1,200.50"),
        ("50,000", "50,000"),
        ("50.000", "50,000"),
        ("€50,000", "50,000"),
        ("50.000,25 €", "50,000.25"),
        ("EUR 1,234,567.89", "1,234,567.89"),
        ("50 000", "50,000"),
        ("1 234\u202f567", "1,234,567"),
        ("50’000", "50,000"),
        ("50k", "50,000"),
        ("€1.5 k", "1,500"),
        ("2M", "2,000,000"),
        ("0", "0"),
    ],
)
def test_an_amount_is_understood_as_people_write_it_and_said_again(typed, understood):
    field = AmountField(min_value=0)
    assert field.in_words(field.clean(typed)) == understood


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("0.500", TWO_WAYS),
        ("50.0000", TWO_WAYS),
        ("1.500k", TWO_WAYS),
        ("1,23,456", TWO_WAYS),
        ("50.000.00", TWO_WAYS),
        ("5000,000", TWO_WAYS),
        ("12.", TWO_WAYS),
        ("many", NO_NUMBER),
        ("1e400", NO_NUMBER),
        ("nan", NO_NUMBER),
        ("5 00", NO_NUMBER),
        ("9" * 400, "Write 1000000000000 or less."),
        ("-5", "Write 0 or more."),
    ],
)
def test_what_cannot_be_told_is_asked(typed, wrong):
    with pytest.raises(ValidationError) as refused:
        field = AmountField(min_value=0, max_value=MOST)
        put_in_words(field)
        field.clean(typed)
    assert refused.value.messages == [wrong]


def test_a_day_is_said_as_pages_write_it():
    field = DayField()
    assert field.in_words(field.clean("2025-08-24")) == "Sun 24 Aug 2025"
    with pytest.raises(ValidationError) as refused:
        field.clean("31.02.")
    assert refused.value.messages == ["“31.02.” is no day. Choose one in the calendar, or write it as 2026-11-27."]
