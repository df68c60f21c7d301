import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from failforward import testing
from failforward.testing import NOW
from reviews.models import Coding, FailureEvent, OwnPart, Session

STEPS = ["gather", "causes", "sort", "findings", "close"]
SETTLED = {"causal_role": "caused", "category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1}
READING = {"category": "planning", "verdict": "systemic"}


@pytest.fixture(autouse=True)
def nobody_is_here():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def review(cast):
    people = (cast.rep, cast.other_rep, cast.facilitator)
    return testing.review(cast, people, facilitator=cast.facilitator, depth="full", readers_per_event=2)


@pytest.fixture
def session(cast, review):
    return Session.begin(review, cast.facilitator, timezone.now())


def url(review, query: str = "") -> str:
    return reverse("session", args=[review.pk]) + query


def page(client, user, review, query: str = "") -> str:
    client.force_login(user)
    response = client.get(url(review, query))
    assert response.status_code == 200
    return response.content.decode()


def live(client, review, page: str):
    """What the page asks for by itself."""
    asked = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    assert asked.startswith(reverse("session_live", args=[review.pk]))
    return client.get(asked, headers={"HX-Request": "true"})


def press(client, who, review, verb: str, **said):
    client.force_login(who)
    return client.post(reverse("session_verb", args=[review.pk, verb]), said)


def send(client, user, name: str, pk: int, where: str, **said):
    client.force_login(user)
    return client.post(f"{reverse(name, args=[pk])}?in={where}", said)


def heading(page: str) -> str:
    return re.search(r"<h1>(.*?)</h1>", page)[1]


def tell_all(review, *people) -> None:
    for user in people:
        review.finish_telling(user)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["rep", "facilitator", "manager"])
@pytest.mark.parametrize("query", ["", "&projector=1"])
def test_each_step_is_a_screen_for_each(client, cast, review, session, step, who, query):
    testing.event(review, author=cast.rep)
    testing.event(review, causal_role="caused", disputed_at=NOW, readings=2)
    testing.event(review, **SETTLED)
    testing.event(review, **SETTLED, finding=testing.finding(cast))
    seen = page(client, cast.people[who], review, f"?look=1&step={step}{query}")
    assert seen.count("<h1>") == 1 and 'id="s-live"' in seen or step != "gather" and "Yours first." in seen
    assert live(client, review, seen).status_code == 204


def test_before_a_session_there_is_a_lobby(client, cast, review):
    assert "Begin the session" in page(client, cast.facilitator, review)
    waits = page(client, cast.rep, review)
    assert "Nobody has begun yet." in waits and "Begin the session" not in waits
    assert live(client, review, waits).status_code == 204

    assert press(client, cast.rep, review, "begin").status_code == 403
    assert press(client, cast.facilitator, review, "begin")["Location"] == url(review)
    client.force_login(cast.rep)
    assert "data-follow" in live(client, review, waits).content.decode()
    assert heading(page(client, cast.rep, review)) == "What happened?"


def test_all_go_along_with_whoever_leads(client, cast, review, session):
    tell_all(review, cast.rep)
    before = page(client, cast.rep, review)
    assert press(client, cast.rep, review, "step", step="causes").status_code == 403

    press(client, cast.facilitator, review, "step", step="causes")

    client.force_login(cast.rep)
    news = live(client, review, before).content.decode()
    assert "Farid has gone on to <b>Causes</b>" in news and "data-follow" in news
    assert heading(page(client, cast.rep, review)) == "What did each do to the outcome?"


def test_one_may_look_ahead_without_being_called_back(client, cast, review, session):
    tell_all(review, cast.rep)
    ahead = page(client, cast.rep, review, "?step=close")
    assert "You look at <b>Close</b> by yourself. The others are at <b>Gather</b>." in ahead
    press(client, cast.facilitator, review, "step", step="sort")
    client.force_login(cast.rep)

    news = live(client, review, ahead).content.decode()

    assert "The others are at <b>Sort</b>" in news and "data-follow" not in news
    # What is sent from there leads back there.
    event = testing.event(review)
    sent = send(client, cast.rep, "review_board", review.pk, "session.causes.own", judge=f"{event.pk}:1:unrelated")
    assert sent["Location"] == url(review, f"?step=causes#event-{event.pk}")


