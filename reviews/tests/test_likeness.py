import pytest

from reviews.likeness import Traits, shared

DEAL = Traits("Aldersund Paper", "Orrin", "Vibration", "paper", 100_00, "EUR")


@pytest.mark.parametrize(
    ("other", "traits"),
    [
        (Traits(rival=" orrin "), ["rival"]),
        (Traits(product="VIBRATION", rival="Orrin"), ["rival", "product"]),
        (Traits(customer="Aldersund paper", amount=200_00, currency="EUR"), ["customer", "amount"]),
        (Traits(sector="Paper", amount=50_00, currency="EUR"), ["sector", "amount"]),
        (Traits(rival="Orrin", amount=201_00, currency="EUR"), ["rival"]),
        (Traits(rival="Orrin", amount=100_00, currency="USD"), ["rival"]),
        # A line of business or an amount alone says too little.
        (Traits(sector="paper"), []),
        (Traits(amount=100_00, currency="EUR"), []),
        (Traits(), []),
    ],
)
def test_what_two_deals_share_is_named_where_it_is_enough(other, traits):
    assert shared(DEAL, other) == shared(other, DEAL) == traits


def test_deals_of_which_nothing_is_known_are_not_alike():
    assert shared(Traits(), Traits()) == []
