import datetime as dt

import pytest
from django.urls import reverse

from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from reviews import coding
from reviews.models import FailureEvent, OwnPart


@pytest.fixture
def review(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    return testing.review(cast, people=people, facilitator=cast.facilitator, depth="full")


def page(client, user, review, query="") -> str:
    client.force_login(user)
    return client.get(reverse("review_detail", args=[review.pk]) + query).content.decode()


def post(client, user, name, review, **said):
    client.force_login(user)
    return client.post(reverse(name, args=[review.pk]), said)


def test_in_a_full_review_the_own_part_is_asked_first(client, cast, review):
    asked = page(client, cast.rep, review)

    assert asked.index("What did I do or leave undone?") < asked.index("What happened")
    assert "First, your own part" not in page(client, cast.manager, review)
    assert "First, your own part" not in page(client, cast.rep, testing.review(cast, people=(cast.rep,)))


def test_an_own_part_is_read_by_its_author_alone_until_it_is_shared(client, cast, review):
    response = post(client, cast.rep, "own_part", review, text="I did not ring back.")

    part = OwnPart.objects.get()
    assert (response.status_code, part.text, part.shared_at) == (302, "I did not ring back.", None)
    everybody = cast.people.values()
    assert [who for who in everybody if OwnPart.objects.visible_to(who)] == [cast.rep]
    post(client, cast.rep, "own_part", review, share="1")
    readers = [cast.admin, cast.manager, cast.rep, cast.other_rep, cast.facilitator]
    assert [who for who in everybody if OwnPart.objects.visible_to(who)] == readers
    assert "I did not ring back." in page(client, cast.manager, review)


def test_sharing_is_on_the_record_and_writing_is_not_on_the_reviews(cast, review):
    part = OwnPart.write(review, cast.rep, "I did not ring back.")
    assert not Change.objects.about(review).exists()

    assert part.share(cast.rep)
    assert not part.share(cast.rep)

    assert [(c.verb, c.by) for c in Change.objects.about(review)] == [("part_shared", cast.rep)]
    assert not any("ring back" in str(details) for details in Change.objects.values_list("details", flat=True))


def test_only_its_author_shares_it(cast, review):
    part = OwnPart.write(review, cast.rep, "I did not ring back.")

    for who in (cast.admin, cast.manager, cast.facilitator):
        with pytest.raises(Refused):
            part.share(who)


def test_what_is_private_can_be_taken_back_and_what_is_shared_cannot(client, cast, review):
    part = OwnPart.write(review, cast.rep, "I did not ring back.")
    OwnPart.write(review, cast.rep, "")
    with pytest.raises(Refused, match="Write a sentence"):
        part.share(cast.rep)
    OwnPart.write(review, cast.rep, "I rang too late.").share(cast.rep)

    again = post(client, cast.rep, "own_part", review, text="I never rang.")

    assert again.status_code == 422
    assert "I never rang." in again.content.decode()
    assert OwnPart.objects.get().text == "I rang too late."


def test_an_empty_own_part_says_what_is_missing(client, cast, review):
    response = post(client, cast.rep, "own_part", review, text="  ", share="1")

    assert response.status_code == 422
    assert "Write a sentence first." in response.content.decode()
    assert not OwnPart.objects.exists()


def test_one_tells_before_one_hears_the_others(client, cast, review):
    review.add_event(cast.other_rep, "Tom saw the mail.")
    mine = review.add_event(cast.rep, "Ines saw nothing.")
    tom = FailureEvent.objects.get(author=cast.other_rep)

    before = page(client, cast.rep, review, "?do=history")
    assert "Ines saw nothing." in before and "Tom saw the mail." not in before
    assert list(FailureEvent.objects.visible_to(cast.rep)) == [mine]
    assert not coding.waiting_for(cast.rep).exists()
    for name in ("event_edit", "coding_event"):
        assert client.get(reverse(name, args=[tom.pk])).status_code == 404
    # The facilitator runs it, and a manager who is not asked reads it.
    assert "Tom saw the mail." in page(client, cast.facilitator, review)
    assert "Tom saw the mail." in page(client, cast.manager, review)

    post(client, cast.rep, "review_told", review)

    assert "Tom saw the mail." in page(client, cast.rep, review)
    assert set(FailureEvent.objects.visible_to(cast.rep)) == {mine, tom}
    assert coding.waiting_for(cast.rep).count() == 2
    assert "Ines saw nothing." not in page(client, cast.other_rep, review)


def test_nothing_is_judged_before_the_others_are_heard(client, cast, review):
    mine = review.add_event(cast.rep, "Ines saw nothing.")

    assert "What did it do to the outcome?" not in page(client, cast.rep, review, f"?event={mine.pk}")
    with pytest.raises(Refused, match="Tell first"):
        mine.judge(cast.rep, "caused")

    review.finish_telling(cast.rep)
    assert FailureEvent.objects.get().judge(cast.rep, "caused")


def test_a_quick_review_and_one_that_is_judged_hide_nothing(client, cast, review):
    quick = testing.review(cast, people=(cast.rep,))
    quick.add_event(cast.other_rep, "Tom saw the mail.")
    assert "Tom saw the mail." in page(client, cast.rep, quick)
    review.add_event(cast.other_rep, "Tom heard it too.").judge(cast.facilitator, "caused")

    assert "Tom heard it too." in page(client, cast.rep, review)


def test_that_somebody_told_is_kept_without_a_name_or_an_hour(cast, review):
    assert review.finish_telling(cast.rep)
    assert not review.finish_telling(cast.rep)
    assert not review.finish_telling(cast.manager)

    told = Change.objects.about(review).get()
    assert (told.verb, told.by, told.day_only, told.at.time()) == ("told", None, True, dt.time())


def test_what_is_said_without_a_name_leads_to_nobody_in_any_table(client, cast, review):
    client.force_login(cast.rep)
    page(client, cast.rep, review)
    before = testing.every_row()

    said = {"new-reported": "anonymous", "new-what": "We promised what we do not have.", "new-source": "the hall"}
    response = client.post(reverse("event_add", args=[review.pk]), said)

    event = FailureEvent.objects.get()
    assert response["Location"].endswith(f"/reviews/{review.pk}/#what")
    new = {key: row for key, row in testing.every_row().items() if before.get(key) != row}
    assert {table for table, _ in new} <= {
        "reviews_failureevent",
        "history_change",
        "django_session",
        "usersessions_usersession",
    }
    traces = [cast.rep.name, cast.rep.first_name, cast.rep.email]
    for (table, _pk), row in new.items():
        if table in ("django_session", "usersessions_usersession"):
            assert str(event.pk) not in str(row) and str(event.uuid) not in str(row)
            continue
        values = {name: value for name, value in row.items() if value is not None}
        assert not {"by_id", "author_id"} & set(values)
        assert not any(trace in str(value) for trace in traces for value in values.values())
        assert all(value.time() == dt.time() for value in values.values() if isinstance(value, dt.datetime))
    session = client.session
    assert "do not have" not in str(dict(session))


def test_ids_do_not_tell_in_which_order_events_were_written(cast, review):
    """Counted up, the id of what was said without a name would stand between two whose hour is known."""
    named = review.add_event(cast.rep, "First.")
    nameless = review.add_event(cast.rep, "Second.", anonymous=True)
    pks = [review.add_event(cast.rep, f"Number {n}.").pk for n in range(20)]

    assert min(named.pk, nameless.pk, *pks) > 1_000_000 and max(pks) < 2**53
    assert pks != sorted(pks)
    changes = Change.objects.about_any([named, nameless]).order_by("at")
    assert [(c.pk < 0, c.day_only) for c in changes] == [(True, True), (False, False)]