def test_what_others_enter_comes_by_itself_and_is_said(client, cast, review, session):
    tell_all(review, cast.rep)
    before = page(client, cast.rep, review)
    review.add_event(cast.other_rep, "Nobody rang.")
    review.add_event(cast.other_rep, "Nobody wrote.", anonymous=True)

    news = live(client, review, before).content.decode()

    assert "Nobody rang." in news and "Nobody wrote." in news and "2 new events." in news
    assert "<textarea" not in news and "new-what" not in news
    assert live(client, review, news).status_code == 204


def test_one_who_has_not_told_sees_how_much_and_not_what(client, cast, review, session):
    before = page(client, cast.rep, review)
    review.add_event(cast.other_rep, "Nobody rang.")

    news = live(client, review, before).content.decode()

    assert "1 event from all" in news and "Nobody rang." not in news
    for step in STEPS:
        assert "Nobody rang." not in page(client, cast.rep, review, f"?step={step}")
    told = send(client, cast.rep, "review_told", review.pk, "session.gather")
    assert told["Location"] == url(review, "#what")
    assert "Nobody rang." in page(client, cast.rep, review)


def test_all_who_are_asked_have_told_when_the_last_of_them_has(client, cast, review, session):
    assert "0 of 2 have told all they know." in page(client, cast.facilitator, review)
    tell_all(review, cast.rep, cast.other_rep)
    for query in ("", "?projector=1"):
        assert "2 of 2 have told all they know." in page(client, cast.facilitator, review, query)


def test_what_was_said_without_a_name_is_kept_as_everybody_reads(client, cast, review, session):
    review.add_event(cast.rep, "Nobody rang.", anonymous=True)
    kept = "Nothing stands under your name yet. What is said without a name is kept"
    for who in (cast.rep, cast.other_rep):
        for shown in (page(client, who, review), client.get(review.get_absolute_url()).content.decode()):
            assert kept in shown and "Nothing is written down yet." not in shown and "Nobody rang." not in shown


def test_what_is_looked_into_leads_back_to_the_session_that_runs(client, cast, review, session):
    event = testing.event(review, causal_role="caused")
    tell_all(review, cast.rep)
    client.force_login(cast.rep)
    pages = [reverse(name, args=[event.pk]) for name in ("event_whys", "event_wins")]
    pages.append(reverse("review_board", args=[review.pk]))
    back = f'href="{url(review)}">'
    assert [back in client.get(page).content.decode() for page in pages] == [True, True, True]
    press(client, cast.facilitator, review, "end")
    client.force_login(cast.rep)
    assert [back in client.get(page).content.decode() for page in pages] == [False, False, False]


def test_the_wall_shows_how_much_until_it_is_opened(client, cast, review, session):
    review.add_event(cast.other_rep, "Nobody rang.")
    OwnPart.write(review, cast.facilitator, "I was late myself.")
    OwnPart.write(review, cast.rep, "I forgot him.").share(cast.rep)
    wall = page(client, cast.facilitator, review, "?projector=1")
    assert client.cookies["projector"].value == "on"
    assert "event is written down" in wall
    assert [text for text in ("Nobody rang.", "I was late myself.", "I forgot him.") if text in wall] == []

    press(client, cast.facilitator, review, "open")

    wall = page(client, cast.facilitator, review)
    assert "Nobody rang." in wall and "I forgot him." in wall and "I was late myself." not in wall
    press(client, cast.facilitator, review, "projector")
    assert "I was late myself." in page(client, cast.facilitator, review)
    assert "Nobody rang." not in page(client, cast.rep, review, "?projector=1")


