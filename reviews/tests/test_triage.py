import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from failforward import testing
from reviews.models import Account, Deal, Review


def pending(cast, **fields) -> Review:
    return testing.review(cast, state="pending", opened_on=None, **fields)


@pytest.fixture
def as_manager(client, cast):
    client.force_login(cast.manager)
    return client


def names(response) -> list[str]:
    return re.findall(r'scope="row"><a href="[^"]+">([^<]+)</a>', response.content.decode())


def test_new_losses_come_by_value_and_the_unstated_last(as_manager, cast):
    for name, amount in [("small", 1), ("unstated", None), ("big", 9), ("middle", 5)]:
        pending(cast, deal=testing.deal(cast, name=name, amount_minor=amount))
    testing.review(cast)

    assert names(as_manager.get(reverse("triage"))) == ["big", "middle", "small", "unstated"]


def test_ticked_losses_are_chosen_at_once(as_manager, cast):
    reviews = [pending(cast) for _number in range(3)]

    response = as_manager.post(
        reverse("triage"), {"do": "quick", "review": [reviews[0].pk, reviews[1].pk]}, follow=True
    )

    assert "2 chosen for a quick review." in response.content.decode()
    assert [Review.objects.get(pk=r.pk).state for r in reviews] == ["gathering", "gathering", "pending"]


def test_who_chooses_one_goes_on_with_it(as_manager, cast):
    review = pending(cast)

    response = as_manager.post(reverse("triage"), {"do": "quick", "review": review.pk})

    assert response.url == review.get_absolute_url()


def test_all_that_match_are_waived_with_one_reason(as_manager, cast):
    for _number in range(3):
        pending(cast)
    pending(cast, deal=testing.deal(cast, team=cast.south, owner=cast.outsider))

    as_manager.post(reverse("triage"), {"do": "waive", "all": "1", "reason": "Before we began."})

    assert sorted(Review.objects.values_list("state", flat=True)) == ["pending", "waived", "waived", "waived"]


def test_without_a_reason_the_ticks_are_kept(as_manager, cast):
    review = pending(cast)

    response = as_manager.post(reverse("triage"), {"do": "waive", "review": review.pk, "reason": " "})

    assert response.status_code == 422
    page = response.content.decode()
    assert "Say in a few words why these losses are not reviewed." in page
    assert f'id="review-{review.pk}" checked' in page


@pytest.mark.parametrize(
    "said", [{}, {"do": "quick"}, {"do": "quick", "review": "x"}, {"do": "quick", "review": "9" * 30}]
)
def test_nothing_ticked_changes_nothing(as_manager, cast, said):
    pending(cast)

    response = as_manager.post(reverse("triage"), said, follow=True)

    assert "Nothing was selected." in response.content.decode()
    assert Review.objects.get().state == "pending"


def test_a_loss_of_another_team_is_not_chosen_by_its_number(as_manager, cast):
    theirs = pending(cast, deal=testing.deal(cast, team=cast.south, owner=cast.outsider))

    as_manager.post(reverse("triage"), {"do": "quick", "review": theirs.pk})

    theirs.refresh_from_db()
    assert theirs.state == "pending"


def test_an_unknown_deed_is_refused(as_manager, cast):
    review = pending(cast)

    response = as_manager.post(reverse("triage"), {"do": "delete", "review": review.pk})

    assert response.status_code == 422
    assert "Choose what to do with them" in response.content.decode()


def test_sealed_losses_show_to_those_on_them_alone(as_manager, client, cast):
    pending(cast, visibility="sealed", people=(cast.facilitator,), deal=testing.deal(cast, name="Canary"))

    assert names(as_manager.get(reverse("triage"))) == []
    client.force_login(cast.facilitator)
    assert names(client.get(reverse("triage"))) == ["Canary"]


def test_triage_asks_the_same_for_one_loss_and_three(as_manager, cast):
    asked = set()
    for _number in range(3):
        account = Account.objects.create(source="form", name=f"Customer {_number}")
        pending(cast, deal=testing.deal(cast, account=account))
        as_manager.get(reverse("triage"))
        with CaptureQueriesContext(connection) as queries:
            as_manager.get(reverse("triage"))
        asked.add(len(queries))
    assert len(asked) == 1


# --- A new review -------------------------------------------------------------------------------


def found(client, words: str) -> set[int]:
    page = client.get(reverse("review_new"), {"q": words}).content.decode()
    return {int(pk) for pk in re.findall(r'name="deal" value="(\d+)"', page)}


def test_lost_deals_are_found_by_the_words_of_deal_and_customer(as_manager, cast):
    account = Account.objects.create(source="form", name="Aldersund Paper")
    sensors = testing.deal(cast, name="40 vibration sensors", account=account)
    pumps = testing.deal(cast, name="Pumps for paper", external_id="1C1I7A6R")
    testing.deal(cast, name="Paper won", outcome="won", lost_on=None)
    testing.deal(cast, name="Paper of others", team=cast.south, owner=cast.outsider)

    assert found(as_manager, "paper") == {sensors.pk, pumps.pk}
    assert found(as_manager, "SENSORS aldersund") == {sensors.pk}
    assert found(as_manager, "1C1I7A6R") == {pumps.pk}
    assert found(as_manager, "%") == set()


def test_a_found_deal_opens_its_review(as_manager, cast):
    deal = testing.deal(cast)

    response = as_manager.post(reverse("review_new"), {"deal": deal.pk})

    review = Review.objects.get()
    assert response.url == reverse("review_detail", args=[review.pk])
    assert (review.deal, review.state) == (deal, "gathering")


