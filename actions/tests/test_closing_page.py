import datetime as dt
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from failforward import testing
from failforward.testing import NOW


@pytest.fixture
def cast(db):
    return testing.cast()


@pytest.fixture
def as_manager(client, cast):
    client.force_login(cast.manager)
    return client


def settled(review, **fields):
    fields = {"causal_role": "caused", "category": "planning", "verdict": "one_off", "settled_at": NOW} | fields
    return testing.event(review, **fields)


def close(client, review, **said):
    return client.post(reverse("review_close", args=[review.pk]), said, follow=True)


def test_a_whole_review_is_closed_and_read_only(as_manager, cast):
    review = testing.review(cast)
    settled(review)

    page = close(as_manager, review, lesson="Read the visit sheet aloud.").content.decode()

    review.refresh_from_db()
    assert (review.state, review.lesson) == ("closed", "Read the visit sheet aloud.")
    assert "Close the review" not in page
    assert "Read the visit sheet aloud." in page
    assert close(as_manager, review, lesson="Another").status_code == 200
    review.refresh_from_db()
    assert review.lesson == "Read the visit sheet aloud."


def test_the_page_says_what_is_missing_and_leads_there(as_manager, cast):
    review = testing.review(cast)
    event = settled(review, verdict="systemic")

    page = close(as_manager, review, lesson="Read aloud.").content.decode()

    assert "One thing is missing:" in page
    assert f'href="?event={event.pk}#event-{event.pk}">Choose one</a>' in page
    assert "\nRead aloud.</textarea>" in page


def test_a_weakness_without_an_action_leads_to_a_new_one(as_manager, cast):
    review, finding = testing.review(cast), testing.finding(cast)
    settled(review, verdict="systemic", finding=finding)

    page = as_manager.get(reverse("review_detail", args=[review.pk])).content.decode()

    assert f'href="{reverse("action_new")}?finding={finding.pk}"' in page
    held = as_manager.get(reverse("session", args=[review.pk]), {"step": "close"}).content.decode()
    back = quote(f"{reverse('session', args=[review.pk])}?step=close", safe="")
    assert held.count(f'?finding={finding.pk}&amp;next={back}"') == 2
    assert f'<a href="{finding.get_absolute_url()}#accept">or accept it, with a reason.</a>' in page
    assert 'id="accept"' in as_manager.get(finding.get_absolute_url()).content.decode()


def test_of_many_things_that_are_missing_the_first_are_named(as_manager, cast):
    review = testing.review(cast)
    for number in range(1, 14):
        testing.event(review)
        page = as_manager.get(reverse("review_detail", args=[review.pk])).content.decode() if number > 10 else ""
        if number == 11:
            assert page.count("nobody has said yet what") == 11 and " more." not in page

    assert "13 things are missing:" in page
    assert page.count("nobody has said yet what") == 10
    assert "and 3 more." in page


def test_an_action_of_a_list_one_may_not_read_is_not_named(client, cast):
    from actions.models import ActionFinding

    review = testing.review(cast, people=(cast.other_rep,))
    finding = testing.finding(cast)
    settled(review, verdict="systemic", finding=finding)
    action = testing.action(cast, what="Canary action")
    ActionFinding.objects.create(action=action, finding=finding)
    url = reverse("review_detail", args=[review.pk])

    client.force_login(cast.other_rep)
    assert "Canary action" not in client.get(url).content.decode()
    client.force_login(cast.manager)
    assert "Canary action" in client.get(url).content.decode()


def test_the_lesson_alone_can_be_kept(as_manager, cast):
    review = testing.review(cast)
    settled(review)

    close(as_manager, review, lesson="Read aloud.", keep="")

    review.refresh_from_db()
    assert (review.state, review.lesson) == ("gathering", "Read aloud.")


def test_one_press_keeps_lesson_loose_ends_and_thanks(as_manager, cast):
    review = testing.review(cast, people=(cast.rep, cast.other_rep))

    page = close(
        as_manager, review, lesson="Read aloud.", ends=["files", "customer"], **{f"thank_{cast.rep.pk}": "the timeline"}
    ).content.decode()

    assert "One thing is missing: nothing is written down yet." in page
    assert [(end.what, end.settled_by) for end in review.loose_ends.all()] == [
        ("files", cast.manager),
        ("customer", cast.manager),
    ]
    assert list(review.to_thank().values_list("user", "thanked_for")) == [(cast.rep.pk, "the timeline")]
    assert 'value="files" id="id_ends_0" checked' in page and 'value="questions" id="id_ends_3">' in page


def test_what_is_too_long_comes_back_as_it_was_typed(as_manager, cast):
    review = testing.review(cast, people=(cast.rep,))

    response = close(as_manager, review, **{f"thank_{cast.rep.pk}": "x" * 501})

    assert response.status_code == 422
    assert "x" * 501 in response.content.decode()
    assert not review.to_thank().exists()


def test_the_day_to_close_by_is_set_by_whoever_leads(as_manager, cast):
    review = testing.review(cast)
    url = reverse("review_target", args=[review.pk])

    assert as_manager.post(url, {"target_close_on": "2001-01-01"}).status_code == 422
    day = timezone.localdate() + dt.timedelta(days=9)
    as_manager.post(url, {"target_close_on": day.isoformat()})

    review.refresh_from_db()
    assert review.target_close_on == day
