import pytest

from failforward.money import about, format_minor


@pytest.mark.parametrize(
    ("amount_minor", "currency", "shown"),
    [
        (18_400_000, "EUR", "€184,000"),
        (8_922_050, "EUR", "€89,220.50"),
        (5, "GBP", "£0.05"),
        (0, "USD", "$0"),
        (-120_000, "EUR", "−€1,200"),
        (184_000, "JPY", "¥184,000"),
        (1_234_500, "KWD", "KWD\N{NO-BREAK SPACE}1,234.500"),
        (990_000, "chf", "CHF\N{NO-BREAK SPACE}9,900"),
        (10**17, "EUR", "€1,000,000,000,000,000"),
    ],
)
def test_money_is_shown_with_its_own_minor_digits(amount_minor, currency, shown):
    assert format_minor(amount_minor, currency) == shown


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [
        (142_166_67, "EUR", 142_167_00),
        (142_166_50, "EUR", 142_167_00),
        (-142_166_67, "EUR", -142_167_00),
        (999_99, "EUR", 999_99),
        (1_000_49, "EUR", 1_000_00),
        (12_345, "JPY", 12_345),
        (1_000_499, "KWD", 1_000_000),
        (0, "EUR", 0),
    ],
)
def test_an_estimate_of_a_thousand_or_more_has_no_cents(minor, currency, told):
    assert about(minor, currency) == told
