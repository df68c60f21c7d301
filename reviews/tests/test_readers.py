import itertools

import pytest
from django.db import IntegrityError, transaction

from failforward import testing
from failforward.accounts import people, teams
from failforward.guards import Refused
from failforward.testing import NOW, TODAY
from reviews import coding
from reviews.categories import CATEGORIES
from reviews.forms.coding import CodingForm
from reviews.imports.save import keep_reviews_in_step
from reviews.models import Coding, Deal

pytestmark = pytest.mark.django_db


def review_of(cast, number, **fields):
    readers = [testing.person(f"R{n} Reader", cast.north) for n in range(number)]
    about = testing.review(cast, readers, readers_per_event=number, facilitator=readers[-1], **fields)
    return about, readers, testing.event(about, causal_role="caused")


def read(event, by, category="planning", verdict="systemic"):
    return coding.submit(event, by, category, verdict, now=NOW)


@pytest.mark.parametrize("number", [3, 5, 9])
def test_nobody_sees_another_reading_before_all_are_sent(cast, number):
    _about, readers, event = review_of(cast, number)
    for sent, reader in enumerate(readers[:-1], 1):
        read(event, reader)
        assert not event.is_settled and event.disputed_at is None
        seen = {person: coding.codings_for(event, person) for person in [*readers, cast.manager]}
        assert {person: len(rows) for person, rows in seen.items()} == {
            person: int(person in readers[:sent]) for person in seen
        }
    read(event, readers[-1])
    assert (event.category, event.verdict, event.readings) == ("planning", "systemic", number)


def test_one_of_five_who_differs_brings_it_to_a_decision_with_all_readings(cast):
    _about, readers, event = review_of(cast, 5)
    for reader, category in zip(readers, ["planning"] * 4 + ["budget"], strict=True):
        read(event, reader, category)
    assert list(coding.disputes_for(readers[-1])) == [event]
    assert len(coding.codings_for(event, readers[-1])) == 5
    coding.adjudicate(event, readers[-1], "planning", "systemic", "Four of five.", "R4: budget.", now=NOW)
    assert (event.category, Coding.objects.count()) == ("planning", 5)


def test_fewer_asked_for_weighs_what_was_read_already(cast):
    about, readers, event = review_of(cast, 3)
    other = testing.event(about, causal_role="caused")
    unread = testing.event(about, causal_role="caused")
    for reader, category in zip(readers, ("planning", "budget"), strict=False):
        read(event, reader)
        read(other, reader, category)
    assert coding.ask_readers(about, readers[-1], 2, now=NOW)
    assert not coding.ask_readers(about, readers[-1], 2, now=NOW)
    for one in (event, other, unread):
        one.refresh_from_db()
    assert (event.is_settled, other.disputed_at, unread.is_settled) == (True, NOW, False)


def test_more_asked_for_leaves_what_is_settled(cast):
    about, readers, event = review_of(cast, 1)
    read(event, readers[0])
    coding.ask_readers(about, cast.manager, 9, now=NOW)
    event.refresh_from_db()
    assert event.is_settled
    about.refresh_from_db()
    assert coding.ask_readers(about, cast.manager, None, now=NOW)
    assert about.readers_per_event is None


