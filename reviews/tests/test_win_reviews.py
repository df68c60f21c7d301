import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from actions import closing
from failforward import testing
from failforward.desk import share_for
from failforward.guards import Refused
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY
from reviews import capture, coding
from reviews.finding_counts import add_event_counts
from reviews.loss_costs import cost_of_finding
from reviews.models import Comparison, Deal, FailureEvent, Finding, Review, Session


@pytest.fixture
def won(cast):
    return testing.won(cast, competitor="Orrin Instruments", name="Crane load cells")


@pytest.fixture
def win(cast, won):
    return Review.open_win(won, cast.manager, today=TODAY)


@pytest.fixture
def as_manager(client, cast):
    client.force_login(cast.manager)
    return client


def main(response) -> str:
    page = response.content.decode()
    return page[page.index("<main") : page.index("</main")]


def test_a_win_is_looked_back_on_from_its_deal_once(as_manager, cast, won):
    page = main(as_manager.get(won.get_absolute_url()))
    assert "Look back on this win" in page and "Hand it over" in page

    first = as_manager.post(reverse("deal_review", args=[won.pk]))
    again = as_manager.post(reverse("deal_review", args=[won.pk]))

    review = Review.objects.get()
    assert first["Location"] == again["Location"] == review.get_absolute_url()
    assert (review.kind, review.state, review.depth) == ("win", "gathering", "quick")
    assert (review.lost_on, review.facilitator) == (won.closed_on, cast.manager)
    assert set(review.people.all()) == {cast.manager, cast.rep}
    assert "Look back on this win" not in main(as_manager.get(won.get_absolute_url()))


def test_a_win_is_found_among_the_won_deals(as_manager, cast, won):
    lost = testing.deal(cast, name="Lost scales")
    new = reverse("review_new")
    assert "Lost scales" in main(as_manager.get(new)) and "Crane" not in main(as_manager.get(new))
    for query in ("?of=won", "?of=won&q=crane"):
        page = main(as_manager.get(new + query))
        assert "Crane load cells" in page and "Lost scales" not in page

    as_manager.post(new, {"deal": won.pk})
    as_manager.post(new, {"deal": lost.pk})
    assert {(review.deal, review.kind) for review in Review.objects.all()} == {(won, "win"), (lost, "lost_deal")}


def test_a_won_deal_is_handed_over_from_the_menu_of_what_is_new(as_manager, cast, won):
    place = f"{reverse('review_new')}?of=won"
    assert f'href="{place}"' in as_manager.get(reverse("new")).content.decode()
    hand_over = f'href="{reverse("hand_off_new", args=[won.pk])}"'
    page = main(as_manager.get(place))
    assert hand_over in page
    assert "Open its review" not in page and "loss" not in page
    testing.review(cast, deal=won, kind="hand_off")
    assert hand_over not in main(as_manager.get(place))


def test_what_is_missing_speaks_of_a_near_miss(cast, win):
    near_miss = win.add_event(cast.rep, "The offer left without the drawing.", happened_on=dt.date(2026, 10, 9))
    with pytest.raises(Refused, match="the near miss of 9 October"):
        closing.close(win, cast.manager, "", timezone.now())
    FailureEvent.objects.filter(pk=near_miss.pk).update(happened_on=None)
    with pytest.raises(Refused, match="the near miss “The offer left"):
        closing.close(win, cast.manager, "", timezone.now())
    with pytest.raises(Refused, match="^A near miss is not settled"):
        win.close(cast.manager, timezone.now())
    near_miss.delete()
    Review.objects.filter(pk=win.pk).update(lesson="")
    with pytest.raises(Refused, match="Add a near miss, or the lesson"):
        win.close(cast.manager, timezone.now())


def test_only_a_win_gets_the_review_of_a_win(cast):
    for outcome in ("open", "lost", "withdrawn"):
        deal = testing.deal(cast, outcome=outcome)
        with pytest.raises(Refused, match="not won"):
            Review.open_win(deal, cast.manager, today=TODAY)