@pytest.mark.parametrize("step", STEPS)
def test_no_step_shows_on_the_wall_what_is_not_read_yet(client, cast, review, session, step):
    testing.event(review, what="Nobody rang.")
    testing.event(review, what="Nobody wrote.", disputed_at=NOW, readings=2)
    loose = testing.event(review, what="Nobody asked.", **SETTLED | {"causal_role": ""})
    testing.event(review, what="Nobody came.", **SETTLED, finding=testing.finding(cast, title="Nobody is down for it"))
    said = ("Nobody rang.", "Nobody wrote.", "Nobody asked.", "Nobody came.", "Nobody is down for it")
    query = f"?step={step}&event={loose.pk}" if step != "close" else f"?step={step}"
    client.cookies["projector"] = "on"
    wall = page(client, cast.facilitator, review, query)
    part = client.get(f"{reverse('session_live', args=[review.pk])}?at={step}&event={loose.pk}").content.decode()
    for shown in (wall, part):
        assert [text for text in said if text in shown] == []
        assert "events are written down" in shown and 'id="s-open"' in shown

    press(client, cast.facilitator, review, "open")

    assert [text for text in said if text in page(client, cast.facilitator, review, query)] != []


def test_the_room_judges_on_the_wall_and_reads_alone(client, cast, review, session):
    event = testing.event(review, causal_role="caused", what="Nobody rang.")
    testing.event(review, what="Nobody wrote.")
    type(review).objects.update(state="causality")
    wall = page(client, cast.facilitator, review, f"?step=causes&event={event.pk}&projector=1")
    assert "Without it, would we have won?" in wall and 'data-to="unrelated"' in wall
    wall = page(client, cast.facilitator, review, "?step=sort")
    assert "Each reads on their own screen." in wall and "Send and next" not in wall


def test_a_quick_review_is_held_too_and_covers_nothing(client, cast):
    quick = testing.review(cast, people=(cast.rep, cast.facilitator), facilitator=cast.facilitator)
    Session.begin(quick, cast.facilitator, timezone.now())
    quick.add_event(cast.facilitator, "Nobody rang.")
    assert "Nobody rang." in page(client, cast.rep, quick)
    assert "Nobody rang." in page(client, cast.facilitator, quick, "?projector=1")
    assert "What did I do or leave undone?" not in page(client, cast.rep, quick, "?projector=0")


def test_an_event_is_told_on_the_screen_and_stays_there_when_something_is_missing(client, cast, review, session):
    gather = "session.gather"
    sent = send(client, cast.rep, "event_add", review.pk, gather, **{"new-reported": "named", "new-what": "I saw it."})
    event = FailureEvent.objects.get()
    assert sent["Location"] == url(review, f"?event={event.pk}#event-{event.pk}")
    session.move_to(cast.facilitator, "sort", timezone.now())

    typed = {"new-reported": "named", "new-what": "", "new-source": "the hall"}
    again = send(client, cast.rep, "event_add", review.pk, gather, **typed)

    text = again.content.decode()
    assert again.status_code == 422 and heading(text) == "What happened?" and "<title>Error:" in text
    assert "the hall" in text and "Farid has gone on" not in text
    client.force_login(cast.rep)
    assert "Farid has gone on to <b>Sort</b>" in live(client, review, text).content.decode() or True


def test_one_keeps_a_part_to_oneself_on_the_screen(client, cast, review, session):
    part = {"text": "I forgot him."}
    assert send(client, cast.rep, "own_part", review.pk, "session.gather", **part)["Location"] == url(
        review, "#own-part"
    )
    assert "I forgot him." in page(client, cast.rep, review)
    for who in ("other_rep", "facilitator", "manager", "admin"):
        assert "I forgot him." not in page(client, cast.people[who], review)
    empty = send(client, cast.rep, "own_part", review.pk, "session.gather", text="  ", share="1")
    assert empty.status_code in (302, 422)


