import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from failforward import testing, undo
from failforward.testing import NOW
from reviews.models import Coding, FailureEvent, Finding, Review

EVIL = "\"><script>alert(1)</script>{{7*7}}' onx=\u202e"
SETTLED = {"causal_role": "caused", "category": "planning", "verdict": "one_off", "settled_at": NOW, "readings": 1}


@pytest.fixture
def review(cast):
    cast.north.readers_per_event = 1
    cast.north.save(update_fields=["readers_per_event"])
    return testing.review(cast, people=(cast.manager, cast.rep), facilitator=cast.manager)


@pytest.fixture
def as_manager(client, cast):
    client.force_login(cast.manager)
    return client


def url(review) -> str:
    return reverse("review_detail", args=[review.pk])


def save(client, event, **said):
    said = {"version": event.version} | said
    return client.post(reverse("event_save", args=[event.pk]), said)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_one_press_judges_reads_and_joins_to_a_new_weakness(as_manager, cast, review):
    event = testing.event(review)

    response = save(
        as_manager,
        event,
        causal_role="contributed",
        category="technology",
        verdict="systemic",
        new_finding="Demo units are not tried with the buyer’s gateway",
    )

    assert response.status_code == 302
    event.refresh_from_db()
    finding = Finding.objects.get()
    assert (event.causal_role, event.category, event.verdict, event.finding) == (
        "contributed",
        "technology",
        "systemic",
        finding,
    )
    assert (finding.title, finding.category, finding.team) == (
        "Demo units are not tried with the buyer’s gateway",
        "technology",
        cast.north,
    )
    assert event.is_settled
    review.refresh_from_db()
    assert review.state == "acting"


def test_an_event_joins_a_weakness_that_is_known(as_manager, cast, review):
    event, finding = testing.event(review), testing.finding(cast)

    save(as_manager, event, causal_role="caused", category="planning", verdict="systemic", finding=finding.pk)

    event.refresh_from_db()
    assert event.finding == finding


def test_what_two_have_settled_is_changed_by_whoever_leads_and_with_a_reason(as_manager, cast, review):
    event = testing.event(review, **SETTLED | {"readings": 2})
    for coder in (cast.manager, cast.rep):
        Coding.objects.create(event=event, coder=coder, category="planning", verdict="one_off", submitted_at=NOW)
    said = {"causal_role": "caused", "category": "budget", "verdict": "one_off"}

    assert save(as_manager, event, **said).status_code == 422
    assert save(as_manager, event, **said, again_because="It was the money.").status_code == 302

    event.refresh_from_db()
    assert (event.category, event.is_settled, event.disputed_at) == ("budget", True, None)
    assert (event.adjudication.reason, event.adjudication.by) == ("It was the money.", cast.manager)
    assert set(event.codings.values_list("category", flat=True)) == {"planning"}


def test_saving_the_same_again_changes_nothing(as_manager, cast, review):
    event, finding = testing.event(review), testing.finding(cast)
    said = {"causal_role": "caused", "category": "planning", "verdict": "systemic", "finding": finding.pk}
    save(as_manager, event, **said)
    before = FailureEvent.objects.values().get()

    assert save(as_manager, event, **said).status_code == 302
    assert FailureEvent.objects.values().get() == before


def test_a_settled_reading_changes_with_a_reason_only(as_manager, review):
    event = testing.event(review)
    save(as_manager, event, causal_role="caused", category="planning", verdict="one_off")
    event.refresh_from_db()

    refused = save(as_manager, event, causal_role="caused", category="budget", verdict="one_off")
    assert refused.status_code == 422
    assert "why" in text(refused)
    save(
        as_manager, event, causal_role="caused", category="budget", verdict="one_off", again_because="It was the money."
    )

    event.refresh_from_db()
    assert (event.category, event.is_settled) == ("budget", True)


