"""The page of an action says how it goes, and takes it; what the sponsor is asked stands beside it."""

import datetime as dt

import pytest
from django.utils import timezone

from actions import hill
from actions.models import SponsorRequest, Update
from failforward import testing

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def action(cast, now):
    began = now - dt.timedelta(40)
    return testing.action(cast, state="in_progress", done_criterion="Not seen", committed_at=began)


def page(client, action, person, query: str = "") -> str:
    client.force_login(person)
    return client.get(f"/actions/{action.pk}/{query}").content.decode()


def told(action, days: int, text: str, **carried) -> Update:
    at = timezone.now() - dt.timedelta(days)
    return Update.objects.create(
        action=action, by=action.responsible, on=timezone.localdate(at), at=at, text=text, **carried
    )


def test_what_was_achieved_stands_before_what_was_done(cast, action, client):
    told(action, 1, "Rang four of them.")
    told(action, 9, "Counted again.", measure="late quotes", measure_from=9, measure_to=4, better="down")
    action.milestones.create(
        what="Ten quotes",
        due_on=testing.TODAY,
        first_due_on=testing.TODAY,
        reached_on=timezone.localdate(),
        evidence="The ten",
    )

    text = page(client, action, cast.rep)

    places = [text.index(words) for words in ("Reached: Ten quotes", "Late quotes: from 9 to 4", "Rang four of them.")]
    assert places == sorted(places)
    assert "It stands still" not in text


def test_a_stalled_action_says_since_when(cast, action, client):
    assert "nothing was heard for 40 days" in page(client, action, cast.rep)
    told(action, 2, "We talked.")
    assert "things were done, nothing was achieved for 40 days" in page(client, action, cast.rep)


def test_a_word_is_noted_by_form_and_no_box_makes_it_progress(cast, action, client):
    assert "What happened?" in page(client, action, cast.rep, "?do=update")

    answer = client.post(f"/actions/{action.pk}/update/", {"text": "We met.", "is_progress": "on", "kind": "progress"})

    assert answer.status_code == 302
    assert not Update.objects.get().is_progress


def test_what_is_refused_keeps_what_was_typed(cast, action, client):
    client.force_login(cast.rep)
    half = {"text": "We counted.", "measure": "late quotes", "measure_from": "9"}

    answer = client.post(f"/actions/{action.pk}/update/", half)

    assert answer.status_code == 400
    assert "Say from where to where it moved." in answer.content.decode()
    assert "We counted." in answer.content.decode()
    assert not Update.objects.exists()


def test_a_milestone_a_measure_a_question_and_the_hill_in_one_form(cast, action, client):
    milestone = action.milestones.create(what="Ten quotes", due_on=testing.TODAY, first_due_on=testing.TODAY)
    asked = told(action, 3, "Who signs?", question="Who signs in the end?")
    client.force_login(cast.rep)
    said = {
        "text": "A good week.",
        "milestone": milestone.pk,
        "evidence": "The ten quotes",
        "settles": asked.pk,
        "learned": "Their finance lead signs.",
        "hill": "5",
    }

    assert client.post(f"/actions/{action.pk}/update/", said).status_code == 302

    milestone.refresh_from_db()
    update = Update.objects.first()
    assert (milestone.evidence, update.settles, update.hill) == ("The ten quotes", asked, 5)
    text = page(client, action, cast.rep)
    assert "Settled: Who signs in the end?" in text
    assert "Getting done: just begun" in text
    assert '<h3 class="mt-3">Open questions' not in text


def test_who_only_reads_is_not_asked(cast, action, client):
    reader = cast.sponsor
    text = page(client, action, reader, "?do=update")
    assert "What happened?" not in text
    assert client.post(f"/actions/{action.pk}/update/", {"text": "We met."}).status_code == 403


def test_the_responsible_person_asks_the_sponsor(cast, action, client):
    client.force_login(cast.rep)
    needed_by = timezone.localdate() + dt.timedelta(9)

    answer = client.post(f"/actions/{action.pk}/sponsor/", {"what": "A spare unit", "needed_by": needed_by})

    assert answer.status_code == 302
    assert SponsorRequest.objects.get().action == action
    text = page(client, action, cast.rep)
    assert "Asked today, no answer, needed by" in text


def test_the_hill_shows_where_it_was_and_where_it_is():
    day = testing.TODAY
    stood = [(day - dt.timedelta(9), 1), (day - dt.timedelta(5), 1), (day - dt.timedelta(3), 4), (day, 6)]

    picture = hill.picture(stood)

    assert [(dot.on, dot.label) for dot in [*picture.before, picture.now]] == [
        (day - dt.timedelta(9), "finding out: just begun"),
        (day - dt.timedelta(3), "on top: we know what to do"),
        (day, "getting done: half way"),
    ]
    assert picture.before[0].x < picture.before[1].x < picture.now.x
    assert picture.before[1].y < picture.now.y < picture.before[0].y
    assert hill.picture([]) is None