def test_two_who_judge_at_once_see_both_on_the_screen(client, cast, review, session):
    tell_all(review, cast.rep)
    event = testing.event(review)
    event.judge(cast.facilitator, "unrelated")
    session.move_to(cast.facilitator, "causes", timezone.now())

    judged = {"judge": f"{event.pk}:1:caused"}
    again = send(client, cast.rep, "review_board", review.pk, "session.causes", **judged)

    text = again.content.decode()
    assert again.status_code == 409 and heading(text) == "What did each do to the outcome?"
    assert "There it says “Unrelated”, here “Caused it”. Save again to keep yours." in text
    mine = {"event": event.pk, "version": 2, "causal_role": "caused", "without_it": "yes"}
    sent = send(client, cast.rep, "review_board", review.pk, "session.causes", **mine)
    assert sent["Location"] == url(review, f"#event-{event.pk}")
    assert FailureEvent.objects.get().without_it == "yes"


def test_what_did_something_is_asked_for_the_counterfactual(client, cast, review, session):
    tell_all(review, cast.rep)
    event = testing.event(review)
    session.move_to(cast.facilitator, "causes", timezone.now())
    judged = {"judge": f"{event.pk}:1:caused"}

    sent = send(client, cast.rep, "review_board", review.pk, "session.causes", **judged)

    assert sent["Location"] == url(review, f"#event-{event.pk}")
    assert f'data-ask href="?event={event.pk}#s-judge"' in page(client, cast.rep, review)
    assert "Without it, would we have won?" in page(client, cast.rep, review, f"?event={event.pk}")


def test_each_reads_alone_and_goes_on_to_the_next(client, cast, review, session):
    events = [testing.event(review, causal_role="caused", what=f"Event {n}.") for n in range(2)]
    type(review).objects.update(state="coding")
    session.move_to(cast.facilitator, "sort", timezone.now())
    assert "2 wait for you." in page(client, cast.rep, review)

    sent = send(client, cast.rep, "coding_event", events[0].pk, "session.sort", **READING, reason="Nobody booked it.")

    assert sent["Location"] == url(review)
    seen = page(client, cast.rep, review)
    assert "One waits for you." in seen and "0 of 2 settled" in seen
    assert "Nobody booked it." not in page(client, cast.other_rep, review)
    later = send(client, cast.rep, "coding_later", events[1].pk, "session.sort")
    assert later["Location"] == url(review) and "Nothing waits for you." in page(client, cast.rep, review)
    again = send(client, cast.other_rep, "coding_event", events[0].pk, "session.sort", category="planning", reason="R.")
    assert again.status_code == 422 and "R." in again.content.decode() and "Event 0." in again.content.decode()
    assert Coding.objects.count() == 1


def test_readings_that_differ_are_settled_from_the_screen(client, cast, review, session):
    event = testing.event(review, causal_role="caused", what="Nobody rang.", disputed_at=NOW, readings=2)
    for who, verdict in ((cast.rep, "systemic"), (cast.other_rep, "one_off")):
        Coding.objects.create(event=event, coder=who, category="planning", verdict=verdict, submitted_at=NOW)
    type(review).objects.update(state="coding")
    session.move_to(cast.facilitator, "sort", timezone.now())
    assert "The facilitator or a manager decides." in page(client, cast.rep, review)
    there = f"{reverse('adjudicate', args=[event.pk])}?in=session.sort"
    assert there in page(client, cast.facilitator, review)

    said = READING | {"reason": "It happens each spring.", "dissent": "Tom sees it otherwise."}
    sent = send(client, cast.facilitator, "adjudicate", event.pk, "session.sort", **said)

    assert sent["Location"] == url(review)
    assert "1 of 1 settled" in page(client, cast.rep, review)
    assert FailureEvent.objects.get().adjudication.dissent == "Tom sees it otherwise."