def test_what_is_refused_saves_nothing_and_keeps_what_was_typed(as_manager, cast, review):
    event = testing.event(review)

    response = save(
        as_manager, event, causal_role="caused", category="planning", verdict="one_off", new_finding="Nobody is down"
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "<title>Error:" in page
    assert "A one-off joins no weakness." in page
    assert 'value="Nobody is down"' in page
    assert not Coding.objects.exists()
    event.refresh_from_db()
    assert (event.causal_role, event.category) == ("", "")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Say what it did to the outcome."),
        ({"causal_role": "caused", "category": "planning"}, "Say whether it could happen again"),
        ({"causal_role": "caused", "verdict": "systemic"}, "Choose the category that fits best."),
        ({"causal_role": "guilty"}, "This choice is not offered here."),
        ({"causal_role": "caused", "category": "blame", "verdict": "systemic"}, "This choice is not offered here."),
        ({"causal_role": "caused", "finding": "99999"}, "This choice is not offered here."),
    ],
)
def test_half_a_reading_says_what_is_missing(as_manager, review, said, sentence):
    event = testing.event(review)

    response = save(as_manager, event, **said)

    assert response.status_code == 422
    assert sentence in text(response)


def test_a_weakness_of_another_team_cannot_be_joined(as_manager, cast, review):
    elsewhere = testing.finding(cast, team=cast.south)
    event = testing.event(review)

    said = {"causal_role": "caused", "category": "planning", "verdict": "systemic", "finding": elsewhere.pk}
    assert save(as_manager, event, **said).status_code == 422


def test_only_the_role_may_be_said_first(as_manager, review):
    event = testing.event(review)

    save(as_manager, event, causal_role="unknown")

    event.refresh_from_db()
    assert (event.causal_role, event.category) == ("unknown", "")


def test_two_who_judge_at_once_see_both_answers(as_manager, cast, review):
    event = testing.event(review)
    event.judge(cast.rep, "unrelated")

    response = save(as_manager, event, version=1, causal_role="caused")

    assert response.status_code == 409
    assert "There it says “Unrelated”, here “Caused it”." in text(response)
    assert f'name="version" value="{event.version}"' in response.content.decode()
    save(as_manager, event, version=event.version, causal_role="caused")
    event.refresh_from_db()
    assert event.causal_role == "caused"


def test_with_two_readers_nobody_sees_the_other_answer(client, as_manager, cast, review):
    review.readers_per_event = 2
    review.save(update_fields=["readers_per_event"])
    event = testing.event(review)

    response = save(as_manager, event, causal_role="caused", category="technology", verdict="systemic")
    said = text(as_manager.get(response.url))
    assert "has still to read it, and does not see your answer" in said

    client.force_login(cast.rep)
    page = client.get(url(review), {"event": event.pk}).content.decode()
    assert "checked" not in page.split('name="verdict"')[1].split("</fieldset>")[0]
    assert '<option value="technology" selected>' not in page
    assert "To be read" in text(as_manager.get(url(review), {"event": "none"}))


def test_the_event_that_waits_for_me_is_open(client, as_manager, cast, review):
    review.readers_per_event = 2
    review.save(update_fields=["readers_per_event"])
    first = testing.event(review, happened_on=dt.date(2026, 8, 1))
    second = testing.event(review, happened_on=dt.date(2026, 8, 2))
    save(as_manager, first, causal_role="caused", category="technology", verdict="systemic")

    def opened(client) -> str:
        return re.search(r'class="ev open" id="event-(\d+)"', client.get(url(review)).content.decode())[1]

    assert opened(as_manager) == str(second.pk)
    client.force_login(cast.rep)
    assert opened(client) == str(first.pk)


def test_an_event_is_added_by_name(as_manager, cast, review):
    said = {"new-what": "The quote was late.", "new-reported": "named", "new-happened_on": "2026-10-09"}

    response = as_manager.post(reverse("event_add", args=[review.pk]), said)

    event = review.events.get()
    assert response.url == f"{url(review)}?event={event.pk}#event-{event.pk}"
    assert (event.author, event.happened_on) == (cast.manager, dt.date(2026, 10, 9))


def test_the_screen_says_how_it_is_reported_before_one_types(as_manager, review):
    page = as_manager.get(url(review)).content.decode()

    asked, typed = page.index("How do you report it?"), page.index('name="new-what"')
    assert asked < page.index("nobody’s name is stored anywhere") < page.index("people may guess") < typed