@pytest.mark.parametrize("number", [0, -1, 10])
def test_a_number_that_makes_no_sense_is_refused(cast, number):
    about, _readers, _event = review_of(cast, 1)
    with pytest.raises(Refused):
        coding.ask_readers(about, cast.manager, number, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(about).objects.filter(pk=about.pk).update(readers_per_event=number)


def test_who_leads_says_how_many_read(client, cast):
    about, readers, _event = review_of(cast, 2)
    with pytest.raises(Refused):
        coding.ask_readers(about, readers[0], 3, now=NOW)
    client.force_login(readers[0])
    assert client.post(f"/reviews/{about.pk}/readers/", {"readers_per_event": "3"}).status_code == 403
    client.force_login(cast.manager)
    assert "2 read each event." in client.get(f"/reviews/{about.pk}/").content.decode()
    assert 'name="readers_per_event"' in client.get(f"/reviews/{about.pk}/?do=coders").content.decode()
    assert client.post(f"/reviews/{about.pk}/readers/", {"readers_per_event": "12"}).status_code == 422
    assert client.post(f"/reviews/{about.pk}/readers/", {"readers_per_event": "7"}).status_code == 302
    about.refresh_from_db()
    assert about.readers_per_event == 7


def test_what_a_reader_who_left_had_to_read_waits_for_nobody(client, cast):
    about, readers, event = review_of(cast, 2, visibility="sealed")
    read(event, readers[1])
    client.force_login(readers[1])
    client.post(f"/reviews/{about.pk}/people/change/", {"user": readers[0].pk, "remove": ""})
    event.refresh_from_db()
    assert event.is_settled


def test_an_event_asked_for_again_is_not_settled_by_who_leaves(client, cast):
    """Its one reading was doubted: weighed again it would settle as it was."""
    about, readers, event = review_of(cast, 1)
    read(event, readers[0])
    about.add_person(cast.manager, cast.rep)
    coding.ask_again(event, cast.manager, "A second look", now=NOW)
    coding.weigh_again(about, NOW)
    event.refresh_from_db()
    assert not event.is_settled
    read(event, cast.rep, "budget")
    assert event.disputed_at == NOW


def test_asked_again_where_everybody_has_read_it_goes_to_a_decision(cast):
    alone = testing.event(testing.review(cast, (cast.rep,), visibility="sealed", facilitator=cast.rep))
    read(alone, cast.rep)
    coding.ask_again(alone, cast.rep, "A second look", now=NOW)
    assert alone.disputed_at == NOW
    assert list(coding.disputes_for(cast.rep)) == [alone]


def test_every_category_has_its_key():
    keys = [category.key for category in CATEGORIES]
    assert keys == [*"1234567890-"]
    drawn = CodingForm()["category"].as_widget()
    assert [drawn.count(f'<kbd class="key">{key}</kbd>') for key in keys] == [1] * 11
    assert all(one < two for one, two in itertools.pairwise(drawn.index(f">{key}</kbd>") for key in keys))


def test_a_team_that_asks_for_fewer_weighs_what_was_read(cast, django_capture_on_commit_callbacks):
    cast.north.readers_per_event = 2
    cast.north.save()
    about = testing.review(cast, (cast.rep, cast.other_rep))
    own = testing.review(cast, (cast.rep, cast.other_rep), readers_per_event=2)
    event, other = (testing.event(one, causal_role="caused") for one in (about, own))
    for one in (event, other):
        read(one, cast.rep)
    with django_capture_on_commit_callbacks(execute=True):
        teams.change_team(cast.admin, cast.north, readers_per_event=1)
    for one in (event, other):
        one.refresh_from_db()
    assert (event.is_settled, other.is_settled) == (True, False)


def test_who_is_deactivated_is_waited_for_no_longer(cast, django_capture_on_commit_callbacks):
    sealed = testing.review(cast, (cast.rep, cast.other_rep), readers_per_event=2, visibility="sealed")
    managed = testing.review(cast, (cast.rep,), readers_per_event=3)
    elsewhere = testing.review(cast, (cast.rep, cast.facilitator), readers_per_event=2, visibility="sealed")
    events = [testing.event(review, causal_role="caused") for review in (sealed, managed, elsewhere)]
    for event in events:
        read(event, cast.rep)
    read(events[1], cast.admin)
    settled = []
    for person in (cast.other_rep, cast.manager):
        with django_capture_on_commit_callbacks(execute=True):
            people.deactivate(cast.admin, person)
        for event in events:
            event.refresh_from_db()
        settled.append([event.is_settled for event in events])
    assert settled == [[True, False, False], [True, True, False]]


def test_who_leaves_a_review_is_waited_for_no_longer_by_the_verb_itself(cast):
    sealed = testing.review(cast, (cast.rep, cast.other_rep), readers_per_event=2, visibility="sealed")
    hidden = testing.review(cast, (cast.rep,), readers_per_event=2)
    events = [testing.event(review, causal_role="caused") for review in (sealed, hidden)]
    for event in events:
        read(event, cast.rep)
    sealed.remove_person(cast.rep, cast.other_rep)
    hidden.change_visibility(cast.rep, "sealed")
    for event in events:
        event.refresh_from_db()
        assert event.is_settled


def two_of_three_have_read(cast):
    """Those on it, the admin and the manager could; the manager has not."""
    review = testing.review(cast, (cast.rep,), readers_per_event=3)
    event = testing.event(review, causal_role="caused")
    for person in (cast.rep, cast.admin):
        read(event, person)
    assert not event.is_settled
    return event


@pytest.mark.parametrize("lost", ["place", "leave"])
def test_who_loses_the_role_is_waited_for_no_longer(cast, lost, django_capture_on_commit_callbacks):
    event = two_of_three_have_read(cast)
    with django_capture_on_commit_callbacks(execute=True):
        if lost == "place":
            people.place(cast.admin, cast.manager, cast.north, "rep")
        else:
            people.leave(cast.admin, cast.manager.memberships.get())
    event.refresh_from_db()
    assert event.is_settled


def test_a_manager_of_another_team_is_not_waited_for_and_changes_nothing(cast, django_capture_on_commit_callbacks):
    event = two_of_three_have_read(cast)
    people.place(cast.admin, cast.outsider, cast.south, "manager")
    with django_capture_on_commit_callbacks(execute=True):
        people.place(cast.admin, cast.outsider, cast.south, "rep")
    event.refresh_from_db()
    assert not event.is_settled


def test_a_deal_that_moves_to_where_fewer_read_waits_for_nobody(cast, django_capture_on_commit_callbacks):
    event, island = two_of_three_have_read(cast), testing.Team.open("Island", None, started_on=TODAY)
    with django_capture_on_commit_callbacks(execute=True):
        event.review.deal.change(cast.admin, today=TODAY, team=island)
    event.refresh_from_db()
    assert event.is_settled


def test_a_deal_that_an_import_moves_too(cast, django_capture_on_commit_callbacks):
    event, island = two_of_three_have_read(cast), testing.Team.open("Island", None, started_on=TODAY)
    deal = event.review.deal
    Deal.objects.filter(pk=deal.pk).update(team=island)
    with django_capture_on_commit_callbacks(execute=True):
        keep_reviews_in_step([Deal.objects.get(pk=deal.pk)])
    event.refresh_from_db()
    assert event.is_settled
