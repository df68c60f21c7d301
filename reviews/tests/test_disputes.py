import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from failforward import testing
from failforward.testing import NOW
from reviews import coding
from reviews.models import Adjudication

pytestmark = pytest.mark.django_db

DECISION = {"category": "planning", "verdict": "systemic", "reason": "It came back."}


@pytest.fixture
def review(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    return testing.review(cast, people, readers_per_event=2, facilitator=cast.facilitator)


def disputed(cast, review, what, first=("budget", "one_off"), second=("planning", "systemic")):
    event = testing.event(review, what=what, causal_role="caused")
    coding.submit(event, cast.rep, *first, reason=f"{what} Zeppelin", now=NOW)
    coding.submit(event, cast.other_rep, *second, now=NOW)
    return event


def test_a_difference_stands_in_the_list_with_the_last_reading(client, cast, review):
    event = testing.event(review, what="No call.", causal_role="caused")
    coding.submit(event, cast.rep, "budget", "one_off", now=NOW)
    client.force_login(cast.facilitator)
    assert 'data-count="0"' in client.get("/coding/disputes/list/").content.decode()
    coding.submit(event, cast.other_rep, "planning", "one_off", now=NOW)
    part = client.get("/coding/disputes/list/").content.decode()
    assert 'data-count="1"' in part
    assert "They differ in the category." in part


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (("planning", "one_off"), "They differ in the category."),
        (("budget", "systemic"), "They differ in the verdict."),
        (("planning", "unsure"), "They differ in category and verdict."),
    ],
)
def test_what_differs_is_said_without_names(client, cast, review, second, words):
    disputed(cast, review, "No call.", second=second)
    client.force_login(cast.facilitator)
    part = client.get("/coding/disputes/list/").content.decode()
    assert words in part
    assert "Duarte" not in part and "Zeppelin" not in part


def test_the_readings_are_side_by_side_for_those_alone_who_decide(client, cast, review):
    event = disputed(cast, review, "No call.")
    for name, person in cast.people.items():
        client.force_login(person)
        page = client.get(f"/coding/disputes/?event={event.pk}").content.decode()
        decides = name in ("admin", "manager", "facilitator")
        assert [told in page for told in ("Zeppelin", "Ines Duarte", "Tom Okafor")] == [decides] * 3, name


def test_one_decision_leads_to_the_next(client, cast, review):
    one, two = disputed(cast, review, "First."), disputed(cast, review, "Second.")
    client.force_login(cast.facilitator)
    page = client.get("/coding/disputes/")
    assert page.context["event"] == one
    answer = client.post(f"/coding/{one.pk}/adjudicate/", DECISION | {"live": "1"}, follow=True)
    assert answer.redirect_chain == [("/coding/disputes/", 302)]
    assert answer.context["event"] == two
    client.post(f"/coding/{two.pk}/adjudicate/", DECISION | {"live": "1"})
    assert "No readings differ." in client.get("/coding/disputes/").content.decode()
    assert Adjudication.objects.count() == 2


def test_what_was_written_stays_when_somebody_else_decided_meanwhile(client, cast, review):
    event = disputed(cast, review, "No call.")
    coding.adjudicate(event, cast.manager, "budget", "systemic", "Because.", now=NOW)
    client.force_login(cast.facilitator)
    page = client.post(f"/coding/{event.pk}/adjudicate/", DECISION | {"live": "1"}).content.decode()
    assert "It came back." in page
    assert "settled already" in page


def test_a_sealed_dispute_is_for_its_facilitator_alone(client, cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    sealed = testing.review(cast, people, readers_per_event=2, visibility="sealed", facilitator=cast.facilitator)
    event = disputed(cast, sealed, "Quiet.")
    for name, person in cast.people.items():
        client.force_login(person)
        for url in ("/coding/disputes/", f"/coding/disputes/?event={event.pk}", "/coding/disputes/list/"):
            assert ("Quiet." in client.get(url).content.decode()) is (name == "facilitator"), (name, url)


def test_no_draft_of_a_sealed_decision_is_kept_in_the_browser(client, cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    sealed = testing.review(cast, people, readers_per_event=2, visibility="sealed", facilitator=cast.facilitator)
    event = disputed(cast, sealed, "Quiet.")
    client.force_login(cast.facilitator)
    for url in ("/coding/disputes/", f"/coding/{event.pk}/adjudicate/"):
        assert "data-drafts" not in client.get(url).content.decode()


def test_many_are_capped_and_cost_what_one_costs(client, cast, review):
    disputed(cast, review, "First.")
    client.force_login(cast.facilitator)
    few = [queries(client, url) for url in ("/coding/disputes/", "/coding/disputes/list/")]
    for number in range(30):
        disputed(cast, review, f"Number {number}.")
    many = [queries(client, url) for url in ("/coding/disputes/", "/coding/disputes/list/")]
    assert many == few
    assert max(many) <= 10
    page = client.get("/coding/disputes/")
    assert (len(page.context["disputes"]), page.context["count"]) == (25, 31)


def queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_who_has_not_told_yet_is_shown_no_dispute_of_it(client, cast):
    people = (cast.rep, cast.other_rep, cast.manager, cast.facilitator)
    gathering = testing.review(cast, people, readers_per_event=2, facilitator=cast.facilitator, depth="full")
    event = disputed(cast, gathering, "Told by two.")
    type(gathering).objects.filter(pk=gathering.pk).update(state="gathering")
    for told, shown in ((False, []), (True, [event])):
        gathering.persons.filter(user=cast.manager).update(has_told=told)
        assert list(coding.disputes_for(cast.manager)) == shown
        client.force_login(cast.manager)
        pages = ("/coding/disputes/", f"/coding/disputes/?event={event.pk}", "/coding/disputes/list/", "/coding/")
        assert {"Told by two." in client.get(page).content.decode() for page in pages} == {told}
    assert list(coding.disputes_for(cast.facilitator)) == [event]
