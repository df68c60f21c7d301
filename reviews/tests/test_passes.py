import re

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from failforward import testing, undo
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import NOW
from reviews import coding, passes
from reviews.models import Coding, HalfReading
from reviews.passes import Half

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    return testing.review(cast, people, readers_per_event=2, facilitator=cast.facilitator)


@pytest.fixture
def events(review):
    return [testing.event(review, what=f"Event {n}", causal_role="caused") for n in range(3)]


def say(event, by, **half):
    return passes.say(event, by, Half(**half), now=NOW)


def halves():
    return set(HalfReading.objects.values_list("event", "reader", "category", "verdict"))


def told(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_half_a_reading_is_kept_for_its_reader_alone_and_counts_nowhere(client, cast, events):
    (event, *_others) = events
    changes = Change.objects.count()
    assert say(event, cast.rep, category="technology") is None
    event.refresh_from_db()
    assert (event.readings, event.is_settled, Coding.objects.count()) == (0, False, 0)
    assert Change.objects.count() == changes
    assert halves() == {(event.pk, cast.rep.pk, "technology", "")}
    for name, person in cast.people.items():
        client.force_login(person)
        pages = "".join(
            client.get(url, follow=True).content.decode()
            for url in (f"/coding/{event.pk}/", "/coding/cards/?in=technology", "/coding/verdicts/")
        )
        assert ("Event 0" in client.get("/coding/verdicts/").content.decode()) is (name == "rep"), name
        assert ('value="technology" checked' in re.sub(r' id="\w+"', "", pages)) is (name == "rep"), name


@pytest.mark.parametrize("order", [("category", "verdict"), ("verdict", "category")])
def test_with_the_other_half_the_reading_is_sent(cast, events, order):
    (event, *_others) = events
    said = {"category": "technology", "verdict": "one_off"}
    first, second = order
    assert say(event, cast.rep, **{first: said[first]}, reason="Only once." if first == "verdict" else "") is None
    assert say(event, cast.rep, **{second: said[second]}, reason="Only once." if second == "verdict" else "")
    sent = Coding.objects.get()
    assert (sent.coder, sent.category, sent.verdict, sent.reason) == (cast.rep, "technology", "one_off", "Only once.")
    assert halves() == set()
    assert event not in coding.waiting_for(cast.rep)


def test_a_half_is_changed_and_taken_back(cast, events):
    (event, *_others) = events
    for category in ("technology", "budget", "budget"):
        say(event, cast.rep, category=category)
    assert halves() == {(event.pk, cast.rep.pk, "budget", "")}
    say(event, cast.rep, category="")
    say(event, cast.rep, category="")
    assert halves() == set()


def test_a_whole_reading_takes_the_half_with_it(cast, events):
    (event, *_others) = events
    say(event, cast.rep, category="technology")
    say(event, cast.other_rep, category="technology")
    coding.submit(event, cast.rep, "budget", "systemic", now=NOW)
    assert halves() == {(event.pk, cast.other_rep.pk, "technology", "")}


def test_what_is_no_half_is_refused(cast, events):
    (event, *_others) = events
    for half in ({"category": "nonsense"}, {"verdict": "nonsense"}):
        with pytest.raises(Refused):
            say(event, cast.rep, **half)
    for nobody in (cast.outsider, cast.list_owner):
        with pytest.raises(Refused):
            say(event, nobody, category="budget")
    coding.submit(event, cast.rep, "budget", "systemic", now=NOW)
    with pytest.raises(Refused):
        say(event, cast.rep, category="planning")
    for wrong in ({"category": "budget", "verdict": "unsure"}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HalfReading.objects.create(event=event, reader=cast.rep, **wrong)
    assert halves() == set()


def test_cards_are_put_into_categories_without_a_script_and_taken_back(client, cast, events):
    client.force_login(cast.rep)
    page = client.get("/coding/cards/").content.decode()
    assert page.count("data-card=") == 3
    assert page.count('<option value="') == 3 * 12
    put = [f"{events[0].pk}:planning", f"{events[1].pk}:competitor_knowledge", f"{events[2].pk}:"]
    answer = client.post("/coding/cards/", {"put": put})
    assert answer.url == "/coding/cards/"
    page = client.get("/coding/cards/")
    assert "2 put where you said." in page.content.decode()
    assert [event.pk for event in page.context["cards"]] == [events[2].pk]
    assert {one.code: n for one, n in page.context["bins"] if n} == {"planning": 1, "competitor_knowledge": 1}
    back = next(undo.of(message) for message in page.context["messages"])
    client.post(back.url, {"put": [value for name, value in back.fields if name == "put"], "undo": "1"})
    assert halves() == set()


def test_a_category_is_opened_and_its_cards_are_put_elsewhere(client, cast, events):
    client.force_login(cast.rep)
    client.post("/coding/cards/", {"put": [f"{event.pk}:planning" for event in events]})
    page = client.get("/coding/cards/?in=planning")
    assert len(page.context["cards"]) == 3
    client.post("/coding/cards/?in=planning", {"put": [f"{events[0].pk}:budget", f"{events[1].pk}:"]})
    assert halves() == {(events[0].pk, cast.rep.pk, "budget", ""), (events[2].pk, cast.rep.pk, "planning", "")}
    assert client.get("/coding/cards/?in=nonsense").status_code == 200


def test_a_list_left_empty_takes_no_card_out_of_its_category(client, cast, events):
    client.force_login(cast.rep)
    headers = {"accept": "application/json"}
    # By key, while the page with its lists is still that of before.
    for event in events[:2]:
        client.post("/coding/cards/", {"put": f"{event.pk}:planning", "undo": "1"}, headers=headers)
    put = [f"{events[0].pk}:", f"{events[1].pk}:", f"{events[2].pk}:budget"]
    for query in ("", "?in=budget"):
        client.post(f"/coding/cards/{query}", {"put": put})
        assert {(pk, category) for pk, _reader, category, _verdict in halves()} == {
            (events[0].pk, "planning"),
            (events[1].pk, "planning"),
            (events[2].pk, "budget"),
        }
    nothing = client.post("/coding/cards/", {"put": put[:2]})
    assert told(nothing).endswith("Nothing was chosen yet.")


def test_a_script_gets_the_answer_alone(client, cast, events):
    client.force_login(cast.rep)
    headers = {"accept": "application/json"}
    done = client.post("/coding/cards/", {"put": f"{events[0].pk}:planning"}, headers=headers)
    assert (done.status_code, done.json()["done"]) == (200, True)
    wrong = client.post("/coding/cards/", {"put": f"{events[0].pk}:nonsense"}, headers=headers)
    assert (wrong.status_code, wrong.json()["said"]) == (
        409,
        "0 put where you said, 1 not, because: Choose one of the eleven categories.",
    )


def test_verdicts_are_sent_many_at_once_and_what_is_not_says_why(client, cast, events):
    client.force_login(cast.rep)
    for event in events:
        say(event, cast.rep, category="planning")
    # Meanwhile the others read one of them, and it is settled.
    for other in (cast.other_rep, cast.facilitator):
        coding.submit(events[2], other, "planning", "systemic", now=NOW)
    page = client.get("/coding/verdicts/").content.decode()
    for example in ("two companies late in the cycle", "removed after the proposal", "blizzard"):
        assert example in page
    said = {f"v-{event.pk}": "one_off" for event in events} | {f"why-{events[0].pk}": "It was the snow."}
    answer = client.post("/coding/verdicts/", said, follow=True)
    assert "2 sent, 1 not, because: This event is settled." in answer.content.decode()
    assert "2 events sorted today." in client.get("/coding/").content.decode()
    assert set(Coding.objects.filter(coder=cast.rep).values_list("event", "verdict", "reason")) == {
        (events[0].pk, "one_off", "It was the snow."),
        (events[1].pk, "one_off", ""),
    }


def test_the_splitters_hat_asks_the_verdict_first(client, cast, events):
    client.force_login(cast.rep)
    assert "No event has only its category." in client.get("/coding/verdicts/").content.decode()
    assert client.get("/coding/verdicts/?hat=splitter").content.decode().count("data-card") == 3
    said = {f"v-{events[0].pk}": "one_off", "hat": "splitter"}
    assert client.post("/coding/verdicts/?hat=splitter", said).url == "/coding/verdicts/?hat=splitter"
    assert halves() == {(events[0].pk, cast.rep.pk, "", "one_off")}
    assert len(client.get("/coding/verdicts/?hat=splitter").context["cards"]) == 2
    client.post("/coding/cards/", {"put": f"{events[0].pk}:budget"})
    assert Coding.objects.get().verdict == "one_off"


def test_a_reason_without_a_verdict_is_not_lost(client, cast, events):
    client.force_login(cast.rep)
    for event in events:
        say(event, cast.rep, category="planning")
    said = {f"v-{events[0].pk}": "systemic", f"why-{events[1].pk}": "Nobody was down for it."}
    page = client.post("/coding/verdicts/", said)
    assert page.status_code == 422
    assert "Nobody was down for it." in page.content.decode()
    assert Coding.objects.count() == 1


@pytest.mark.parametrize("wrong", ["", "x", "77777", "77777:budget", ":", "9" * 30 + ":budget", "77777:a:b"])
def test_no_card_that_is_not_there_breaks_the_page(client, cast, events, wrong):
    client.force_login(cast.rep)
    assert client.post("/coding/cards/", {"put": wrong}).status_code == 302
    assert client.post("/coding/verdicts/", {f"v-{wrong}": "systemic", "hat": "x"}).status_code == 302
    assert client.get(f"/coding/cards/?after={wrong}&in={wrong}").status_code == 200
    assert client.get("/coding/verdicts/?after=1.20261399.zz").status_code == 200
    assert halves() == set()


def test_a_stranger_s_card_is_passed_over(client, cast):
    event = testing.event(testing.review(cast, (cast.rep,), visibility="sealed"))
    client.force_login(cast.manager)
    answer = client.post("/coding/cards/", {"put": f"{event.pk}:budget"})
    assert told(answer) == "Nothing was chosen yet."
    assert halves() == set()


def test_two_hundred_are_capped_paged_and_cost_what_three_cost(client, cast, events, review):
    client.force_login(cast.rep)
    urls = ("/coding/cards/", "/coding/verdicts/?hat=splitter", "/coding/verdicts/")
    say(events[0], cast.rep, category="planning")
    few = [queries(client, url) for url in urls]
    more = [testing.event(review, what=f"More {n}", causal_role="caused") for n in range(197)]
    for event in more[:60]:
        HalfReading.objects.create(event=event, reader=cast.rep, category="budget")
    many = [queries(client, url) for url in urls]
    assert [len(asked) for asked in many] == [len(asked) for asked in few], (few, many)
    assert max(len(asked) for asked in many) <= 10
    seen, url = [], "/coding/verdicts/"
    while url:
        page = client.get(url)
        assert len(page.content) < 60_000
        seen += [event.pk for event in page.context["cards"]]
        url = f"/coding/verdicts/{page.context['next_url']}" if page.context["next_url"] else ""
    assert len(seen) == len(set(seen)) == 61
    page = client.get("/coding/cards/")
    assert (len(page.context["cards"]), page.context["left"], page.context["capped"]) == (25, 100, True)
    assert page.context["sorted"] == 61
    assert len(page.content) < 60_000


def queries(client, url) -> list[str]:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in asked]


def test_one_request_takes_no_more_than_a_page_of_cards(client, cast, review):
    events = [testing.event(review, what=f"Event {n}", causal_role="caused") for n in range(30)]
    client.force_login(cast.rep)
    client.post("/coding/cards/", {"put": [f"{event.pk}:planning" for event in events]})
    assert HalfReading.objects.count() == 25
    client.post("/coding/verdicts/", {"hat": "splitter"} | {f"v-{event.pk}": "unsure" for event in events})
    assert Coding.objects.count() == 25