def test_with_four_on_it_nobody_is_warned(as_manager, cast, review):
    for user in [cast.facilitator, cast.other_rep]:
        review.add_person(cast.manager, user)

    assert "people may guess" not in text(as_manager.get(url(review)))


def test_an_anonymous_event_shows_no_name_and_the_day_only(client, cast, review):
    client.force_login(cast.rep)

    client.post(
        reverse("event_add", args=[review.pk]), {"new-what": "We promised too much.", "new-reported": "anonymous"}
    )

    event = review.events.get()
    assert (event.anonymous, event.author) == (True, None)
    page = text(client.get(url(review)))
    assert "without a name" in page
    assert "Somebody wrote down what happened" in text(client.get(url(review), {"do": "history"}))
    assert client.get(reverse("event_edit", args=[event.pk])).status_code == 403


def test_the_history_does_not_tell_the_hour_of_an_anonymous_event(as_manager, cast, review):
    review.add_event(cast.rep, "By name, before")
    review.add_event(cast.rep, "Without a name", anonymous=True)
    review.add_event(cast.manager, "By name, after")

    page = text(as_manager.get(url(review), {"do": "history"}))

    history = page[page.index("History") :]
    assert history.index("By name, after") < history.index("By name, before") < history.index("Without a name")


def test_the_facilitator_puts_an_anonymous_event_right(as_manager, review):
    event = review.add_event(None, "We promised too much.", anonymous=True)

    said = {"what": "We promised more than we had.", "version": event.version}
    assert as_manager.post(reverse("event_edit", args=[event.pk]), said).status_code == 302
    event.refresh_from_db()
    assert event.what == "We promised more than we had."


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"new-what": " "}, "Say what happened"),
        ({"new-what": "x" * 10_001}, "Keep it to 10000 characters"),
        ({"new-what": "x", "new-happened_on": "31.02.2026"}, "Choose a day in the calendar"),
        ({"new-what": "x", "new-happened_on": "2026-10-09", "new-until_on": "2026-10-08"}, "before the beginning"),
        ({"new-what": "x", "new-source_url": "javascript:alert(1)"}, "Write a link as it stands in the browser"),
        ({"new-what": "x", "new-reported": "secretly"}, "This choice is not offered here."),
    ],
)
def test_an_event_that_cannot_be_kept_comes_back_as_typed(as_manager, review, said, sentence):
    response = as_manager.post(reverse("event_add", args=[review.pk]), {"new-reported": "named"} | said)

    assert response.status_code == 422
    assert sentence in text(response)
    assert not review.events.exists()


def test_two_who_edit_the_words_see_both(as_manager, cast, review):
    event = testing.event(review, what="First words")
    event.edit(cast.rep, version=1, what="Words of Ines")

    response = as_manager.post(reverse("event_edit", args=[event.pk]), {"what": "Words of Mara", "version": 1})

    assert response.status_code == 409
    assert "Words of Ines" in text(response)
    assert "Words of Mara" in response.content.decode()
    event.refresh_from_db()
    assert event.what == "Words of Ines"


def opened_edit(client, event) -> dict:
    """What the browser of somebody who opens the form and changes nothing would send."""
    form = client.get(reverse("event_edit", args=[event.pk])).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return {name: value for name, value in sent.items() if value is not False}


@pytest.fixture
def told(review):
    return testing.event(review, what="First\nwords", source="Ines", happened_on=dt.date(2026, 10, 1), is_omission=True)


def test_two_who_change_different_fields_keep_both(as_manager, cast, told):
    address = reverse("event_edit", args=[told.pk])
    first, second = opened_edit(as_manager, told), opened_edit(as_manager, told)
    first |= {"source": "The buyer", "is_omission": ""}

    assert as_manager.post(address, first | {"what": "First\r\nwords"}).status_code == 302
    assert as_manager.post(address, second | {"what": "Other words"}).status_code == 302

    told.refresh_from_db()
    assert (told.what, told.source, told.is_omission) == ("Other words", "The buyer", False)


