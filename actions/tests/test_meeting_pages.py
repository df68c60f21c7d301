"""The pages of a meeting: lobby, walk, wrap, minutes; who sees and does what; what several screens cost."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from actions import agenda, meeting_people
from actions.minutes import said_of
from actions.models import (
    ActionFinding,
    ActionItem,
    Answer,
    Commitment,
    FollowUp,
    Meeting,
    MeetingItem,
    MeetingPerson,
    MeetingSeries,
    Parked,
    SponsorRequest,
)
from failforward import testing

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
QUERIES, BYTES = 10, 60_000


@pytest.fixture(autouse=True)
def nobody_here():
    cache.clear()


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def weekly(cast):
    return testing.action_list(cast, people=(cast.rep, cast.other_rep), time_zone="Europe/Berlin")


@pytest.fixture
def meeting(cast, weekly):
    return Meeting.call(cast.list_owner, weekly, now=timezone.now())


@pytest.fixture
def running(cast, meeting):
    meeting.begin(cast.list_owner, [cast.rep.pk], now=timezone.now())
    return meeting


@pytest.fixture
def jonas(client, cast):
    client.force_login(cast.list_owner)
    return client


def promise(cast, weekly, what="Try the gateways", **fields):
    on = timezone.localdate() - DAY
    work = testing.action(cast, action_list=weekly, state="in_progress", done_criterion="Seen")
    ActionFinding.objects.create(action=work, finding=testing.finding(cast))
    given = {"action": work, "action_list": weekly, "due_on": on, "asked_by": cast.list_owner}
    made = testing.commitment(cast, what=what, **given | fields)
    Commitment.objects.filter(pk=made.pk).update(created_at=timezone.now() - 6 * DAY)
    return made


def answered(cast, made, **words):
    asked = {"due_on": made.due_on, "hour": 16, "zone": "UTC", "due_at": timezone.now(), "state": "answered"}
    question = FollowUp.objects.create(commitment=made, **asked)
    said = {"status": "partly", "outcome": "Two of three pair."} | words
    return Answer.objects.create(follow_up=question, by=made.person, answered_at=timezone.now(), **said)


def url(meeting, verb=""):
    return f"/meetings/{meeting.pk}/{verb + '/' if verb else ''}"


def many(cast, weekly, count):
    for number in range(count // 3):
        promise(cast, weekly, f"Promise number {number} about the demo unit and its gateways, as we agreed in October")
        testing.action(
            cast, action_list=weekly, what=f"Action {number}", state="blocked", blocked_by="the lab", done_criterion="x"
        )
        testing.finding(cast)


def test_the_lobby_shows_the_agenda_and_who_comes(cast, weekly, meeting, jonas):
    answered(cast, promise(cast, weekly))
    page = jonas.get(url(meeting)).content.decode()
    for words in ("Answers since last time", "Try the gateways", "Start the meeting", "Tom Okafor", "I cannot come"):
        assert words in page


@pytest.fixture
def tomorrow(meeting):
    Meeting.objects.update(starts_at=timezone.now() + DAY)
    meeting.refresh_from_db()
    return meeting


def test_a_meeting_of_another_day_starts_at_the_second_press(cast, tomorrow, jonas):
    page = jonas.post(url(tomorrow, "begin"), {"present": [cast.rep.pk]})
    tomorrow.refresh_from_db()
    assert tomorrow.state == "planned"
    assert "Start it today all the same?" in page.content.decode() and page.context["ticked"] == [cast.rep.pk]
    assert 'id="s-people"' not in page.content.decode()
    news = jonas.get(page.context["live_url"])
    assert 'id="s-live"' in news.content.decode() and 'id="s-people"' not in news.content.decode()
    assert news.context["asks"] and "asks=1" in news.context["live_url"]
    jonas.post(url(tomorrow, "begin"), {"present": [cast.rep.pk], "early": str(tomorrow.on)})
    tomorrow.refresh_from_db()
    assert tomorrow.state == "running"


def test_a_beginning_is_taken_back_while_nothing_was_left(cast, weekly, running, jonas):
    made = promise(cast, weekly)
    assert "back to the lobby" in jonas.get(url(running)).content.decode()
    jonas.post(url(running, "not-begun"))
    jonas.post(url(running, "not-begun"))
    running.refresh_from_db()
    assert (running.state, running.started_at, running.held_on) == ("planned", None, None)
    assert "Start the meeting" in jonas.get(url(running)).content.decode()
    jonas.post(url(running, "begin"))
    jonas.post(url(running, "leave"), {"item": f"commitment:{made.pk}", "how": "parked"})
    assert "back to the lobby" not in jonas.get(url(running)).content.decode()
    jonas.post(url(running, "not-begun"))
    running.refresh_from_db()
    assert running.state == "running"


def test_what_has_begun_stands_under_the_day_it_was_held(tomorrow, cast, jonas):
    """Started a day before it was planned for."""
    planned, held = (date_format(on, "D j M") for on in (tomorrow.on, timezone.localdate()))
    assert planned in jonas.get("/meetings/").content.decode()
    tomorrow.begin(cast.list_owner, [], now=timezone.now())
    for address in ("/meetings/", url(tomorrow) + "?item=wrap"):
        page = jonas.get(address).content.decode()
        assert held in page and planned not in page


def test_a_meeting_stands_among_the_others_where_it_is_held_and_not_where_it_was_planned(tomorrow, cast, jonas):
    now, other = timezone.now(), testing.action_list(cast)
    between = Meeting.plan_for(other, now + dt.timedelta(minutes=1), 30, None)
    assert [one.pk for one in jonas.get("/meetings/").context["page"].rows] == [tomorrow.pk, between.pk]
    tomorrow.begin(cast.list_owner, [], now=now)
    for order, rows in {"newest": [between, tomorrow], "earliest": [tomorrow, between]}.items():
        page = jonas.get("/meetings/", {"sort": order}).context["page"]
        assert [one.pk for one in page.rows] == [one.pk for one in rows]


def ticked(page):
    return {person.name for person, _noted, is_here in page.context["people"] if is_here}


def test_only_who_is_here_or_says_so_is_ticked(cast, weekly, meeting, jonas, client):
    weekly.add_person(cast.list_owner, cast.support)
    assert ticked(jonas.get(url(meeting))) == {"Jonas Weil"}
    client.force_login(cast.rep)
    client.get(url(meeting), {"look": "1"})
    client.force_login(cast.other_rep)
    client.post(url(meeting, "comes"), {"comes": "yes"})
    client.force_login(cast.support)
    client.get(url(meeting), {"look": "1"})
    client.post(url(meeting, "comes"), {"comes": "no"})
    client.force_login(cast.list_owner)
    page = client.get(url(meeting))
    assert ticked(page) == {"Jonas Weil", "Ines Duarte", "Tom Okafor"}
    assert page.content.decode().count(" checked") == 3


def test_the_wrap_lets_one_correct_who_was_there(cast, weekly, running, jonas):
    page = jonas.get(url(running), {"item": "wrap"}).content.decode()
    assert "Who was there" in page and "Was not there" in page
    jonas.post(url(running, "comes"), {"person": cast.rep.pk, "comes": "no"})
    jonas.post(url(running, "close"))
    people = {one.user.name: one.attendance for one in running.persons.select_related("user")}
    assert (people["Ines Duarte"], people["Jonas Weil"]) == ("absent", "present")


def test_a_meeting_goes_from_lobby_to_minutes(cast, weekly, meeting, jonas):
    made = promise(cast, weekly)
    assert jonas.post(url(meeting, "begin"), {"present": [cast.rep.pk]}).status_code == 302
    page = jonas.get(url(meeting)).content.decode()
    assert "Item <b>1</b> of" in page and "Helps to fix:" in page
    words = {"item": f"commitment:{made.pk}", "how": "done", "happened": "They pair.", "learned": "Ask first."}
    assert jonas.post(url(meeting, "leave"), words).status_code == 302
    jonas.post(url(meeting, "park"), {"what": "Who tells marketing?"})
    jonas.post(url(meeting, "look"), {"item": "wrap"})
    page = jonas.get(url(meeting)).content.decode()
    assert "What did we promise each other?" in page and "Who tells marketing?" in page
    jonas.post(url(meeting, "close"))
    page = jonas.get(url(meeting)).content.decode()
    for words in (
        "Minutes of",
        "They pair.",
        "Ask first.",
        "<b>1</b> promise kept",
        "Who tells marketing?",
        "present",
    ):
        assert words in page


def test_what_came_by_mail_is_there_already(cast, weekly, running, jonas):
    answered(cast, promise(cast, weekly), learned="Nobody knew.")
    page = jonas.get(url(running)).content.decode()
    assert "Two of three pair.</textarea>" in page and "Nobody knew.</textarea>" in page


@pytest.mark.parametrize(
    ("how", "more", "missing"),
    [
        ("moved", {}, ["because", "moved_to"]),
        ("moved", {"moved_to": "soon"}, ["moved_to", "because"]),
        ("blocked", {}, ["because"]),
        ("dropped", {}, ["because"]),
        ("next", {}, ["next_what"]),
        ("next", {"next_what": "x", "next_who": ""}, ["next_who", "next_on"]),
    ],
)
def test_all_that_is_missing_is_said_at_once_and_what_was_typed_stays(cast, weekly, running, jonas, how, more, missing):
    """The first of it has the focus, however far down the page it is."""
    made = promise(cast, weekly)
    said = {"item": f"commitment:{made.pk}", "how": how, "learned": "Typed before"}
    answer = jonas.post(url(running, "leave"), said | more)
    page, form = answer.content.decode(), answer.context["form"]
    assert answer.status_code == 400 and "Typed before</textarea>" in page and "Error:" in page
    assert list(form.errors) == missing and form.shows_more == ("because" in missing)
    first = "because" if "because" in missing else missing[0]
    assert re.findall(r'<\w+ [^>]*name="(\w+)"[^>]* autofocus', page) == [first] and page.count("autofocus") == 1
    assert not MeetingItem.objects.exists()


def test_what_happened_is_the_reason_and_the_day_is_where_it_moves(cast, weekly, running, jonas):
    made, on = promise(cast, weekly), timezone.localdate() + DAY
    said = {
        "item": f"commitment:{made.pk}",
        "how": "moved",
        "happened": "The rig came late.",
        "next_on": on.isoformat(),
    }
    assert jonas.post(url(running, "leave"), said).status_code == 302
    made.refresh_from_db()
    assert (made.due_on, made.date_changes.get().reason) == (on, "The rig came late.")


def test_a_mailed_answer_is_neither_the_day_nor_the_reason_of_a_move(cast, weekly, running, jonas):
    """Tom, who is not here, said "Partly" and has a new day since: a press of one key takes nothing over from that."""
    on = timezone.localdate() + 5 * DAY
    made = promise(cast, weekly, due_on=on, person=cast.other_rep)
    answered(cast, made, new_on=on, next_what="The third one.")
    where = {"item": f"commitment:{made.pk}"}
    shown = jonas.get(url(running), where).context["form"]
    assert [shown[name].value() for name in ("happened", "because", "moved_to")] == ["Two of three pair.", None, None]
    said = where | {"how": "moved", "happened": "Two of three pair.", "next_what": "The third one."}
    wrong = ({"moved_to": on + DAY}, "because"), ({"because": "Ill"}, "moved_to")
    for more, field in (*wrong, ({"because": "Ill", "moved_to": on}, "moved_to")):
        answer = jonas.post(url(running, "leave"), said | more)
        assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert not made.date_changes.exists() and not MeetingItem.objects.exists()
    assert jonas.post(url(running, "leave"), said | {"because": "Ill", "moved_to": on + DAY}).status_code == 302
    made.refresh_from_db()
    assert (made.due_on, made.date_changes.get().reason) == (on + DAY, "Ill")


def test_what_was_mailed_is_kept_by_the_way_that_says_so_alone(cast, weekly, running, jonas):
    made, on = promise(cast, weekly), timezone.localdate() + 5 * DAY
    answered(cast, made, status="moved", new_on=on, reason="The lab is shut.", next_what="Ask the lab.")
    where = {"item": f"commitment:{made.pk}"}
    shown = jonas.get(url(running), where).context["form"]
    words = {name: shown[name].value() for name in ("happened", "because", "moved_to", "next_what")}
    assert (words["because"], words["moved_to"]) == ("The lab is shut.", on)
    jonas.post(url(running, "leave"), where | words | {"how": "parked"})
    item = MeetingItem.objects.get()
    assert (item.left_as, item.because, item.moved_to, item.next_commitment) == ("parked", "", None, None)
    jonas.post(url(running, "take-up"), where)
    jonas.post(url(running, "leave"), where | words | {"how": "moved", "seen": item.version})
    item.refresh_from_db()
    assert (item.left_as, item.because, item.moved_to) == ("moved", "The lab is shut.", on)


def test_the_walk_says_what_becomes_of_the_old_promise(cast, weekly, running, jonas):
    here, away = promise(cast, weekly), promise(cast, weekly, person=cast.other_rep)
    page = jonas.get(url(running), {"item": f"commitment:{here.pk}"}).content.decode()
    assert "It takes the place of what is promised above" in page
    page = jonas.get(url(running), {"item": f"commitment:{away.pk}"}).content.decode()
    assert "Tom Okafor is not here: what is promised above stays as it is." in page


@pytest.mark.parametrize("days", [-1, 3000])
def test_a_wrong_day_is_said_at_its_field(cast, weekly, running, jonas, days):
    made, on = promise(cast, weekly), timezone.localdate() + days * DAY
    said = {"item": f"commitment:{made.pk}", "how": "moved", "because": "Ill", "moved_to": on.isoformat()}
    answer = jonas.post(url(running, "leave"), said)
    assert answer.status_code == 400 and list(answer.context["form"].errors) == ["moved_to"]
    assert 'id="errors" tabindex="-1">' in answer.content.decode()
    assert '<a href="#' + answer.context["form"]["moved_to"].id_for_label in answer.content.decode()


def test_minutes_say_a_reason_once(cast, weekly, running, jonas):
    made, on = promise(cast, weekly), timezone.localdate() + DAY
    said = {"item": f"commitment:{made.pk}", "how": "moved", "happened": "The rig came late.", "next_on": str(on)}
    jonas.post(url(running, "leave"), said)
    jonas.post(url(running, "close"))
    page = jonas.get(url(running)).content.decode()
    assert page.count("The rig came late.") == 1 and "now <time" in page
    assert said_of(running.items.get(commitment=made)) == ["The rig came late."]


def test_minutes_give_what_is_newly_promised_its_place_once(cast, weekly, running, jonas):
    made, parked = promise(cast, weekly), promise(cast, weekly, "Order cables")
    on = timezone.localdate() + DAY
    said = {"how": "next", "next_what": "Ask Lena", "next_who": cast.rep.pk, "next_on": on}
    jonas.post(url(running, "leave"), said | {"item": f"commitment:{made.pk}"})
    jonas.post(url(running, "leave"), {"how": "parked", "item": f"commitment:{parked.pk}"})
    jonas.post(url(running, "close"))
    running.items.filter(commitment=parked).update(due_on=on)
    page = jonas.get(url(running))
    shown = page.content.decode()
    assert shown.count("Ask Lena") == 1 < shown.index("Newly promised") < shown.index("Ask Lena")
    assert [one.what for one in page.context["new"]] == ["Ask Lena"] and not page.context["on_track"]
    assert (shown.count("<br>was due <time"), shown.count("<br>due <time")) == (1, 1)


def test_what_two_wrote_stands_side_by_side(cast, weekly, running, jonas):
    made = promise(cast, weekly)
    said = {"item": f"commitment:{made.pk}", "how": "done"}
    jonas.post(url(running, "leave"), said | {"happened": "First words"})
    answer = jonas.post(url(running, "leave"), said | {"how": "blocked", "happened": "Second words"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "First words" in page and "Second words</textarea>" in page
    version = MeetingItem.objects.get().version
    assert f'name="seen" value="{version}"' in page
    again = said | {"how": "blocked", "happened": "Second words", "seen": version}
    assert jonas.post(url(running, "leave"), again).status_code == 302
    assert MeetingItem.objects.get().left_as == "blocked"


def test_who_reads_may_follow_park_and_say_that_they_come(client, cast, weekly, running):
    promise(cast, weekly)
    client.force_login(cast.rep)
    page = client.get(url(running)).content.decode()
    assert "writes down what is said" in page and 'name="how"' not in page
    assert client.post(url(running, "park"), {"what": "Later"}).status_code == 302
    assert Parked.objects.get().by == cast.rep
    for verb in (
        "leave",
        "close",
        "look",
        "chair",
        "resume",
        "skip",
        "move",
        "begin",
        "settle",
        "notes",
        "take-up",
        "not-begun",
    ):
        assert client.post(url(running, verb)).status_code == 403, verb
    client.force_login(cast.other_rep)
    client.post(url(running, "comes"), {"comes": "yes"})
    assert running.persons.get(user=cast.other_rep).attendance == "late"
    assert client.post(url(running, "nothing")).status_code == 404


def test_a_heading_with_nothing_under_it_is_left_out(client, cast, weekly, running):
    given = answered(cast, promise(cast, weekly), outcome="")
    client.force_login(cast.rep)
    page = client.get(url(running)).content.decode()
    assert "What came by mail" not in page and "writes down what is said" in page
    Answer.objects.filter(pk=given.pk).update(outcome="Two of three pair.")
    page = client.get(url(running)).content.decode()
    assert "What came by mail" in page and "writes down what is said" in page


def test_a_list_says_when_it_meets_next(client, cast, weekly, jonas):
    page = jonas.get(f"/lists/{weekly.pk}/").content.decode()
    assert "no meeting is planned" in page and "Next meeting" not in page
    assert "no meeting planned" in jonas.get("/").content.decode()
    Meeting.call(cast.list_owner, weekly, now=timezone.now())
    page = jonas.get(f"/lists/{weekly.pk}/").content.decode()
    assert "Next meeting" in page and "no meeting is planned" not in page and "Meet now" in page
    assert "next meeting:" in jonas.get("/").content.decode()


def test_the_others_are_led_along(client, cast, weekly, running):
    made, other = promise(cast, weekly), promise(cast, weekly, "Something else")
    client.force_login(cast.rep)
    page = client.get(url(running))
    live = page.context["live_url"]
    assert client.get(live).status_code == 200  # Whoever looks is here now.
    live = client.get(url(running)).context["live_url"]
    assert client.get(live).status_code == 204
    running.look_at(cast.list_owner, f"commitment:{other.pk}")
    moved = client.get(live).content.decode()
    assert "data-follow" in moved and "The meeting has gone on" in moved
    assert f"commitment%3A{other.pk}" in client.get(url(running)).context["live_url"]
    own = client.get(f"{url(running)}?item=commitment:{made.pk}").context["live_url"]
    running.look_at(cast.list_owner, "wrap")
    assert "by yourself" in client.get(own).content.decode()


def test_a_look_for_news_costs_three_queries(client, cast, weekly, running):
    promise(cast, weekly)
    client.force_login(cast.rep)
    client.get(client.get(url(running)).context["live_url"])
    live = client.get(url(running)).context["live_url"]
    with CaptureQueriesContext(connection) as seen:
        assert client.get(live).status_code == 204
    assert len(seen) == 3


def test_a_part_of_a_page_does_not_become_the_log_in_page(client, running):
    assert client.get(url(running, "live"), headers={"hx-request": "true"}).status_code == 401
    assert client.get(url(running, "live")).status_code == 302


@pytest.mark.parametrize("count", [3, 300])
@pytest.mark.parametrize("screen", ["lobby", "walk", "wrap", "heading", "minutes"])
def test_three_hundred_items_cost_what_three_cost(cast, weekly, meeting, jonas, screen, count):
    many(cast, weekly, count)
    if screen not in ("lobby", "heading"):
        meeting.begin(cast.list_owner, [cast.rep.pk], now=timezone.now())
    if screen == "minutes":
        jonas.post(url(meeting, "close"))
    more = {"wrap": "?item=wrap", "heading": "?heading=overdue"}.get(screen, "")
    with CaptureQueriesContext(connection) as seen:
        page = jonas.get(url(meeting) + more)
    assert page.status_code == 200
    assert len(seen) <= QUERIES, [query["sql"][:200] for query in seen]
    assert len(page.content) <= BYTES


def test_a_skipped_meeting_says_why(cast, meeting, jonas):
    assert jonas.post(url(meeting, "skip"), {"because": ""}).status_code == 400
    jonas.post(url(meeting, "skip"), {"because": "All are at the fair"})
    assert "All are at the fair" in jonas.get(url(meeting)).content.decode()


def test_what_nobody_closed_can_be_taken_up_again(cast, running, jonas):
    before = timezone.now() - 3 * DAY
    Meeting.objects.update(started_at=before, resumed_at=before, held_on=before.date())
    page = jonas.get(url(running)).content.decode()
    assert "nobody closed it" in page and "min over" not in page
    jonas.post(url(running, "resume"))
    assert "nobody closed it" not in jonas.get(url(running)).content.decode()


def test_weekly_meetings_are_planned_on_a_page(cast, weekly, jonas):
    address = f"/lists/{weekly.pk}/meetings/"
    assert jonas.get(address).status_code == 200
    assert jonas.post(address, {"starts_on": "never", "minutes": "1"}).status_code == 400
    assert jonas.post(address, {"starts_on": timezone.localdate(), "minutes": "45"}).status_code == 302
    assert MeetingSeries.objects.get().minutes == 45
    assert Meeting.objects.get().minutes == 45


@pytest.mark.parametrize(
    ("starts", "ends", "minutes", "field"),
    [
        (-1, None, 30, "starts_on"),
        (400_000, None, 30, "starts_on"),
        (0, 400_000, 30, "ends_on"),
        (7, 1, 30, "ends_on"),
        (0, None, 0, "minutes"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(weekly, jonas, starts, ends, minutes, field):
    today = timezone.localdate()
    said = {"starts_on": (today + starts * DAY).isoformat(), "minutes": minutes}
    said |= {"ends_on": (today + ends * DAY).isoformat()} if ends else {}
    answer = jonas.post(f"/lists/{weekly.pk}/meetings/", said)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert not MeetingSeries.objects.exists()


def test_a_series_that_runs_keeps_its_first_day(cast, weekly, jonas):
    began = timezone.localdate() - 9 * DAY
    MeetingSeries.plan(cast.list_owner, weekly, now=timezone.now() - 9 * DAY, starts_on=began)
    said = {"starts_on": began.isoformat(), "minutes": 45}
    assert jonas.post(f"/lists/{weekly.pk}/meetings/", said).status_code == 302
    assert MeetingSeries.objects.get().minutes == 45


def test_a_finding_of_a_team_is_told_to_its_members_alone(client, cast, weekly, meeting, jonas):
    testing.finding(cast, title="Nobody rings back")
    weekly.add_person(cast.list_owner, cast.partner)
    assert "Nobody rings back" in jonas.get(url(meeting)).content.decode()
    client.force_login(cast.partner)
    assert "Nobody rings back" not in client.get(url(meeting)).content.decode()
    client.force_login(cast.list_owner)
    client.post(url(meeting, "begin"))
    client.post(url(meeting, "close"))
    assert "Nobody rings back" in client.get(url(meeting)).content.decode()
    client.force_login(cast.partner)
    assert "Nobody rings back" not in client.get(url(meeting)).content.decode()


def test_each_kind_of_item_fills_the_screen(cast, weekly, running, jonas):
    today = timezone.localdate()
    asked = {"sponsor": cast.sponsor, "asked_by": cast.list_owner, "asked_on": today, "asked_at": timezone.now()}
    asked = SponsorRequest.objects.create(action_list=weekly, what="Two days of a developer", needed_by=today, **asked)
    waits = {"state": "blocked", "blocked_by": "the lab", "done_criterion": "Not seen again"}
    action = testing.action(cast, action_list=weekly, what="Buy a rig", **waits)
    finding = testing.finding(cast, title="Nobody rings back")
    shown = {
        f"sponsor_request:{asked.pk}": ("Two days of a developer", "Sofia Berg"),
        f"action:{action.pk}": ("Buy a rig", "Waits for: the lab"),
        f"finding:{finding.pk}": ("Nobody rings back", "Dropped because"),
    }
    for item, words in shown.items():
        page = jonas.get(url(running), {"item": item}).content.decode()
        assert all(word in page for word in words), item
    assert "Moved" not in jonas.get(url(running), {"item": f"finding:{finding.pk}"}).content.decode()
    # What does not exist leads to where all are.
    assert jonas.get(url(running), {"item": "action:999999"}).context["place"] == f"action:{action.pk}"


def test_the_absent_are_marked_and_agree_to_no_drop(cast, weekly, running, jonas):
    made = testing.action(cast, action_list=weekly, state="blocked", blocked_by="rain", done_criterion="x")
    page = jonas.get(url(running), {"item": f"action:{made.pk}"}).content.decode()
    assert page.count(">Tom Okafor, not here</option>") == 2
    assert "Ines Duarte, not here" not in page
    said = {"item": f"action:{made.pk}", "how": "dropped", "because": "No use", "seen_by": cast.other_rep.pk}
    refused = jonas.post(url(running, "leave"), said)
    assert refused.status_code == 400
    assert "Tom Okafor is not here." in refused.content.decode()
    assert ActionItem.objects.get(pk=made.pk).state == "blocked"


def test_the_chair_is_offered_to_readers_only(cast, weekly, meeting, jonas):
    weekly.remove_person(cast.list_owner, cast.other_rep)
    where = f"/meetings/{meeting.pk}/"
    assert cast.other_rep not in jonas.get(where).context["chair_choice"]
    meeting.begin(cast.list_owner, [cast.rep.pk, cast.other_rep.pk], now=timezone.now())
    page = jonas.get(where).context
    assert cast.other_rep in [one.user for one in page["persons"]]
    assert [one.name for one in page["chair_choice"]] == ["Ines Duarte", "Jonas Weil"]


def test_who_is_near_is_whom_the_meeting_names(cast, weekly, meeting):
    """The screens ask at once what the verbs ask one by one."""
    testing.action(cast, action_list=weekly, responsible=cast.support)
    weekly.sponsor = cast.sponsor
    weekly.save(update_fields=["sponsor"])
    found = meeting_people.near(Meeting.objects.for_detail().get(pk=meeting.pk))
    assert [one.pk for one in found if one.expected] == [one.pk for one in meeting.expected()]
    assert [one.pk for one in found if one.hand] == [one.pk for one in meeting.hands()]
    assert {one.pk for one in found} == {one.pk for one in meeting.circle() | meeting.expected()}
    assert len(found) > sum(one.expected for one in found) > 2


def test_the_lines_of_an_agenda_keep_their_words_harmless(cast, weekly, meeting, jonas):
    promise(cast, weekly, what="<script>alert(1)</script>" + "x" * 200)
    cast.rep.name = "<b>Ines</b>"
    cast.rep.save(update_fields=["name"])
    page = jonas.get(url(meeting)).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "xxx…</p>" in page
    assert "<b>Ines" not in page and "&lt;b&gt;Ines&lt;/b&gt;</p>" in page


def test_the_wrap_corrects_who_was_there_from_the_start(cast, running, jonas):
    for said, noted in (("no", "absent"), ("was", "present"), ("no", "absent"), ("yes", "late")):
        jonas.post(url(running, "comes"), {"person": cast.rep.pk, "comes": said})
        assert running.persons.get(user=cast.rep).attendance == noted
    running.persons.filter(user=cast.rep).update(attendance="absent", arrived_at=None)
    wrapped = jonas.get(url(running) + "?item=wrap").content.decode()
    assert 'name="comes" value="was"' in wrapped


def test_the_ticks_of_the_lobby_go_along(client, cast, weekly, meeting, jonas):
    live = jonas.get(jonas.get(url(meeting)).context["live_url"]).context["live_url"]
    assert jonas.get(live).status_code == 204
    MeetingPerson.say(meeting, cast.rep, cast.rep, comes=True, now=timezone.now())
    changed = jonas.get(live).content.decode()
    people = changed[changed.index('id="s-people"') :]
    assert f'value="{cast.rep.pk}" checked' in people and f'value="{cast.other_rep.pk}" checked' not in people


def test_the_wrap_of_a_long_list_looks_at_all_of_it(cast, weekly, running, jonas, monkeypatch):
    """On the walk stand the first in order of value."""
    today = timezone.localdate()
    for person, days in ((cast.other_rep, -3), (cast.other_rep, -2), (cast.rep, 9)):
        testing.commitment(cast, person=person, action_list=weekly, due_on=today + days * DAY)
    monkeypatch.setattr(agenda, "MOST", 2)
    monkeypatch.setitem(agenda.agenda_of.__kwdefaults__, "most", 2)

    page = jonas.get(url(running), {"item": "wrap"})
    assert [person.name for person in page.context["wrap"].without] == [cast.list_owner.name]
