import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from failforward import testing
from failforward.guards import Refused
from failforward.testing import NOW, TODAY
from reviews import coding, one_offs
from reviews.models import ReturningOneOffs
from reviews.models import returning as model
from reviews.models.returning import a_year_before

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    return testing.review(cast, (cast.rep, cast.facilitator), readers_per_event=1, facilitator=cast.facilitator)


def one_off(cast, review, days_ago=30, category="planning", verdict="one_off", today=TODAY, **fields):
    day = today - dt.timedelta(days_ago) if days_ago is not None else None
    event = testing.event(review, happened_on=day, causal_role="caused", **fields)
    coding.submit(event, cast.rep, category, verdict, now=NOW)
    return event


def put_up(user) -> list[tuple]:
    found = [(one.row.category, one.times, one.since) for one in one_offs.counted_for(user, TODAY)]
    whole = [one for code, *_rest in found for one in one_offs.returned_to(user, TODAY, code)]
    assert found == [(one.row.category, one.times, one.since) for one in whole]
    return [(category, times) for category, times, _since in found]


def test_the_third_within_a_year_is_put_up(cast, review):
    for days_ago in (300, 10):
        one_off(cast, review, days_ago)
    assert put_up(cast.manager) == []
    one_off(cast, review, 200)
    assert put_up(cast.manager) == [("planning", 3)]
    (one,) = one_offs.returned_to(cast.manager, TODAY, "planning")
    assert (one.since, one.may_decide, len(one.events)) == (TODAY - dt.timedelta(300), True, 3)


@pytest.mark.parametrize(
    "third",
    [
        {"days_ago": 365},
        {"verdict": "systemic"},
        {"category": "budget"},
    ],
)
def test_what_does_not_make_three(cast, review, third):
    for _number in range(2):
        one_off(cast, review)
    one_off(cast, review, **third)
    assert put_up(cast.manager) == []


def test_an_event_without_a_day_counts_by_the_day_it_was_written(cast, review):
    for days_ago in (30, 40):
        one_off(cast, review, days_ago)
    event = one_off(cast, review, days_ago=None)
    today = event.created_on
    assert a_year_before(dt.date(2028, 2, 29)) == dt.date(2027, 2, 28)
    found = model.one_offs(today).get(pk=event.pk)
    assert found.day == event.created_on


def test_other_teams_and_hidden_reviews_count_nowhere(cast, review):
    for _number in range(2):
        one_off(cast, review)
    south = testing.review(cast, (cast.rep,), deal=testing.deal(cast, team=cast.south), readers_per_event=1)
    one_off(cast, south)
    sealed = testing.review(cast, (cast.rep,), visibility="sealed", readers_per_event=1)
    one_off(cast, sealed)
    assert ReturningOneOffs.objects.count() == 0
    third = testing.review(cast, (cast.rep,), readers_per_event=1)
    one_off(cast, third)
    assert put_up(cast.manager) == [("planning", 3)]
    third.change_visibility(cast.rep, "sealed")
    assert put_up(cast.manager) == put_up(cast.rep) == []


def test_a_year_later_it_is_quiet_by_itself(cast, review):
    for _number in range(3):
        one_off(cast, review)
    assert one_offs.counted_for(cast.manager, TODAY + dt.timedelta(400)) == []


def test_who_is_asked(cast, review):
    for _number in range(3):
        one_off(cast, review)
    asked = {name for name, person in cast.people.items() if put_up(person)}
    assert asked == {"admin", "manager", "facilitator"}


def test_who_facilitates_one_of_them_reads_no_more_than_it(cast, review):
    one_off(cast, review)
    other = testing.review(cast, (cast.rep,), readers_per_event=1)
    for _number in range(2):
        one_off(cast, other, what="Not for Farid.")
    (one,) = one_offs.returned_to(cast.facilitator, TODAY, "planning")
    assert (one.times, len(one.events), one.may_decide) == (3, 1, False)
    with pytest.raises(Refused):
        one_offs.still(one, cast.facilitator, "Because.", set(one.row.events), NOW)


