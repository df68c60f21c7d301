import pytest

from failforward import testing
from failforward.testing import NOW
from reviews import coding
from reviews.models import Adjudication, Coding

pytestmark = pytest.mark.django_db

READING = {"category": "planning", "verdict": "systemic", "reason": "Nobody books the call."}


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def review(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    return testing.review(cast, people, readers_per_event=2, facilitator=cast.facilitator)


def events_of(review, number):
    return [testing.event(review, what=f"Event {n}", causal_role="contributed") for n in range(number)]


def shown(response):
    return response.context["event"]


def test_the_queue_shows_one_event_after_the_other(client, cast, review):
    events = events_of(review, 3)
    client.force_login(cast.rep)
    seen = []
    for number in range(1, 4):
        page = client.get("/coding/")
        assert f"Event {number} of 3" in page.content.decode()
        seen.append(shown(page))
        assert client.post(f"/coding/{shown(page).pk}/", READING).url == "/coding/?hat=lumper"
    assert set(seen) == set(events)
    assert "3 events sorted today" in client.get("/coding/").content.decode()


def test_left_for_later_comes_back_when_asked_for(client, cast, review):
    events_of(review, 2)
    client.force_login(cast.rep)
    first = shown(client.get("/coding/"))
    client.post(f"/coding/{first.pk}/later/", {"hat": "splitter"})
    second = shown(client.get("/coding/?hat=splitter"))
    assert second != first
    client.post(f"/coding/{second.pk}/", READING)
    assert "One event is left for later" in client.get("/coding/").content.decode()
    client.post("/coding/later/")
    assert shown(client.get("/coding/")) == first
    assert Coding.objects.count() == 1


def test_the_hat_decides_what_is_asked_first(client, cast, review):
    events_of(review, 1)
    client.force_login(cast.rep)
    for query, first in {
        "": "category",
        "?hat=lumper": "category",
        "?hat=splitter": "verdict",
        "?hat=x": "category",
    }.items():
        page = client.get(f"/coding/{query}").content.decode()
        asked = sorted(("category", "verdict"), key=lambda name: page.index(f'name="{name}"'))
        assert asked[0] == first, query


def test_the_notice_of_blind_reading_names_who_reads_too(client, cast, review):
    (event,) = events_of(review, 1)
    client.force_login(cast.rep)
    assert "Somebody else reads this event too." in client.get("/coding/").content.decode()
    coding.submit(event, cast.other_rep, "budget", "one_off", now=NOW)
    assert "Tom reads this event too." in client.get("/coding/").content.decode()


def test_who_is_alone_on_a_review_for_two_is_told_to_add_somebody(client, cast):
    (event,) = events_of(testing.review(cast, (cast.rep,), readers_per_event=2), 1)
    client.force_login(cast.rep)
    page = client.get("/coding/").content.decode()
    assert "reads this event too" not in page
    assert f'<a href="{event.review.get_absolute_url()}?do=person#people">Add somebody to this review who can.' in page


def test_who_reads_alone_gets_no_notice(client, cast):
    events_of(testing.review(cast, (cast.rep,), readers_per_event=1), 1)
    client.force_login(cast.rep)
    assert "You read alone" not in client.get("/coding/").content.decode()


def test_nobody_is_shown_the_other_reading_before_both_are_sent(client, cast, review):
    (event,) = events_of(review, 1)
    coding.submit(event, cast.rep, "budget", "one_off", reason="Zeppelin reason", now=NOW)
    pages = ["/coding/", f"/coding/{event.pk}/", f"/coding/{event.pk}/adjudicate/"]
    for name, person in cast.people.items():
        client.force_login(person)
        told = "".join(client.get(page, follow=True).content.decode() for page in pages)
        assert ("Zeppelin" in told) is (name == "rep"), name
    client.force_login(cast.other_rep)
    refused = client.post(f"/coding/{event.pk}/", {"category": "planning"})
    assert "Zeppelin" not in refused.content.decode()


def test_what_was_typed_is_kept_when_something_is_missing(client, cast, review):
    (event,) = events_of(review, 1)
    client.force_login(cast.rep)
    page = client.post(f"/coding/{event.pk}/", READING | {"verdict": "", "more": ["budget"]}).content.decode()
    assert "Error:" in page
    assert "Nobody books the call." in page
    assert 'value="planning" checked' in page.replace(' id="id_category_8"', "")
    assert Coding.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "nonsense"},
        {"verdict": "nonsense"},
        {"more": ["nonsense"]},
        {"reason": "x" * 5_001},
        {"category": "\0"},
    ],
)
def test_no_answer_breaks_the_card(client, cast, review, wrong):
    (event,) = events_of(review, 1)
    client.force_login(cast.rep)
    assert client.post(f"/coding/{event.pk}/", READING | wrong).status_code == 200
    assert Coding.objects.count() == 0


def test_a_verb_that_says_no_says_why(client, cast, review):
    (event,) = events_of(review, 1)
    for reader, category in ((cast.rep, "budget"), (cast.other_rep, "planning")):
        coding.submit(event, reader, category, "systemic", now=NOW)
    client.force_login(cast.rep)
    assert "decides." in client.post(f"/coding/{event.pk}/", READING).content.decode()


def test_a_difference_is_settled_side_by_side(client, cast, review):
    (event,) = events_of(review, 1)
    coding.submit(event, cast.rep, "budget", "one_off", reason="No money", now=NOW)
    coding.submit(event, cast.other_rep, "planning", "systemic", reason="No date", now=NOW)
    client.force_login(cast.facilitator)
    assert f"/coding/disputes/?event={event.pk}" in client.get("/coding/").content.decode()
    page = client.get(f"/coding/{event.pk}/adjudicate/").content.decode()
    for told in ("No money", "No date", "Ines Duarte", "Tom Okafor"):
        assert told in page
    missing = client.post(f"/coding/{event.pk}/adjudicate/", {"category": "planning", "verdict": "systemic"})
    assert "Say in a sentence why" in missing.content.decode()
    decided = {"category": "planning", "verdict": "systemic", "reason": "It came back.", "dissent": "Ines: money."}
    assert client.post(f"/coding/{event.pk}/adjudicate/", decided).status_code == 302
    assert Adjudication.objects.get().dissent == "Ines: money."
    client.force_login(cast.rep)
    assert client.get(f"/coding/{event.pk}/adjudicate/").status_code == 403


def test_a_sealed_event_is_in_nobody_elses_queue(client, cast):
    sealed = testing.review(cast, (cast.rep,), visibility="sealed")
    event = testing.event(sealed, what="Zeppelin event")
    for name, person in cast.people.items():
        client.force_login(person)
        assert (b"Zeppelin" in client.get("/coding/").content) is (name == "rep"), name
        assert client.get(f"/coding/{event.pk}/").status_code == (200 if name == "rep" else 404), name


def test_the_eleven_stand_in_order_with_what_counts_and_what_does_not(client, cast):
    client.force_login(cast.partner)
    page = client.get("/categories/").content.decode()
    places = [page.index(f'id="{code}"') for code in coding.BY_CODE]
    assert len(places) == 11
    assert places == sorted(places)
    assert page.count("Does not count:") == page.count("Counts:") == 11