def test_a_deal_with_a_review_is_marked_and_leads_to_it(as_manager, cast):
    begun, waiting, hidden = (testing.deal(cast, name=name) for name in ("Begun", "Waiting", "Hidden"))
    under_way = testing.review(cast, deal=begun)
    testing.review(cast, deal=waiting, state="pending", opened_on=None)
    testing.review(cast, deal=hidden, visibility="sealed")

    page = as_manager.get(reverse("review_new")).content.decode()

    assert found(as_manager, "") == {waiting.pk, hidden.pk}
    assert page.count(f'href="{under_way.get_absolute_url()}"') == 1
    assert page.count("Its review") == 1


def test_a_deal_that_one_may_only_read_is_not_offered(client, cast):
    testing.review(cast, people=(cast.other_rep,), state="pending", opened_on=None)
    client.force_login(cast.other_rep)
    assert found(client, "") == set()


def test_the_page_costs_the_same_for_one_deal_and_for_three(as_manager, cast):
    asked = set()
    for number in (1, 2):
        for _ in range(number):
            testing.review(cast)
        with CaptureQueriesContext(connection) as queries:
            as_manager.get(reverse("review_new"))
        asked.add(len(queries))
    assert len(asked) == 1


@pytest.mark.parametrize("given", ["0", "x", "", "99999", "9" * 30, pytest.param("9" * 5000, id="5000 digits")])
def test_an_unknown_deal_is_404(as_manager, given):
    assert as_manager.post(reverse("review_new"), {"deal": given}).status_code == 404


def test_a_deal_of_another_team_is_404_and_one_only_read_403(client, cast):
    theirs = testing.deal(cast, team=cast.south, owner=cast.outsider)
    ours = testing.review(cast, people=(cast.other_rep,)).deal
    client.force_login(cast.other_rep)

    assert client.post(reverse("review_new"), {"deal": theirs.pk}).status_code == 404
    assert client.post(reverse("review_new"), {"deal": ours.pk}).status_code == 403


def test_a_loss_that_is_not_here_is_told_and_opened(client, cast):
    client.force_login(cast.rep)
    said = {
        "name": "40 sensors",
        "customer": "Aldersund Paper",
        "team": cast.north.pk,
        "outcome": "lost_to_competitor",
        "competitor": "Orrin",
        "lost_on": "2026-11-12",
        "stage_at_loss": "Proposal",
        "amount": "184000.50",
    }

    response = client.post(reverse("review_new"), said)

    deal = Deal.objects.get()
    assert response.url == reverse("review_detail", args=[deal.reviews.get().pk])
    assert (deal.account.name, deal.amount_minor, deal.lost_on, deal.owner, deal.team) == (
        "Aldersund Paper",
        18400050,
        dt.date(2026, 11, 12),
        cast.rep,
        cast.north,
    )


def test_a_loss_half_told_comes_back_as_typed(client, cast):
    client.force_login(cast.rep)

    response = client.post(reverse("review_new"), {"name": "40 sensors", "team": cast.south.pk, "amount": "-1"})

    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="40 sensors"' in page
    assert not Deal.objects.exists()


# --- Taking it back ------------------------------------------------------------------------------


def take_back(client, page: str):
    """Presses the button that the message carries."""
    form = re.search(r'<form class="ms-auto" action="([^"]+)".*?</form>', page, re.S)
    fields = re.findall(r'name="(do|review)" value="(\w+)"', form[0])
    return client.post(
        form[1], {"do": "back", "review": [pk for name, pk in fields if name == "review"]}, follow=True
    ).content.decode()


def test_what_was_waived_can_be_taken_back_from_the_message(as_manager, cast):
    reviews = [pending(cast) for _number in range(3)]
    said = {"do": "waive", "review": [one.pk for one in reviews[:2]], "reason": "Before we began."}

    page = as_manager.post(reverse("triage"), said, follow=True).content.decode()
    assert "2 waived." in page
    assert "2 back among the new losses." in take_back(as_manager, page)

    assert set(Review.objects.values_list("state", "waived_because")) == {("pending", "")}


def test_what_was_chosen_can_be_taken_back_from_the_page_it_leads_to(as_manager, cast):
    review = pending(cast)

    page = as_manager.post(reverse("triage"), {"do": "quick", "review": review.pk}, follow=True).content.decode()
    take_back(as_manager, page)

    review.refresh_from_db()
    assert (review.state, review.facilitator, review.opened_by, review.opened_on) == ("pending", None, None, None)
    assert not review.persons.exists()


def test_what_has_begun_stays_chosen(as_manager, cast):
    review = pending(cast)
    page = as_manager.post(reverse("triage"), {"do": "quick", "review": review.pk}, follow=True).content.decode()
    testing.event(review)

    assert "Work on this review has begun, so it stays chosen." in take_back(as_manager, page)
    assert Review.objects.get().state == "gathering"


def test_taking_back_twice_does_no_harm(as_manager, cast):
    review = pending(cast)
    page = as_manager.post(reverse("triage"), {"do": "quick", "review": review.pk}, follow=True).content.decode()
    take_back(as_manager, page)

    assert "That was decided already." in take_back(as_manager, page)
    assert Review.objects.get().state == "pending"


def test_nobody_takes_back_what_a_manager_decided(as_manager, client, cast):
    review = pending(cast)
    as_manager.post(reverse("triage"), {"do": "waive", "review": review.pk, "reason": "Too old."})
    client.force_login(cast.rep)

    page = client.post(reverse("triage"), {"do": "back", "review": review.pk}, follow=True).content.decode()

    assert "A manager of the team decides that." in page
    assert Review.objects.get().state == "waived"