def test_still_one_offs_is_quiet_until_another_comes(cast, review):
    seen = {one_off(cast, review).pk for _number in range(3)}
    (one,) = one_offs.returned_to(cast.manager, TODAY, "planning")
    with pytest.raises(Refused):
        one_offs.still(one, cast.manager, " ", seen, NOW)
    assert one_offs.still(one, cast.manager, "Three different storms.", seen, NOW)
    assert not one_offs.still(one, cast.manager, "Again.", seen, NOW)
    assert put_up(cast.manager) == []
    (said,) = one_offs.last_said(cast.manager, "planning")
    assert (said.still_because, said.still_by, said.still_at) == ("Three different storms.", cast.manager, NOW)
    one_off(cast, review)
    assert put_up(cast.manager) == [("planning", 4)]


def test_one_that_came_meanwhile_is_looked_at_first(cast, review):
    seen = {one_off(cast, review).pk for _number in range(3)}
    (one,) = one_offs.returned_to(cast.manager, TODAY, "planning")
    one_off(cast, review)
    with pytest.raises(Refused):
        one_offs.still(one, cast.manager, "Three storms.", seen, NOW)
    assert put_up(cast.manager) == [("planning", 4)]


def test_read_again_opens_them_and_a_closed_review(client, cast, review):
    events = [one_off(cast, review, today=timezone.localdate()) for _number in range(3)]
    review.refresh_from_db()
    review.close(cast.manager, NOW)
    client.force_login(cast.facilitator)
    (row,) = ReturningOneOffs.objects.all()
    url = f"/categories/planning/one-offs/{row.pk}/"
    chosen = {"do": "again", "event": [events[0].pk, events[1].pk], "because": "It snows every winter."}
    refused = client.post(url, chosen, follow=True).content.decode()
    assert "0 to be read again, 2 not, because: Its review is closed." in refused
    client.force_login(cast.manager)
    assert "2 to be read again." in client.post(url, chosen, follow=True).content.decode()
    review.refresh_from_db()
    assert (review.state, review.reopened_because) == ("reopened", "It snows every winter.")
    for event, settled in zip(events, (False, False, True), strict=True):
        event.refresh_from_db()
        assert event.is_settled is settled
    assert put_up(cast.manager) == []
    for event in events[:2]:
        coding.submit(event, cast.manager, "planning", "one_off", now=NOW)
    assert put_up(cast.manager) == [("planning", 3)]


def test_the_pages_say_it_and_keep_what_was_typed(client, cast, review):
    today = timezone.localdate()
    events = [one_off(cast, review, what=f"Storm {n}.", today=today) for n in range(3)]
    client.force_login(cast.manager)
    since = date_format(today - dt.timedelta(30), "F Y")
    sentence = f"3 one-offs of “Poor planning and scheduling” since {since}: still one-offs?"
    for url in ("/coding/", "/categories/planning/"):
        assert sentence in client.get(url).content.decode()
    (row,) = ReturningOneOffs.objects.all()
    url = f"/categories/planning/one-offs/{row.pk}/"
    seen = {"seen": [event.pk for event in events]}
    for wrong in ({"do": "still"} | seen, {"do": "again", "because": "Typed."}, {"do": "still", "because": "Typed."}):
        page = client.post(url, wrong)
        assert page.status_code == 422
        assert ("Typed." in page.content.decode()) is ("because" in wrong)
    assert client.post(url, {"do": "still", "because": "Three storms."} | seen).status_code == 302
    assert "Three storms." in client.get("/categories/planning/").content.decode()
    assert client.post(url, {"do": "still", "because": "Three storms."} | seen).status_code == 404
    for stranger in (cast.rep, cast.outsider):
        client.force_login(stranger)
        assert "one-offs?" not in client.get("/categories/planning/").content.decode()
        assert "Three storms." not in client.get("/categories/planning/").content.decode()


def test_the_search_for_them_uses_its_index(cast, review):
    testing.events_of_ten_years(review)
    asked = model.one_offs(TODAY).filter(category="planning", review__team=review.team_id)
    plan = asked.order_by("-day").values_list("pk").explain()
    assert "events_of_category_by_day" in plan, plan


def test_more_of_them_cost_what_one_costs(client, cast, review):
    client.force_login(cast.manager)
    today = timezone.localdate()
    for _number in range(3):
        one_off(cast, review, today=today)
    one = queries(client)
    for category in ("budget", "technology", "leadership"):
        for _number in range(5):
            one_off(cast, review, category=category, today=today)
    assert queries(client) == one
    assert one["/coding/"] <= 10


