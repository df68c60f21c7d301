import pytest

from failforward import testing
from failforward.testing import NOW
from reviews.homes import homes_for
from reviews.models import FailureEvent, Finding
from reviews.shared_words import Rarity, words_in

pytestmark = pytest.mark.django_db

SYSTEMIC = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1}


def told(review, what, **fields):
    return testing.event(review, what=what, **SYSTEMIC | fields)


def likely(event, user) -> list[tuple]:
    return [(home.finding.title, home.same_category, home.words) for home in homes_for(event, user)]


@pytest.fixture
def review(cast):
    return testing.review(cast, (cast.rep, cast.manager), facilitator=cast.manager)


def test_telling_words_are_long_enough_and_not_the_common_ones():
    text = "They would have tested the Gateways without firmware; die Geräte waren über 5 kg."
    assert words_in(text) == {"tested": "tested", "gateway": "Gateways", "firmware": "firmware", "geräte": "Geräte"}


def test_a_word_that_few_have_says_more():
    rarity = Rarity([{"gateway", "sensor"}, {"sensor"}, {"sensor"}])
    assert rarity.of("gateway") > rarity.of("sensor") > 0


def test_the_likest_come_first_and_say_why(cast, review):
    for title, category in [
        ("Gateways leave with old firmware", "technology"),
        ("Nobody plans the rehearsal", "planning"),
        ("The visit sheet is not read", "customer_knowledge"),
        ("Firmware is planned last", "planning"),
    ]:
        testing.finding(cast, title=title, category=category)
    event = told(review, "The gateway came with firmware of last year.")
    assert likely(event, cast.manager) == [
        ("Firmware is planned last", True, ["firmware"]),
        ("Gateways leave with old firmware", False, ["gateway", "firmware"]),
        ("Nobody plans the rehearsal", True, []),
    ]


@pytest.mark.parametrize("state", ["accepted", "fixed"])
def test_what_is_done_with_and_what_is_another_teams_is_not_offered(cast, review, state):
    testing.finding(cast, state=state, accepted_because="Rare.")
    testing.finding(cast, team=cast.south)
    mine = testing.finding(cast)
    assert likely(told(review, "Anything.", finding=mine), cast.manager) == []


def test_words_of_events_count_only_for_whoever_may_read_those(cast, review):
    finding = testing.finding(cast, category="budget")
    sealed = testing.review(cast, (cast.facilitator,), visibility="sealed")
    told(sealed, "The zeppelin burst.", finding=finding)
    event = told(review, "Another zeppelin burst.")
    assert likely(event, cast.manager) == []
    assert likely(event, cast.facilitator) == [(finding.title, False, ["zeppelin", "burst"])]


def test_one_tap_joins_and_one_takes_it_back(client, cast, review):
    finding = testing.finding(cast)
    event = told(review, "The gateway came late.")
    client.force_login(cast.manager)
    page = client.get(f"/events/{event.pk}/home/").content.decode()
    assert "same category" in page
    assert FailureEvent.objects.get().finding is None
    client.post(f"/events/{event.pk}/home/", {"finding": finding.pk})
    assert FailureEvent.objects.get().finding == finding
    assert "Take back" in client.get(f"/reviews/{review.pk}/").content.decode()
    client.post(f"/events/{event.pk}/home/", {"finding": ""})
    assert FailureEvent.objects.get().finding is None


def test_a_new_weakness_is_always_possible(client, cast, review):
    event = told(review, "The gateway came late.")
    client.force_login(cast.manager)
    assert client.post(f"/events/{event.pk}/home/", {"new_finding": " "}).status_code == 422
    client.post(f"/events/{event.pk}/home/", {"new_finding": "Gateways are ordered too late"})
    finding = Finding.objects.get()
    assert (finding.title, finding.category, list(finding.events.all())) == (
        "Gateways are ordered too late",
        "planning",
        [event],
    )


