"""Minutes by mail: complete for whoever was there and whoever was missed, and nothing in them that few may read."""

import datetime as dt
import email
from email.policy import default

import pytest

from actions import meetings
from actions.agenda import agenda_of
from actions.minutes import minutes_for
from actions.models import Meeting, MeetingItem, MeetingSeries, Parked
from actions.models.meeting_state import Heading, Left
from failforward import testing
from failforward.outbox import run_due
from failforward.outbox.models import Mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
NOW = testing.NOW


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    return testing.action_list(cast, people=(cast.rep, cast.facilitator), name="Quotes")


@pytest.fixture
def held(cast, owned):
    """Jonas chairs, Ines is there, Farid is missing."""
    MeetingSeries.plan(cast.list_owner, owned, now=NOW)
    meeting = Meeting.objects.get()
    meeting.begin(cast.list_owner, {cast.list_owner.pk, cast.rep.pk}, now=NOW)
    return meeting


def item(meeting, left_as, title, **fields):
    about = fields.pop("about", None) or testing.commitment(meeting.cast, action_list=meeting.action_list)
    left = {"left_as": left_as, "left_by": meeting.chair, "left_at": NOW} if left_as else {}
    kind = "commitment" if about.__class__.__name__ == "Commitment" else "action"
    return MeetingItem.objects.create(
        meeting=meeting, heading=Heading.DUE, title=title, **{kind: about}, **left, **fields
    )


def minutes_to(person) -> str:
    run_due(NOW + dt.timedelta(minutes=5))
    [row] = Mail.objects.filter(recipient=person, kind="minutes", state="sent")
    message = email.message_from_bytes(bytes(row.body), policy=default)
    assert message["Subject"] == "Minutes of Wed 25 Nov 2026: Quotes"
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_everything_is_in_them_once(cast, held):
    held.cast = cast
    next_one = testing.commitment(cast, what="Ring Brandt", action_list=held.action_list, person=cast.rep)
    item(held, Left.DONE, "Sent the sheet", happened="They liked it & wrote <back>.", person=cast.rep)
    item(held, Left.MOVED, "Ask IT", because="They are away.", moved_to=dt.date(2026, 12, 3))
    item(held, Left.NEXT, "Talk to Brandt", next_commitment=next_one)
    item(held, Left.BLOCKED, "Order the crane", because="The budget.")
    item(held, Left.DROPPED, "Old list", because="Nobody needs it.")
    item(held, Left.PARKED, "Prices")
    item(held, "", "Farid’s count", person=cast.facilitator)
    item(held, "", "What we had no time for", person=cast.rep)
    item(held, "", "An action for next time", person=cast.rep, about=testing.action(cast, action_list=held.action_list))
    Parked.park(held, cast.rep, "A new room?", now=NOW)
    meetings.close(held, cast.list_owner, now=NOW)
    text = minutes_to(cast.facilitator)
    for part, words in (
        ("Done", "- Sent the sheet (Ines Duarte)\n      They liked it & wrote <back>."),
        ("Moved", "- Ask IT, now Thu 3 Dec\n      They are away."),
        ("Newly promised", "- Ines Duarte: Ring Brandt (by Wed 25 Nov)"),
        ("Blocked", "- Order the crane\n      The budget."),
        ("Not done any more", "- Old list\n      Nobody needs it."),
        ("Left for later", "- Prices"),
        ("Of those who were not there", "- Farid’s count (Farid Haddad)"),
        ("Not come to, asked about by mail", "What we had no time for"),
        ("Not come to", "- An action for next time"),
        ("Parking lot", "- A new room?"),
    ):
        assert text.count(f"\n{part}\n") == 1, part
        assert words in text[text.index(f"\n{part}\n") :], part
    assert "0 milestones reached with evidence" in text
    assert "There: Ines Duarte, Jonas Weil\nNot there: Farid Haddad" in text
    assert max(map(len, text.splitlines())) < 78


def test_an_action_that_nobody_came_to_is_asked_about_in_one_mail(cast, owned, held):
    """Ines is there and Tom, who became responsible meanwhile, is not on the list. What is proposed asks nobody, nor
    does what somebody had in hand who has left."""
    due = {"action_list": owned, "done_criterion": "Seen", "next_due_on": testing.TODAY}
    own = [testing.action(cast, what=what, state="in_progress", responsible=cast.rep, **due) for what in ("One", "Two")]
    testing.action(cast, what="Only an idea", responsible=cast.rep, **due)
    testing.action(cast, what="Three", state="blocked", blocked_by="IT", responsible=cast.other_rep, **due)
    cast.manager.is_active = False
    cast.manager.save()
    testing.action(cast, what="Nobody’s now", state="in_progress", responsible=cast.manager, **due)
    talked = testing.action(cast, what="Talked about", state="in_progress", responsible=cast.rep, **due)
    item(held, Left.PARKED, "Talked about", about=talked, person=cast.rep)
    meetings.close(held, cast.list_owner, now=NOW)
    text = minutes_to(cast.rep)
    yours = text[text.index("For you: ") : text.index("Left for later")]
    assert [word in yours for word in ("One", "Two", "Only an idea", "Three", "Talked")] == [True, True] + [False] * 3
    assert f"/actions/{own[0].pk}/" in yours
    assert "Three" in minutes_to(cast.other_rep) and "For you: " not in minutes_to(cast.facilitator)
    assert "Not come to, asked about by mail" in text and "\nNot come to\n" in text
    assert "Nobody’s now" in text[text.index("\nNot come to\n") :]
    assert not Mail.objects.filter(kind="minutes", recipient=cast.manager).exists()