def queries(client) -> dict[str, int]:
    counted = {}
    for url in ("/coding/", "/categories/planning/"):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counted[url] = len(asked)
    return counted


def test_what_came_back_before_this_was_looked_for_is_put_up(cast, review):
    today = timezone.localdate()
    planning = {one_off(cast, review, today=today).pk for _number in range(4)}
    for _number in range(2):
        one_off(cast, review, category="budget", today=today)
        one_off(cast, review, category="technology", days_ago=500, today=today)
    ReturningOneOffs.objects.all().delete()
    migration = importlib.import_module("reviews.migrations.0014_put_up_one_offs")
    migration.put_up(apps, None)
    (row,) = ReturningOneOffs.objects.all()
    assert (row.team, row.category, set(row.events)) == (cast.north, "planning", planning)


def test_who_has_not_told_yet_reads_none_of_the_others(client, cast):
    today = timezone.localdate()
    others = testing.review(cast, (cast.rep,), readers_per_event=1)
    gathering = testing.review(cast, (cast.rep, cast.manager), readers_per_event=1)
    kept = [one_off(cast, others, what="Heard by all.", today=today) for _number in range(2)]
    event = one_off(cast, gathering, what="Told by Rosa alone.", today=today)
    type(gathering).objects.filter(pk=gathering.pk).update(depth="full", state="gathering")
    client.force_login(cast.manager)
    page = client.get("/categories/planning/").content.decode()
    assert "Heard by all." in page and "Told by Rosa alone." not in page
    (row,) = ReturningOneOffs.objects.all()
    chosen = {"do": "again", "event": [event.pk], "because": "It snows every winter."}
    assert client.post(f"/categories/planning/one-offs/{row.pk}/", chosen).status_code == 422
    seen = {"do": "still", "seen": [one.pk for one in kept], "because": "Storms."}
    assert "who reads all of them" in client.post(f"/categories/planning/one-offs/{row.pk}/", seen).content.decode()
    event.refresh_from_db()
    assert event.is_settled
    gathering.persons.filter(user=cast.manager).update(has_told=True)
    assert "Told by Rosa alone." in client.get("/categories/planning/").content.decode()


def test_the_queue_counts_them_and_reads_none(client, cast, review):
    today = timezone.localdate()
    for _number in range(4):
        one_off(cast, review, what="A storm in May.", today=today)
    client.force_login(cast.manager)
    with CaptureQueriesContext(connection) as asked:
        assert "4 one-offs of" in client.get("/coding/").content.decode()
    said = [query["sql"] for query in asked.captured_queries if "one_off" in query["sql"]]
    assert len(said) == 1 and "COUNT(" in said[0] and '"what"' not in said[0]


def test_what_returns_on_an_old_row_is_put_up_anew(client, cast, review, monkeypatch):
    monkeypatch.setattr(one_offs, "MOST_SHOWN", 1)
    today = timezone.localdate()
    for category in ("planning", "budget"):
        for _number in range(3):
            one_off(cast, review, category=category, today=today)
        ReturningOneOffs.objects.filter(category=category).update(put_up_at=NOW - dt.timedelta(len(category)))
    shown = [one.row for one in one_offs.counted_for(cast.manager, today)]
    assert [row.category for row in shown] == ["budget"]
    one_off(cast, review, today=today)
    (planning,) = one_offs.counted_for(cast.manager, today)
    assert (planning.row.category, planning.times, planning.row.put_up_at) == ("planning", 4, NOW)


def test_a_row_beyond_those_shown_is_decided_all_the_same(client, cast, review, monkeypatch):
    today = timezone.localdate()
    events = [one_off(cast, review, today=today) for _number in range(3)]
    (row,) = ReturningOneOffs.objects.all()
    monkeypatch.setattr(one_offs, "MOST_SHOWN", 0)
    client.force_login(cast.manager)
    said = {"do": "still", "because": "Three storms.", "seen": [event.pk for event in events]}
    assert client.post(f"/categories/planning/one-offs/{row.pk}/", said).status_code == 302
    row.refresh_from_db()
    assert row.still_because == "Three storms."