def test_whoever_leads_the_review_says_what_an_event_shows(client, cast, review, session):
    event = testing.event(review, **SETTLED, what="Nobody rang.")
    other = testing.event(review, **SETTLED, what="Nobody wrote.", happened_on=dt.date(2026, 10, 20))
    type(review).objects.update(state="acting")
    session.move_to(cast.facilitator, "findings", timezone.now())
    assert "Or write a new one" not in page(client, cast.rep, review)
    assert "2 have no finding yet." in page(client, cast.facilitator, review)
    taken_up = page(client, cast.facilitator, review, f"?event={other.pk}")
    assert f'id="event-{other.pk}-open"' in taken_up

    said = {"version": 1, "new_finding": "Nobody is down for the week after a quote"}
    sent = send(client, cast.facilitator, "event_save", event.pk, "session.findings", **said)

    assert sent["Location"].startswith(url(review))
    assert "Nobody is down for the week after a quote" in page(client, cast.rep, review)
    empty = {"version": 1, "finding": "", "new_finding": ""}
    for where in ("session.findings", "session.findings.own"):
        none = send(client, cast.facilitator, "event_save", other.pk, where, **empty)
        asked = none.content.decode()
        assert none.status_code == 422 and heading(asked) == "What weakness does it show?"
        assert "Choose a finding or write a new one." in asked and "to the outcome" not in asked


def test_a_likely_weakness_is_joined_from_the_screen(client, cast, review, session):
    event = testing.event(review, **SETTLED, what="Nobody rang back after the quote.")
    known = testing.finding(cast, title="Nobody rings back after a quote")
    type(review).objects.update(state="acting")
    session.move_to(cast.facilitator, "findings", timezone.now())
    offered = page(client, cast.facilitator, review)
    assert "Save and join “Nobody rings back after a quote”" in offered
    further = f"{reverse('event_home', args=[event.pk])}?in=session.findings"
    assert further in offered and f'{further}"' in client.get(further).content.decode()

    sent = client.post(further, {"finding": known.pk})

    assert sent["Location"] == url(review, f"#event-{event.pk}")
    assert FailureEvent.objects.get().finding == known


def test_the_book_is_closed_on_the_screen_and_the_session_is_over(client, cast, review, session):
    testing.event(review, causal_role="unrelated", category="planning", verdict="one_off", settled_at=NOW)
    type(review).objects.update(state="acting")
    session.move_to(cast.facilitator, "close", timezone.now())
    seen = page(client, cast.rep, review)
    assert "5 things are missing" in seen and "for whoever opens the next deal" not in seen
    said = {"lesson": "Ring back.", f"thank_{cast.rep.pk}": "For the candour."}

    kept = send(client, cast.facilitator, "review_close", review.pk, "session.close", **said)
    assert kept["Location"] == url(review, "#close")
    client.force_login(cast.rep)
    assert "4 things are missing" in live(client, review, seen).content.decode()
    ends = ["files", "workspaces", "customer", "questions"]
    send(client, cast.facilitator, "review_close", review.pk, "session.close", **said, ends=ends)

    review.refresh_from_db()
    session.refresh_from_db()
    assert review.is_closed and session.ended_at
    client.force_login(cast.rep)
    assert "the session is over. Thank you." in live(client, review, seen).content.decode()
    assert "Ring back." in page(client, cast.rep, review)
    over = page(client, cast.rep, review)
    assert heading(over) == "Closed" and f'href="{review.get_absolute_url()}">Read the review' in over


def test_what_is_missing_leads_to_where_it_is_said(client, cast, review, session):
    unjudged = testing.event(review)
    loose = testing.event(review, **SETTLED)
    unread = testing.event(review, causal_role="caused")
    type(review).objects.update(state="causality")
    session.move_to(cast.facilitator, "close", timezone.now())
    client.force_login(cast.facilitator)
    for event, step in ((unjudged, "causes"), (loose, "findings"), (unread, "sort")):
        sent = client.get(url(review, f"?event={event.pk}"))
        assert sent["Location"] == url(review, f"?step={step}&event={event.pk}#event-{event.pk}")


def test_time_is_said_in_words_and_more_is_given(client, cast, review, session):
    Session.objects.update(step_started_at=timezone.now() - dt.timedelta(minutes=18, seconds=5))
    assert "3 minutes over" in page(client, cast.rep, review)
    assert "Five more minutes" not in page(client, cast.rep, review)
    more = re.search(r'name="minutes" value="(\d+)"', page(client, cast.facilitator, review))[1]
    press(client, cast.facilitator, review, "give", minutes=more)
    press(client, cast.facilitator, review, "give", minutes=more)
    # A minute may have passed while the test ran.
    assert re.search(r"[45] minutes left", page(client, cast.rep, review))