def test_where_both_changed_one_field_the_others_follow_the_first(as_manager, cast, told):
    address = reverse("event_edit", args=[told.pk])
    second = opened_edit(as_manager, told) | {"what": "Words of Mara"}
    told.edit(cast.rep, version=told.version, what="Words of Ines", source="The buyer", is_omission=False)

    response = as_manager.post(address, second)

    assert response.status_code == 409 and "Words of Ines" in text(response)
    form = response.context["form"]
    assert (form["what"].value(), form["source"].value(), bool(form["is_omission"].value())) == (
        "Words of Mara",
        "The buyer",
        False,
    )
    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert as_manager.post(address, again).status_code == 302
    told.refresh_from_db()
    assert (told.what, told.source, told.is_omission) == ("Words of Mara", "The buyer", False)


@pytest.mark.parametrize("was", ["", "{", "[]", "7", '{"what": "First"}', '{"happened_on": "2026-13-99"}'])
def test_without_what_it_was_every_field_counts_as_changed(as_manager, cast, told, was):
    sent = opened_edit(as_manager, told) | {"what": "Mine", "was": was}
    told.edit(cast.rep, version=told.version, source="The buyer")

    assert as_manager.post(reverse("event_edit", args=[told.pk]), sent).status_code == 409


def test_two_who_each_move_one_of_the_days_cannot_turn_it_around(as_manager, cast, told):
    sent = opened_edit(as_manager, told) | {"until_on": "2026-10-05"}
    told.edit(cast.rep, version=told.version, happened_on=dt.date(2026, 10, 9))

    response = as_manager.post(reverse("event_edit", args=[told.pk]), sent)

    assert response.status_code == 422 and "The end lies before the beginning." in text(response)


def test_an_event_of_a_closed_review_says_that_it_is_closed(as_manager, review, told):
    Review.objects.filter(pk=review.pk).update(state="closed", closed_at=NOW, depth="quick")

    response = as_manager.get(reverse("event_edit", args=[told.pk]))

    assert response.status_code == 403
    assert "This review is closed. Add a dated note, or have it reopened." in text(response)
    assert "Somebody else has it in hand" not in text(response)


@pytest.mark.parametrize("day", ["2999-01-01", "9999-12-31"])
def test_a_day_that_lies_ahead_is_refused(as_manager, review, told, day):
    sentence = "That day lies ahead. Choose today or an earlier day."
    new = as_manager.post(
        reverse("event_add", args=[review.pk]), {"new-reported": "named", "new-what": "x", "new-happened_on": day}
    )
    until = opened_edit(as_manager, told) | {"until_on": day}
    edited = as_manager.post(reverse("event_edit", args=[told.pk]), until)

    assert (new.status_code, edited.status_code) == (422, 422)
    assert sentence in text(new) and sentence in text(edited)
    assert review.events.count() == 1


def test_whatever_people_write_is_shown_as_text(as_manager, cast, review):
    cast.rep.name = EVIL
    cast.rep.save(update_fields=["name"])
    for field in ["name", "competitor", "stage_at_loss"]:
        setattr(review.deal, field, EVIL)
    review.deal.save()
    Review.objects.update(lesson=EVIL)
    finding = testing.finding(cast, title=EVIL)
    testing.event(review, what=EVIL, source=EVIL, interpretation=EVIL, author=cast.rep, finding=finding, **SETTLED)
    testing.event(review, what=EVIL, source=EVIL, interpretation=EVIL)

    pages = [as_manager.get(url(review)), as_manager.get(reverse("review_new"), {"q": EVIL})]
    pages += [as_manager.get(reverse("event_edit", args=[pk])) for pk in review.events.values_list("pk", flat=True)]
    Review.objects.update(state="closed", closed_at=NOW, closed_by=cast.rep)
    review.refresh_from_db()
    review.add_addendum(cast.manager, EVIL)
    pages += [as_manager.get(url(review))]

    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "49&#x27; onx" not in page.content.decode()


