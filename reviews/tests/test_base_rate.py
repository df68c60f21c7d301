import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import NOW
from reviews import base_rate
from reviews.base_rate import BaseRate, Candidate
from reviews.comparable import wins_for
from reviews.likeness import Traits
from reviews.models import Comparison, Deal, FailureEvent

LOST_ON = dt.date(2026, 11, 12)


@pytest.fixture
def review(cast):
    return testing.review(cast, people=(cast.rep, cast.facilitator, cast.manager), facilitator=cast.facilitator)


@pytest.fixture
def event(review):
    return testing.event(review, causal_role="caused")


@pytest.fixture
def as_rep(client, cast):
    client.force_login(cast.rep)
    return client


def url(event) -> str:
    return reverse("event_wins", args=[event.pk])


def tap(client, event, deal, present: str):
    return client.post(url(event), {"win": f"{deal.pk}:{present}"})


def offered(event, user) -> set[Deal]:
    event = FailureEvent.objects.for_card().get(pk=event.pk)
    return {win.deal for win in wins_for(event, user).offered}


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (BaseRate(), ""),
        (BaseRate(1, 4), "present in 1 of 5 wins looked at"),
        (BaseRate(0, 1), "present in 0 of 1 win looked at"),
        (BaseRate(1, 3, 1), "present in 1 of 4 wins looked at, and one nobody can tell of"),
        (BaseRate(2, 1, 2), "present in 2 of 3 wins looked at, and 2 nobody can tell of"),
        (BaseRate(unknown=1), "of the one win looked at nobody can tell"),
        (BaseRate(unknown=3), "of 3 wins looked at nobody can tell"),
    ],
)
def test_a_base_rate_is_said_in_wins_and_never_in_percent(rate, words):
    assert rate.in_words == words


def test_the_likest_win_is_proposed_first_with_its_reason_in_words():
    lost = Traits(rival="Orrin", product="Sensors", amount=100, currency="EUR", team="1", lead_source="Fair")

    def win(pk, days=0, **traits):
        return Candidate(pk, Traits(**traits), LOST_ON - dt.timedelta(days))

    wins = [
        win(1, team="1"),
        win(2, rival="ORRIN ", team="1"),
        win(3, team="1", days=-9),
        win(4, amount=201, currency="EUR"),
        win(5, amount=200, currency="USD"),
        win(6, amount=200, currency="EUR", lead_source="fair"),
        win(7, rival="Orrin", team="1", days=366),
        win(8, sector=""),
    ]

    found = base_rate.propose(lost, LOST_ON, wins)

    assert [one.pk for one in found] == [2, 6, 1, 3]
    assert found[0].in_words == "same rival, same team, closed within a year of it"
    assert found[1].in_words == "same lead source, like value, closed within a year of it"


def test_only_wins_that_the_person_may_see_are_offered(cast, event):
    mine, toms = testing.won(cast), testing.won(cast, owner=cast.other_rep)
    testing.deal(cast)
    south = testing.won(cast, team=cast.south)
    testing.won(cast, closed_on=dt.date(2025, 11, 1))

    assert offered(event, cast.rep) == {mine, south}
    assert offered(event, cast.manager) == {mine, toms}
    assert offered(event, cast.admin) == {mine, toms, south}
    assert offered(event, cast.facilitator) == set()


def test_five_are_offered_and_what_is_not_comparable_makes_room_for_the_next(cast, event):
    wins = [testing.won(cast) for _number in range(7)]
    assert offered(event, cast.rep) == set(wins[2:])

    Comparison.say(event, wins[6], cast.rep, "unlike", NOW)
    assert offered(event, cast.rep) == set(wins[1:6])
    Comparison.say(event, wins[5], cast.rep, "yes", NOW)
    Comparison.say(event, wins[4], cast.manager, "unknown", NOW)
    assert offered(event, cast.manager) == set(wins[1:4])

    Comparison.say(event, wins[6], cast.rep, "", NOW)
    assert offered(event, cast.rep) == {wins[6], wins[3], wins[2]}


def test_a_sixth_win_is_not_looked_at(cast, event):
    wins = [testing.won(cast) for _number in range(6)]
    for win in wins[:5]:
        Comparison.say(event, win, cast.rep, "no", NOW)
    with pytest.raises(Refused, match="Five wins"):
        Comparison.say(event, wins[5], cast.rep, "no", NOW)
    assert Comparison.say(event, wins[5], cast.rep, "unlike", NOW)
    assert Comparison.say(event, wins[4], cast.rep, "yes", NOW)


def test_an_answer_is_kept_once_and_every_change_of_it_is_in_the_history(cast, event):
    win = testing.won(cast)
    assert Comparison.say(event, win, cast.rep, "yes", NOW)
    assert not Comparison.say(event, win, cast.rep, "yes", NOW)
    assert Comparison.say(event, win, cast.manager, "no", NOW)

    said = Comparison.objects.get()
    assert (said.present, said.by) == ("no", cast.manager)
    changes = [(c.by, c.details["before"], c.details["after"]) for c in Change.objects.about(said)]
    assert changes == [(cast.manager, "yes", "no"), (cast.rep, "", "yes")]
    assert not Change.objects.about(event).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Comparison.objects.create(event=event, deal=win, present="yes", by=cast.rep, at=NOW)