def test_strangers_and_readers_do_not_begin_one(client, cast, won):
    client.force_login(cast.outsider)
    assert client.post(reverse("deal_review", args=[won.pk])).status_code == 404
    assert client.post(reverse("review_new"), {"deal": won.pk}).status_code == 404
    testing.review(cast, deal=won, kind="hand_off", people=(cast.facilitator,))
    client.force_login(cast.facilitator)
    assert client.post(reverse("deal_review", args=[won.pk])).status_code == 403
    assert not Review.objects.filter(kind="win").exists()


LOST_WORDS = ["Lost", "lost to", "would we have won", "this loss", "Ask Ines by mail", "did wins have it too"]


@pytest.mark.parametrize("role", ["", "caused", "contributed", "unrelated", "unknown"])
def test_its_pages_speak_of_a_win(as_manager, win, role):
    event = testing.event(win, causal_role=role, without_it="perhaps")
    pages = [
        win.get_absolute_url(),
        f"{win.get_absolute_url()}?event={event.pk}",
        reverse("review_board", args=[win.pk]),
        reverse("review_board", args=[win.pk]) + f"?event={event.pk}",
        reverse("event_whys", args=[event.pk]),
        reverse("coding_event", args=[event.pk]),
        "/",
    ]
    for address in pages:
        page = main(as_manager.get(address))
        assert [words for words in LOST_WORDS if words in page] == [], address
    assert "Did it put the win at risk?" in main(as_manager.get(pages[1]))
    assert "Put it at risk" in main(as_manager.get(pages[2]))
    assert "Quick review of a win. Won" in main(as_manager.get(pages[0]))


def test_nobody_is_asked_by_mail_about_a_win(cast, win):
    assert capture.ask_owner(win, cast.manager, NOW) is None
    assert not Mail.objects.filter(kind="capture").exists()


def test_an_event_of_a_win_has_no_base_rate(as_manager, cast, win):
    near_miss = testing.event(win, causal_role="caused")
    assert as_manager.get(reverse("event_wins", args=[near_miss.pk])).status_code == 404
    with pytest.raises(Refused, match="in a lost deal"):
        Comparison.say(near_miss, testing.won(cast), cast.manager, "yes", NOW)


def test_a_near_miss_feeds_a_finding_whatever_it_did_and_is_named_so(as_manager, cast, win):
    finding = testing.finding(cast)
    for role in ("", "caused", "unrelated"):
        near_miss = testing.event(win, causal_role=role)
        finding.take(near_miss, cast.manager)
    one_off = testing.event(win, category="planning", verdict="one_off", settled_at=NOW)
    with pytest.raises(Refused, match="near miss"):
        finding.take(one_off, cast.manager)

    page = main(as_manager.get(finding.get_absolute_url()))
    assert page.count("Near miss") == 3
    assert "Nearly cost the win" in page and "Caused" not in page


def test_a_near_miss_is_in_no_figure_about_losses(cast, win, client):
    Finding.objects.all().delete()
    finding = testing.finding(cast)
    coded = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "finding": finding}
    testing.event(win, causal_role="caused", **coded)
    add_event_counts(found := [finding])
    assert (found[0].event_count, found[0].caused_count) == (1, 0)
    assert cost_of_finding(finding, TODAY).borne == []
    assert share_for(cast.manager, TODAY).all == 0
    testing.event(testing.review(cast), causal_role="caused", **coded)
    add_event_counts(found)
    assert (found[0].event_count, found[0].caused_count) == (2, 1)


def test_lists_are_filtered_by_kind_and_do_not_add_wins_to_losses(as_manager, cast, win):
    testing.review(cast, deal=testing.deal(cast, name="Lost scales", amount_minor=10_000_00))
    Deal.objects.filter(pk=win.deal_id).update(amount_minor=500_00)
    Review.objects.filter(pk=win.pk).update(value_minor=500_00)

    every, wins = (main(as_manager.get(f"/reviews/{query}")) for query in ("?totals=1", "?kind=win&totals=1"))

    assert "Crane load cells" in every and "Lost scales" in every
    assert "€10,000" in every and "€10,500" not in every and "What was won is not added." in every
    assert "Lost scales" not in wins and "€500" in wins and "not added" not in wins
    rows = as_manager.get("/reviews/?format=csv&kind=win").getvalue().decode().splitlines()
    assert len(rows) == 2 and rows[1].rstrip("\r").endswith("win")


