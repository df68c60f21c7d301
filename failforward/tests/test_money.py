import pytest

from failforward.money import format_minor


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