def test_nobody_compares_what_does_not_count_or_with_what_they_may_not_see(cast, review, event):
    win = testing.won(cast)
    for role in ("", "unrelated", "unknown"):
        with pytest.raises(Refused, match="caused the loss or contributed"):
            Comparison.say(testing.event(review, causal_role=role), win, cast.rep, "yes", NOW)
    for other in (testing.deal(cast), testing.won(cast, owner=cast.other_rep)):
        with pytest.raises(Refused, match="won and that you may see"):
            Comparison.say(event, other, cast.rep, "yes", NOW)
    with pytest.raises(Refused, match="yes, no, or"):
        Comparison.say(event, win, cast.rep, "maybe", NOW)
    with pytest.raises(Refused, match="people on the review"):
        Comparison.say(event, win, cast.other_rep, "yes", NOW)
    type(review).objects.filter(pk=review.pk).update(state="closed", closed_at=NOW)
    with pytest.raises(Refused, match="closed"):
        Comparison.say(event, win, cast.rep, "yes", NOW)
    assert not Comparison.objects.exists()


def test_one_tap_is_counted_and_said_on_the_board_and_in_the_review(as_rep, cast, review, event):
    wins = [testing.won(cast) for _number in range(3)]
    page = as_rep.get(url(event)).content.decode()
    assert "proposed because: same rival" in page and page.count("Present there too?") == 3

    assert tap(as_rep, event, wins[0], "yes")["Location"] == f"{url(event)}#win-{wins[0].pk}"
    tap(as_rep, event, wins[1], "no")
    tap(as_rep, event, wins[2], "unknown")

    words = "Present in 1 of 2 wins looked at, and one nobody can tell of"
    for address in (url(event), reverse("review_board", args=[review.pk]), review.get_absolute_url()):
        page = as_rep.get(address).content.decode()
        assert words in page and "%" not in page[page.index("<main") :]
    assert url(event) in page


def test_what_is_in_most_wins_too_may_not_be_the_cause(as_rep, cast, event):
    wins = [testing.won(cast) for _number in range(3)]
    hint = "Most of these wins had it too"
    for win, present in zip(wins, ("yes", "yes"), strict=False):
        tap(as_rep, event, win, present)
        assert hint not in as_rep.get(url(event)).content.decode()
    tap(as_rep, event, wins[2], "no")
    assert hint in as_rep.get(url(event)).content.decode()

    tap(as_rep, event, wins[0], "no")
    assert hint not in as_rep.get(url(event)).content.decode()


def test_not_comparable_is_taken_back_by_undo(as_rep, cast, event):
    win = testing.won(cast)
    page = as_rep.get(tap(as_rep, event, win, "unlike")["Location"]).content.decode()
    assert "is not comparable." in page and f'value="{win.pk}:"' in page and "One win is not comparable" in page

    tap(as_rep, event, win, "")
    assert offered(event, cast.rep) == {win}


def test_a_win_that_one_may_not_open_is_counted_and_not_named(client, cast, event):
    Comparison.say(event, testing.won(cast, owner=cast.other_rep, name="Zebra"), cast.manager, "yes", NOW)
    client.force_login(cast.rep)
    page = client.get(url(event) + "?do=history").content.decode()
    assert "Present in 1 of 1 win looked at" in page and "One of them is a win that you may not open" in page
    assert "Zebra" not in page


@pytest.mark.parametrize("win", ["", "x", ":", "0:yes", "99999999999999999999:yes", "1:perhaps"])
def test_a_tap_on_nothing_changes_nothing(as_rep, event, win):
    assert as_rep.post(url(event), {"win": win}).status_code == 302
    assert not Comparison.objects.exists()


def test_a_closed_review_is_read_and_not_changed(as_rep, cast, review, event):
    win = testing.won(cast)
    tap(as_rep, event, win, "yes")
    type(review).objects.filter(pk=review.pk).update(state="closed", closed_at=NOW)
    page = as_rep.get(url(event)).content.decode()
    assert "It was there too." in page and 'name="win"' not in page
    tap(as_rep, event, win, "no")
    assert Comparison.objects.get().present == "yes"


def test_whoever_has_still_to_tell_is_led_to_telling(client, cast):
    full = testing.review(cast, people=(cast.rep, cast.other_rep), depth="full")
    event = testing.event(full, causal_role="caused", author=cast.rep)
    client.force_login(cast.rep)
    assert client.get(url(event))["Location"].endswith("#tell-first")
    assert client.get(reverse("event_whys", args=[event.pk]))["Location"].endswith("#tell-first")


@pytest.mark.parametrize("who", ["rep", "manager", "admin"])
def test_the_page_asks_as_much_for_one_win_as_for_many(client, cast, event, who):
    client.force_login(getattr(cast, who))
    testing.won(cast)
    queries = [asked(client, url(event))]
    for _number in range(30):
        testing.won(cast, owner=cast.rep)
    for win in Deal.objects.filter(outcome="won")[:3]:
        Comparison.say(event, win, cast.rep, "yes", NOW)
    queries.append(asked(client, url(event)))
    assert queries[0] == queries[1] <= 10


def asked(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_a_win_that_was_not_proposed_is_looked_for(as_rep, cast, event):
    old = testing.won(cast, name="Scales of the old mill", closed_on=dt.date(2024, 5, 6))
    testing.won(cast, name="Scales of Tom", owner=cast.other_rep)
    testing.deal(cast, name="Scales that were lost")
    page = as_rep.get(url(event)).content.decode()
    assert "No win is like this loss" in page

    page = as_rep.get(url(event), {"q": "scales"}).content.decode()
    assert "old mill" in page and "of Tom" not in page and "were lost" not in page
    tap(as_rep, event, old, "no")

    page = as_rep.get(url(event)).content.decode()
    assert "Present in 0 of 1 win looked at" in page and "old mill" in page
    assert "No other won deal" in as_rep.get(url(event), {"q": "scales"}).content.decode()
