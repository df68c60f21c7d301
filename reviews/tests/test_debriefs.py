import pytest
from django.urls import reverse

from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.testing import TODAY
from reviews.models import Debrief, FailureEvent

SAID = {"who": "Anna Berg", "role": "maintenance lead", "said_on": TODAY, "channel": "phone", "candour": 4}
POSTED = SAID | {"said_on": "2026-11-18", "agrees": "yes"}


@pytest.fixture
def review(cast):
    return testing.review(cast, people=(cast.rep, cast.facilitator), facilitator=cast.facilitator)


def add(review, by, reasons=("You were our first choice until the bracket.",), **said):
    return Debrief.add(review, by, reasons=reasons, today=TODAY, **SAID | said)


def test_what_the_customer_said_stands_on_the_review(client, cast, review):
    client.force_login(cast.rep)

    said = POSTED | {"reasons": "You were our first choice until the bracket.\n\nNobody rang."}
    assert client.post(reverse("debrief_new", args=[review.pk]), said).status_code == 302

    debrief = Debrief.objects.get()
    assert [reason.text for reason in debrief.reasons.all()] == [
        "You were our first choice until the bracket.",
        "Nobody rang.",
    ]
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Anna Berg, maintenance lead, by phone" in page
    assert "Candour 4 of 5." in page and "Agrees with our view." in page
    assert [(c.verb, c.by) for c in Change.objects.about(review)] == [("debrief_added", cast.rep)]


def test_a_review_has_several(cast, review):
    add(review, cast.rep)
    add(review, cast.facilitator, who="Their buyer", candour=None)

    assert review.debriefs.count() == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"who": " "}, "Say who it was."),
        ({"reasons": " \n "}, "at least one reason"),
        ({"said_on": "2099-01-01"}, "lies ahead"),
        ({"candour": "6"}, "not offered"),
        ({"channel": ""}, "Choose one."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, cast, review, wrong, sentence):
    client.force_login(cast.rep)

    said = POSTED | {"reasons": "Nobody rang."} | wrong
    response = client.post(reverse("debrief_new", args=[review.pk]), said)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "maintenance lead" in response.content.decode()
    assert not Debrief.objects.exists()


def test_a_reason_becomes_an_event_in_one_click_and_only_once(client, cast, review):
    reason = add(review, cast.rep).reasons.get()
    client.force_login(cast.facilitator)
    for _press in range(2):
        client.post(reverse("debrief_event", args=[reason.debrief_id]), {"reason": reason.pk})

    event = FailureEvent.objects.get()
    assert (event.what, event.source, event.author) == (reason.text, "Anna Berg, maintenance lead", cast.facilitator)
    page = client.get(review.get_absolute_url()).content.decode()
    assert f'href="#event-{event.pk}"' in page and "Make it an event" not in page


def test_a_reason_of_another_debrief_is_not_taken(client, cast, review):
    mine = add(review, cast.rep)
    sealed = testing.review(cast, people=(cast.other_rep,), visibility="sealed", deal=testing.deal(cast))
    theirs = add(sealed, cast.other_rep).reasons.get()
    client.force_login(cast.rep)

    url = reverse("debrief_event", args=[mine.pk])
    assert client.post(url, {"reason": theirs.pk}).status_code == 404
    assert not FailureEvent.objects.exists()


def test_an_edit_keeps_what_became_an_event(cast, review):
    debrief = add(review, cast.rep, reasons=["Too late.", "Too dear."])
    debrief.reasons.get(text="Too late.").become_event(cast.rep)

    assert debrief.edit(cast.rep, version=1, reasons=["Nobody rang."], today=TODAY, **SAID | {"candour": 5})

    assert [reason.text for reason in debrief.reasons.all()] == ["Too late.", "Nobody rang."]
    assert not debrief.edit(cast.rep, version=2, reasons=["Nobody rang."], today=TODAY, **SAID | {"candour": 5})
    with pytest.raises(Conflict):
        debrief.edit(cast.rep, version=1, reasons=["Nobody rang."], today=TODAY, **SAID)


def test_two_who_change_it_at_once_see_both(client, cast, review):
    debrief = add(review, cast.rep)
    debrief.edit(cast.rep, version=1, reasons=["Nobody rang."], today=TODAY, **SAID)
    client.force_login(cast.facilitator)

    url = reverse("debrief_edit", args=[debrief.pk])
    response = client.post(url, POSTED | {"reasons": "You never asked.", "version": 1})

    assert response.status_code == 409
    page = response.content.decode()
    assert "Nobody rang." in page and "You never asked." in page and 'value="2"' in page


def test_a_closed_review_takes_no_debrief(cast, review):
    debrief = add(review, cast.rep)
    type(review).objects.filter(pk=review.pk).update(state="closed", closed_at=testing.NOW)

    for verb in (
        lambda: add(review, cast.rep),
        lambda: debrief.edit(cast.rep, version=1, reasons=["x"], today=TODAY, **SAID),
        lambda: debrief.reasons.get().become_event(cast.rep),
    ):
        with pytest.raises(Refused, match="closed"):
            verb()