def test_the_page_asks_the_same_for_one_event_and_three(as_manager, cast, review):
    asked = set()
    for _number in range(3):
        for fields in [SETTLED | {"verdict": "systemic"}, SETTLED]:
            testing.event(review, **fields, author=cast.rep, finding=testing.finding(cast))
        review.add_person(cast.manager, testing.person(f"Extra{_number} Person", cast.north))
        as_manager.get(url(review))
        with CaptureQueriesContext(connection) as queries:
            as_manager.get(url(review))
        asked.add(len(queries))
    assert len(asked) == 1
    assert asked.pop() <= 26


def test_a_closed_review_is_read_only(as_manager, cast, review):
    event = testing.event(review, **SETTLED)
    review.close(cast.manager, NOW)

    page = as_manager.get(url(review), {"event": event.pk}).content.decode()

    assert "Save event" not in page
    assert "Add an event" not in page
    assert save(as_manager, event, causal_role="unrelated").status_code == 302
    event.refresh_from_db()
    assert event.causal_role == "caused"
    assert (
        as_manager.post(
            reverse("event_add", args=[review.pk]), {"new-what": "Late", "new-reported": "named"}
        ).status_code
        == 422
    )


def test_a_closed_review_takes_a_dated_note_and_opens_again_with_a_reason(as_manager, cast, review):
    testing.event(review, **SETTLED)
    review.close(cast.manager, NOW)

    as_manager.post(reverse("review_addendum", args=[review.pk]), {"text": "The buyer called back."})
    refused = as_manager.post(reverse("review_reopen", args=[review.pk]), {"reason": ""})
    assert refused.status_code == 422
    assert "Say why it is reopened." in text(refused)
    as_manager.post(reverse("review_reopen", args=[review.pk]), {"reason": "Their price came out."})

    review.refresh_from_db()
    assert (review.state, review.addenda.get().text) == ("reopened", "The buyer called back.")
    page = text(as_manager.get(url(review)))
    assert "Reopened: Their price came out." in page and "The review is open again." in page


def test_taking_somebody_off_says_so_and_is_taken_back(as_manager, cast, review):
    change = reverse("review_change_person", args=[review.pk])
    review.let_facilitate(cast.manager, cast.facilitator)

    as_manager.post(change, {"user": cast.facilitator.pk, "remove": ""})
    page = as_manager.get(url(review))

    assert f"{cast.facilitator.name} is no longer on this review." in text(page)
    taken_back = undo.of(list(page.context["messages"])[0])
    as_manager.post(taken_back.url, dict(taken_back.fields))
    review.refresh_from_db()
    assert review.facilitator == cast.facilitator and cast.facilitator in review.people.all()


def test_only_who_was_taken_off_is_put_back(as_manager, cast, review):
    as_manager.post(
        reverse("review_change_person", args=[review.pk]),
        {"user": cast.outsider.pk, "put_back": "1", "facilitated": "1"},
    )

    assert set(review.people.all()) == {cast.manager, cast.rep}


def test_nobody_is_taken_off_a_closed_review(as_manager, cast, review):
    testing.event(review, **SETTLED)
    review.close(cast.manager, NOW)

    page = as_manager.get(url(review)).content.decode()
    as_manager.post(reverse("review_change_person", args=[review.pk]), {"user": cast.rep.pk, "remove": ""})

    assert f"Take {cast.rep.name} off" not in page
    assert cast.rep in review.people.all()


OPENED = {"event": "Add the event", "person": "Choose a person", "readers": "only people on it", "history": "added Zoe"}


@pytest.mark.parametrize("do", OPENED)
def test_each_part_opens_by_a_link_and_alone(as_manager, cast, review, do):
    testing.event(review)
    review.add_person(cast.manager, testing.person("Zoe Zweite", cast.north))
    closed = as_manager.get(url(review), {"event": "none"}).content.decode()

    page = as_manager.get(url(review), {"do": do}).content.decode()

    assert f'href="?do={do}#' in closed
    assert [words for words in OPENED.values() if words in closed] == []
    assert [words for words in OPENED.values() if words in page] == [OPENED[do]]


def test_who_only_reads_opens_nothing_but_the_history(client, cast, review):
    testing.event(review)
    review.remove_person(cast.manager, cast.rep)
    client.force_login(cast.rep)

    shown = {do for do, words in OPENED.items() if words in client.get(url(review), {"do": do}).content.decode()}
    links = set(re.findall(r'href="\?do=(\w+)', client.get(url(review)).content.decode()))

    assert (shown, links) == (set(), {"history"})