def test_it_never_waits_among_the_losses_to_choose(as_manager, cast, win):
    with pytest.raises(Refused, match="Only a loss waits"):
        win.put_back(cast.manager)
    assert "Crane" not in main(as_manager.get(reverse("triage")))


def test_it_is_closed_with_its_near_misses_settled(cast, win):
    with pytest.raises(Refused, match="a near miss, or the lesson"):
        closing.close(win, cast.manager, "", timezone.now())
    near_miss = win.add_event(cast.rep, "The offer left without the drawing.")
    near_miss.judge(cast.manager, "contributed")
    with pytest.raises(Refused, match="no settled category"):
        closing.close(win, cast.manager, "", timezone.now())
    for reader in (cast.manager, cast.rep):
        coding.submit(FailureEvent.objects.get(), reader, "planning", "one_off", now=NOW)
    assert closing.close(win, cast.manager, "Send the drawing along.", timezone.now())
    win.refresh_from_db()
    assert (win.state, win.lesson) == ("closed", "Send the drawing along.")


def test_a_win_without_a_near_miss_is_closed_with_a_lesson(cast, win):
    assert closing.close(win, cast.manager, "The pilot convinced them.", timezone.now())


def test_a_deal_may_have_a_hand_off_and_the_review_of_its_win(as_manager, cast, won, win):
    testing.review(cast, deal=won, kind="hand_off")
    page = main(as_manager.get(won.get_absolute_url()))
    assert "Hand-off" in page and "Win" in page
    assert win.lost_on == dt.date(2026, 11, 12)


def test_a_near_miss_is_named_in_its_own_words_everywhere(as_manager, cast, win):
    win.let_facilitate(cast.manager, cast.facilitator)
    win.add_person(cast.manager, cast.manager)
    win.refresh_from_db()
    event, other = (testing.event(win, what=f"Near {n}.") for n in (1, 2))
    event.judge(cast.manager, "caused")
    answer = as_manager.post(reverse("event_save", args=[event.pk]), {"version": 1, "causal_role": "unrelated"})
    assert answer.status_code == 409
    assert "There it says “Nearly cost it”, here “Did no harm”." in answer.content.decode()
    other.judge(cast.manager, "contributed")
    with pytest.raises(Refused, match="“Nearly cost it” here, “Put it at risk” there"):
        event.merge_into(other, cast.manager)


@pytest.mark.parametrize(("kind", "named"), [("win", "win"), ("hand_off", "hand-off"), ("lost_deal", "loss")])
def test_what_is_not_reviewed_takes_no_event_and_says_what_it_is(cast, kind, named):
    review = testing.review(cast, (cast.rep,), kind=kind, state="waived", waived_because="Small.")
    with pytest.raises(Refused, match=f"This {named} is not reviewed"):
        review.add_event(cast.rep, "Something.")


@pytest.mark.parametrize("screen", ["sort", "findings"])
def test_the_screens_of_a_session_on_a_win_say_how_near_it_came(as_manager, cast, win, screen):
    win.add_person(cast.manager, cast.manager)
    win.let_facilitate(cast.manager, cast.facilitator)
    type(win).objects.filter(pk=win.pk).update(readers_per_event=1)
    sorted_out = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1}
    testing.event(win, causal_role="caused", **sorted_out if screen == "findings" else {})
    Session.begin(Review.objects.get(pk=win.pk), cast.manager, timezone.now())
    page = main(as_manager.get(reverse("session", args=[win.pk]) + f"?step={screen}"))
    shown = page[page.index("<blockquote") : page.index("</blockquote>")]
    assert "Nearly cost the win" in shown and "Caused it" not in shown