def test_a_title_that_is_known_is_offered_instead_of_opened_twice(client, cast, review):
    event = told(review, "The gateway came late.")
    known = testing.finding(cast, title="Gateways are ordered too late", state="fixed", category="budget")
    client.force_login(cast.manager)
    response = client.post(f"/events/{event.pk}/home/", {"new_finding": "gateways are ordered too late"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "“Gateways are ordered too late” is known already." in page
    assert f'name="finding" value="{known.pk}"' in page
    assert Finding.objects.count() == 1


def test_so_it_is_where_events_are_sorted_and_one_press_joins_the_known_one(client, cast, review):
    event = told(review, "The gateway came late.", causal_role="caused")
    known = testing.finding(cast, title="Gateways are ordered too late", category="budget")
    # Far more than a page offers are newer.
    for _ in range(31):
        testing.finding(cast, category="planning")
    client.force_login(cast.manager)
    sent = {"version": 1, "causal_role": "caused", "category": "planning", "verdict": "systemic"}
    typed = {"new_finding": "Gateways are ordered too late"}
    response = client.post(f"/events/{event.pk}/", sent | typed | {"finding": ""})
    assert response.status_code == 422
    assert f'name="finding" value="{known.pk}"' in response.content.decode()
    assert client.post(f"/events/{event.pk}/", sent | typed | {"finding": ["", known.pk]}).status_code == 302
    event.refresh_from_db()
    assert (event.finding, Finding.objects.count()) == (known, 32)


def test_of_two_who_choose_a_weakness_at_once_the_second_is_told(client, cast, review):
    event, theirs, mine = told(review, "The gateway came late.", causal_role="caused"), *weaknesses(cast)
    client.force_login(cast.manager)
    sent = {"version": 1, "causal_role": "caused", "category": "planning", "verdict": "systemic", "new_finding": ""}
    form = client.get(f"/reviews/{review.pk}/?event={event.pk}").context["sort_form"]
    theirs.take(event, cast.admin)
    sent |= {"seen": form["seen"].value(), "finding": mine.pk}
    answer = client.post(f"/events/{event.pk}/", sent)
    event.refresh_from_db()
    assert (answer.status_code, event.finding) == (422, theirs)
    assert f"Somebody else put it into “{theirs.title}” meanwhile." in answer.content.decode()
    for choice in (mine.pk, ""):
        # Neither joins elsewhere nor leaves.
        assert client.post(f"/events/{event.pk}/", sent | {"finding": choice}).status_code == 422
    again = sent | {"seen": answer.context["sort_form"]["seen"].value()}
    assert client.post(f"/events/{event.pk}/", again).status_code == 302
    event.refresh_from_db()
    assert event.finding == mine


def test_so_it_is_where_one_weakness_is_tapped(client, cast, review):
    event, theirs, mine = told(review, "The gateway came late."), *weaknesses(cast)
    client.force_login(cast.manager)
    theirs.take(event, cast.admin)
    page = client.post(f"/events/{event.pk}/home/", {"finding": mine.pk, "seen": "0"}, follow=True).content.decode()
    event.refresh_from_db()
    assert event.finding == theirs
    assert "Somebody else put it into" in page


def weaknesses(cast) -> list[Finding]:
    return [testing.finding(cast, title=f"Gateways leave {how}") for how in ("late", "untested")]


def test_an_event_that_may_join_nothing_says_why_and_opens_nothing(client, cast, review):
    event = testing.event(review)
    finding = testing.finding(cast)
    client.force_login(cast.manager)
    assert "once the event is settled" in client.get(f"/events/{event.pk}/home/").content.decode()
    for sent in ({"finding": finding.pk}, {"new_finding": "Anything"}):
        client.post(f"/events/{event.pk}/home/", sent)
    assert (FailureEvent.objects.get().finding, Finding.objects.count()) == (None, 1)


@pytest.mark.parametrize("chosen", ["0", "x", "99999999999999999999999"])
def test_a_forged_choice_is_not_found(client, cast, review, chosen):
    event = told(review, "Anything.")
    client.force_login(cast.manager)
    assert client.post(f"/events/{event.pk}/home/", {"finding": chosen}).status_code == 404


def test_a_finding_of_another_team_is_not_found(client, cast, review):
    event, other = told(review, "Anything."), testing.finding(cast, team=cast.south)
    client.force_login(cast.manager)
    assert client.post(f"/events/{event.pk}/home/", {"finding": other.pk}).status_code == 404


def test_the_page_costs_the_same_with_one_weakness_and_with_three(client, cast, review, django_assert_max_num_queries):
    event = told(review, "The gateway came late.")
    client.force_login(cast.manager)
    counts = set()
    for number in (1, 2):
        for _number in range(number):
            told(testing.review(cast), "A gateway again.", finding=testing.finding(cast))
        client.get(f"/events/{event.pk}/home/")
        with django_assert_max_num_queries(10) as asked:
            client.get(f"/events/{event.pk}/home/")
        counts.add(len(asked))
    assert len(counts) == 1


def test_the_open_event_offers_the_likest_by_one_press_that_saves_all(client, cast, review):
    type(cast.north).objects.update(readers_per_event=1)
    finding = testing.finding(cast, title="Gateways leave with old firmware", category="technology")
    event = testing.event(review, what="A gateway with firmware of last year.")
    client.force_login(cast.manager)
    page = client.get(f"/reviews/{review.pk}/").content.decode()
    # Enter in a field presses the first button of a form: that one joins nothing.
    assert page.index("Save event") < page.index(f'name="finding" value="{finding.pk}"')
    sent = {"version": 1, "causal_role": "caused", "category": "technology", "verdict": "systemic"}
    client.post(f"/events/{event.pk}/", sent | {"finding": ["", finding.pk], "new_finding": ""})
    event.refresh_from_db()
    assert (event.finding, event.verdict) == (finding, "systemic")


def test_an_unrelated_event_that_nobody_sorted_opens_no_finding_without_a_category(client, cast, review):
    event = testing.event(review, causal_role="unrelated")
    client.force_login(cast.manager)
    response = client.post(f"/events/{event.pk}/home/", {"new_finding": "We drive in snow"})
    assert response.status_code == 422
    assert "Choose one of the eleven categories." in response.content.decode()
    sent = {"new_finding": "We drive in snow", "category": "planning"}
    assert client.post(f"/events/{event.pk}/home/", sent).status_code == 302
    assert Finding.objects.get().category == "planning"


def test_whoever_leads_a_review_of_another_team_joins_what_is_offered(client, cast):
    """Oda is of the south and leads a review of the north."""
    outsider = cast.outsider
    review = testing.review(cast, (outsider,), facilitator=outsider)
    finding, foreign = testing.finding(cast), testing.finding(cast, team=cast.south)
    assert not Finding.objects.visible_to(outsider).filter(pk=finding.pk).exists()
    event = told(review, "Nobody was down for the week after.")
    client.force_login(outsider)
    assert client.post(f"/events/{event.pk}/home/", {"finding": finding.pk}).status_code == 302
    assert FailureEvent.objects.get(pk=event.pk).finding == finding
    client.force_login(cast.manager)
    assert client.post(f"/events/{event.pk}/home/", {"finding": foreign.pk}).status_code == 404
    assert FailureEvent.objects.get(pk=event.pk).finding == finding