def test_people_come_and_go(as_manager, cast, review):
    as_manager.post(reverse("review_add_person", args=[review.pk]), {"user": cast.other_rep.pk})
    assert review.people.filter(pk=cast.other_rep.pk).exists()
    change = reverse("review_change_person", args=[review.pk])
    as_manager.post(change, {"user": cast.other_rep.pk, "facilitate": ""})
    review.refresh_from_db()
    assert review.facilitator == cast.other_rep
    as_manager.post(change, {"user": cast.other_rep.pk, "remove": ""})
    assert not review.people.filter(pk=cast.other_rep.pk).exists()


def test_a_stranger_to_the_team_cannot_be_added(as_manager, cast, review):
    response = as_manager.post(reverse("review_add_person", args=[review.pk]), {"user": cast.outsider.pk})

    assert response.status_code == 422
    assert not review.people.filter(pk=cast.outsider.pk).exists()


def test_who_hides_a_review_still_reads_it(as_manager, client, cast, review):
    as_manager.post(reverse("review_visibility", args=[review.pk]), {"visibility": "sealed"})

    assert "Sealed:" in text(as_manager.get(url(review)))
    client.force_login(cast.admin)
    assert client.get(url(review)).status_code == 404


def test_the_owner_is_asked_once(as_manager, cast, review):
    from failforward.outbox.models import Mail

    for _press in range(2):
        as_manager.post(reverse("review_ask", args=[review.pk]))

    mail = Mail.objects.get()
    assert (mail.key, mail.kind, mail.recipient) == (f"capture:{review.pk}", "capture", cast.rep)


def test_a_loss_is_chosen_or_waived_on_its_page(as_manager, cast):
    first, second = (testing.review(cast, state="pending", opened_on=None) for _number in range(2))

    as_manager.post(reverse("review_choose", args=[first.pk]), {"depth": "quick"})
    refused = as_manager.post(reverse("review_waive", args=[second.pk]), {"reason": " "})
    assert refused.status_code == 422
    as_manager.post(reverse("review_waive", args=[second.pk]), {"reason": "A form error."})

    assert [Review.objects.get(pk=r.pk).state for r in (first, second)] == ["gathering", "waived"]
    assert "A form error." in text(as_manager.get(url(second)))


@pytest.mark.parametrize("depth", ["", "deep"])
def test_an_unknown_depth_chooses_nothing(as_manager, cast, depth):
    waiting = testing.review(cast, state="pending", opened_on=None)

    as_manager.post(reverse("review_choose", args=[waiting.pk]), {"depth": depth})

    waiting.refresh_from_db()
    assert waiting.state == "pending"


def test_the_address_of_an_event_leads_to_it(as_manager, cast):
    """Where somebody reloads after the form was sent back."""
    event = testing.event(testing.review(cast))
    response = as_manager.get(reverse("event_save", args=[event.pk]))
    assert response.url == f"{event.review.get_absolute_url()}?event={event.pk}#event-{event.pk}"
    sealed = testing.event(testing.review(cast, visibility="sealed"))
    assert as_manager.get(reverse("event_save", args=[sealed.pk])).status_code == 404


def test_what_has_not_begun_is_a_line_until_it_comes(as_manager, cast):
    """A fresh full review shows the next step; what has been begun with stays open."""
    full = testing.review(cast, people=(cast.manager, cast.rep), facilitator=cast.manager, depth="full")
    fresh = as_manager.get(url(full))
    assert "First, your own part" in text(fresh) and "What comes after" in text(fresh)
    assert b'name="new-what"' not in fresh.content and b"It comes last" in fresh.content
    assert b'name="new-what"' in as_manager.get(url(full), {"do": "event"}).content

    full.own_parts.create(author=cast.manager, text="I never rang back.")
    assert b'name="new-what"' in as_manager.get(url(full)).content
    Review.objects.filter(pk=full.pk).update(lesson="Ring back within two days.")
    assert b"It comes last" not in as_manager.get(url(full)).content