def test_they_go_once_to_whoever_was_there_was_missed_or_is_on_the_list(cast, owned, held):
    testing.action(cast, action_list=owned, responsible=cast.other_rep)
    meetings.close(held, cast.list_owner, now=NOW)
    meetings.close(held, cast.list_owner, now=NOW)
    run_due(NOW)
    run_due(NOW + dt.timedelta(minutes=5))
    sent = Mail.objects.filter(kind="minutes")
    assert sorted(str(mail.recipient) for mail in sent) == ["Farid Haddad", "Ines Duarte", "Jonas Weil"]
    assert {mail.state for mail in sent} == {"sent"}


def test_nothing_private_and_nothing_of_a_review_that_few_read_is_in_them(cast, owned, held):
    held.cast = cast
    sealed = testing.review(cast, people=(cast.rep, cast.list_owner), visibility="sealed")
    named = testing.review(cast, people=(cast.rep, cast.list_owner), visibility="named")
    for review in (sealed, named):
        item(held, Left.DONE, "Walrus", about=testing.commitment(cast, review=review, action_list=owned, team=None))
    own = testing.commitment(cast, private=True, asked_by=None, team=None, person=cast.rep)
    item(held, Left.DONE, "Walrus", about=own)
    item(held, Left.NEXT, "Seal it", next_commitment=testing.commitment(cast, what="Walrus", review=sealed))
    meetings.close(held, cast.list_owner, now=NOW)
    for person in (cast.rep, cast.list_owner, cast.facilitator):
        assert "Walrus" not in minutes_to(person)


def test_whoever_is_not_on_the_list_reads_what_is_theirs(cast, owned, held):
    held.cast = cast
    mine = testing.action(cast, action_list=owned, responsible=cast.other_rep)
    item(held, Left.DONE, "Tom’s own", about=mine)
    item(held, Left.DONE, "Not Tom’s", about=testing.action(cast, action_list=owned))
    assert [one.title for one in minutes_for(held, cast.other_rep).done] == ["Tom’s own"]
    assert len(minutes_for(held, cast.rep).done) == 2


def test_what_is_on_track_of_those_who_were_missed_is_in_them(cast, owned, held):
    theirs, ours = (
        testing.commitment(cast, action_list=owned, what=f"Of {one}", person=one, due_on=NOW.date() + dt.timedelta(9))
        for one in (cast.facilitator, cast.rep)
    )
    meetings.close(held, cast.list_owner, now=NOW)
    minutes = minutes_for(held, cast.facilitator)
    assert ([one.commitment for one in minutes.absent], minutes.on_track) == ([theirs], 1)
    assert held.items.get(commitment=ours).heading == "on_track"


def test_closing_freezes_all_of_an_agenda(cast, owned, held, monkeypatch, time_machine):
    monkeypatch.setitem(agenda_of.__kwdefaults__, "most", 2)
    time_machine.move_to(NOW - dt.timedelta(7))  # what is promised during the meeting is none of its agenda
    for number in range(5):
        testing.commitment(cast, action_list=owned, what=f"Promise {number}", due_on=NOW.date() - dt.timedelta(1))
    assert len(agenda_of(held, NOW).lines) == 2
    meetings.close(held, cast.list_owner, now=NOW)
    assert held.items.count() == 5


def test_a_long_meeting_is_all_in_them(cast, held):
    held.cast = cast
    for number in range(65):
        item(held, Left.DONE, f"Thing {number}.")
    meetings.close(held, cast.list_owner, now=NOW)
    text = minutes_to(cast.rep)
    assert all(f"- Thing {number}." in text for number in range(65))


def test_a_very_long_meeting_is_cut_and_says_so(cast, held, monkeypatch):
    held.cast = cast
    monkeypatch.setattr("actions.minutes.MOST", 60)
    for number in range(65):
        item(held, Left.DONE, f"Thing {number} " + "x" * 500, happened="y" * 2_000)
    meetings.close(held, cast.list_owner, now=NOW)
    text = minutes_to(cast.rep)
    assert "5 more items stand on the page." in text
    assert len(text) < 60_000


def test_whoever_cannot_read_the_list_gets_no_address_that_leads_nowhere(cast, owned):
    """Tom is of the team and came along; the list is not his to read."""
    meeting = Meeting.call(cast.list_owner, owned, now=NOW)
    meeting.begin(cast.list_owner, {cast.list_owner.pk, cast.other_rep.pk}, now=NOW)
    meetings.close(meeting, cast.list_owner, now=NOW)
    assert f"/meetings/{meeting.pk}/" not in minutes_to(cast.other_rep)
    assert f"/meetings/{meeting.pk}/" in minutes_to(cast.list_owner)