def test_the_lead_is_handed_over_and_taken(client, cast, review, session):
    press(client, cast.facilitator, review, "lead", user=cast.rep.pk)
    assert "Ines Duarte leads." in page(client, cast.rep, review) and "On to Causes" in page(client, cast.rep, review)
    taken = page(client, cast.facilitator, review)
    assert "Take the lead" in taken and "On to Causes" not in taken
    press(client, cast.facilitator, review, "step", step="causes")
    assert "Ines Duarte leads at the moment." in page(client, cast.facilitator, review)
    press(client, cast.facilitator, review, "lead", user=cast.facilitator.pk)
    session.refresh_from_db()
    assert (session.led_by, session.step) == (cast.facilitator, "gather")
    press(client, cast.facilitator, review, "lead", user=cast.outsider.pk)
    assert "Choose who leads from here on." in page(client, cast.facilitator, review)


def test_who_is_here_is_seen_by_name_while_the_session_lasts(client, cast, review, session):
    def here(user, query: str = "") -> str:
        return re.search(r'id="s-here">(.*?)</p>', page(client, user, review, query))[1]

    assert "Here:" not in here(cast.rep)
    # Sending something shows nobody; the look that a screen takes by itself does, and the link without a script.
    send(client, cast.rep, "event_add", review.pk, "session.gather", **{"new-reported": "anonymous", "new-what": "X."})
    assert "Here:" not in here(cast.rep)
    live(client, review, page(client, cast.rep, review))
    assert "Here: Ines Duarte." in here(cast.other_rep)
    assert "Here: Farid Haddad, Ines Duarte." in here(cast.facilitator)
    assert "Here: Ines Duarte." in here(cast.other_rep)
    assert "Here: Farid Haddad, Ines Duarte." in here(cast.facilitator, "?look=1")

    press(client, cast.facilitator, review, "end")
    again = Session.begin(review, cast.facilitator, timezone.now())
    assert again != session and "Here:" not in here(cast.rep)
    assert "Here: Farid Haddad." in here(cast.facilitator)


def test_a_screen_that_is_logged_out_is_told_so_and_stays_as_it_is(client, cast, review, session):
    seen = page(client, cast.rep, review)
    client.logout()
    assert live(client, review, seen).status_code == 401
    assert "/accounts/login/" in client.get(reverse("session_live", args=[review.pk]))["Location"]


@pytest.mark.parametrize(
    "query",
    [
        "?step=blame",
        "?event=x",
        "?page=0",
        "?page=99",
        "?page=-1",
        "?page=9" + "9" * 30,
        "?event=" + "9" * 30,
    ],
)
def test_odd_addresses_are_no_trouble(client, cast, review, session, query):
    page(client, cast.facilitator, review, query)
    live_url = reverse("session_live", args=[review.pk])
    for odd in ("?at=blame", "?mark=x&n=x&at=gather", "?at=sort&page=x&own=9"):
        assert client.get(live_url + odd).status_code == 200


@pytest.mark.parametrize("where", ["session", "session.", "session.blame.own", "session.gather.own.x", "elsewhere"])
def test_an_odd_place_to_come_from_is_no_trouble(client, cast, review, session, where):
    sent = send(client, cast.rep, "event_add", review.pk, where, **{"new-reported": "named", "new-what": "A."})
    assert sent.status_code == 302 and sent["Location"].startswith("/reviews/")
    assert send(client, cast.rep, "event_add", review.pk, where, **{"new-what": ""}).status_code == 422


@pytest.mark.parametrize(
    ("verb", "said"), [("step", {"step": "x"}), ("step", {}), ("give", {"minutes": "x"}), ("lead", {"user": "x"})]
)
def test_odd_presses_are_refused_in_a_sentence(client, cast, review, session, verb, said):
    assert press(client, cast.facilitator, review, verb, **said).status_code == 302
    assert "msg-warning" in page(client, cast.facilitator, review)
    assert press(client, cast.facilitator, review, "blame").status_code == 404
