"""Two who have the chair press at the same moment, on the real database: nothing is lost and nothing is done twice."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from actions import meetings
from actions.models import ActionList, Answer, Commitment, FollowUp, Meeting, MeetingItem, MeetingSeries, Parked
from actions.tests.at_once import all_at_once
from failforward import testing
from failforward.guards import Refused
from failforward.outbox.models import Mail

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


@pytest.fixture
def room():
    """Jonas has the chair, Mara manages the team and runs it too: each presses by hands of their own."""
    cache.clear()
    cast = testing.cast()
    weekly = testing.action_list(cast, people=(cast.rep, cast.manager))
    promises = [promise(cast, weekly, number) for number in range(MANY)]
    meeting = Meeting.call(cast.list_owner, weekly, now=timezone.now())
    meeting.begin(cast.list_owner, [cast.rep.pk, cast.manager.pk], now=timezone.now())
    hands = [Client() for _ in range(MANY)]
    for number, hand in enumerate(hands):
        hand.force_login((cast.list_owner, cast.manager)[number % 2])
    return cast, meeting, promises, hands


def promise(cast, weekly, number):
    work = testing.action(cast, action_list=weekly, state="in_progress", done_criterion="Seen")
    on = timezone.localdate() - dt.timedelta(1)
    made = testing.commitment(cast, action=work, action_list=weekly, due_on=on, asked_by=cast.list_owner)
    Commitment.objects.filter(pk=made.pk).update(created_at=timezone.now() - dt.timedelta(6))
    return made


def leave(hand, meeting, made, **words):
    said = {"item": f"commitment:{made.pk}", "how": "done", "happened": "It works."} | words
    return hand.post(f"/meetings/{meeting.pk}/leave/", said).status_code


def test_the_same_item_left_by_many_hands_is_left_once(room):
    cast, meeting, promises, hands = room
    tomorrow = (timezone.localdate() + dt.timedelta(1)).isoformat()
    words = {"how": "next", "next_what": "Ask Lena", "next_who": cast.rep.pk, "next_on": tomorrow}
    assert all_at_once(MANY, lambda number: leave(hands[number], meeting, promises[0], **words)) == [302] * MANY
    assert MeetingItem.objects.get().left_as == "next"
    assert Commitment.objects.filter(what="Ask Lena").count() == 1
    assert Answer.objects.count() == 1
    assert FollowUp.objects.filter(commitment__what="Ask Lena", state="planned").count() == 1


def test_of_different_words_one_stands_and_all_others_come_back(room):
    cast, meeting, promises, hands = room

    def press(number: int) -> tuple[int, bool]:
        said = {"item": f"commitment:{promises[0].pk}", "how": "done", "happened": f"Words {number}"}
        answer = hands[number].post(f"/meetings/{meeting.pk}/leave/", said)
        return answer.status_code, f"Words {number}</textarea>".encode() in answer.content

    said = all_at_once(MANY, press)
    assert sorted(code for code, _kept in said) == [302] + [409] * (MANY - 1)
    assert all(kept for code, kept in said if code == 409)
    stands = next(number for number, (code, _kept) in enumerate(said) if code == 302)
    assert MeetingItem.objects.get().happened == f"Words {stands}"
    assert Answer.objects.get().outcome == f"Words {stands}"


def test_different_items_left_at_once_are_all_kept(room):
    cast, meeting, promises, hands = room
    codes = all_at_once(
        MANY, lambda number: leave(hands[number], meeting, promises[number], happened=f"Words {number}")
    )
    assert codes == [302] * MANY
    assert sorted(MeetingItem.objects.values_list("happened", "position")) == [
        (f"Words {number}", MeetingItem.objects.get(happened=f"Words {number}").position) for number in range(MANY)
    ]
    assert sorted(MeetingItem.objects.values_list("position", flat=True)) == list(range(1, MANY + 1))
    assert Commitment.objects.filter(state="kept").count() == MANY


def test_closed_by_many_hands_it_is_closed_once_and_the_next_is_planned_once(room):
    cast, meeting, promises, hands = room
    MeetingSeries.plan(cast.list_owner, meeting.action_list, now=timezone.now())
    codes = all_at_once(MANY, lambda number: hands[number].post(f"/meetings/{meeting.pk}/close/").status_code)
    assert codes == [302] * MANY
    assert MeetingItem.objects.filter(meeting=meeting).count() == MANY
    assert sorted(Meeting.objects.values_list("state", flat=True)) == ["closed", "planned"]
    assert not Mail.objects.filter(kind="request").exists()


def test_begun_called_and_parked_by_many_hands(room):
    cast, meeting, promises, hands = room
    other = testing.action_list(cast, people=(cast.rep, cast.manager))

    def go(number: int) -> list[int]:
        called = hands[number].post(f"/lists/{other.pk}/meet/")
        verbs = [("begin", {"present": [cast.rep.pk]}), ("park", {"what": "Who tells marketing?"})]
        return [called.status_code, *(hands[number].post(f"{called.url}{v}/", data).status_code for v, data in verbs)]

    assert all_at_once(MANY, go) == [[302, 302, 302]] * MANY
    assert Meeting.objects.filter(action_list=other).count() == 1
    assert Parked.objects.count() == 1


# --- A verb of the meeting beside one of its list or series ----------------------------------------


def taking_turns(*acts) -> list:
    """Each hand with rows of its own, as two requests have them."""
    return all_at_once(MANY, lambda number: acts[number % len(acts)](number))


def of_list(weekly) -> ActionList:
    return ActionList.objects.get(pk=weekly.pk)


def of_series(weekly) -> MeetingSeries:
    return MeetingSeries.objects.select_related("action_list").get(action_list=weekly.pk)


def change_series(cast, weekly):
    return lambda number: of_series(weekly).change(cast.manager, now=timezone.now(), minutes=40 + number)


def test_the_next_commitment_is_named_while_the_list_gets_another_owner(room):
    cast, meeting, promises, hands = room
    tomorrow = (timezone.localdate() + dt.timedelta(1)).isoformat()
    words = {"how": "next", "next_what": "Ask Lena", "next_who": cast.rep.pk, "next_on": tomorrow}
    owners = [cast.manager, cast.rep, cast.list_owner] * 5
    for hand in hands:
        hand.force_login(cast.admin)

    def change_owner(number: int) -> None:
        for owner in owners:
            of_list(meeting.action_list).change(cast.admin, owner=owner)

    done = taking_turns(lambda number: leave(hands[number], meeting, promises[number], **words), change_owner)
    assert done == [302, None] * (MANY // 2)
    assert MeetingItem.objects.filter(left_as="next").count() == MANY // 2


def test_closed_while_the_series_changes_the_next_is_planned_once(room):
    cast, meeting, promises, hands = room
    MeetingSeries.plan(cast.list_owner, meeting.action_list, now=timezone.now())
    taking_turns(
        lambda number: meetings.close(Meeting.objects.get(pk=meeting.pk), cast.manager, now=timezone.now()),
        change_series(cast, meeting.action_list),
    )
    assert sorted(Meeting.objects.values_list("state", flat=True)) == ["closed", "planned"]
    series = of_series(meeting.action_list)
    assert Meeting.objects.get(state="planned").minutes == series.minutes
    assert {one.version for one in series.invitees.all()} == {series.version} == {4}


@pytest.fixture
def planned(room):
    """Another list with a weekly meeting ahead."""
    cast = room[0]
    weekly = testing.action_list(cast, people=(cast.rep, cast.manager))
    testing.action(cast, action_list=weekly)
    MeetingSeries.plan(cast.list_owner, weekly, now=timezone.now())
    return cast, weekly, Meeting.objects.get(action_list=weekly)


def skip(cast, meeting):
    return lambda number: Meeting.objects.get(pk=meeting.pk).skip(cast.manager, "A holiday.", now=timezone.now())


def test_skipped_while_the_series_changes_the_next_is_planned_once(planned):
    cast, weekly, meeting = planned
    taking_turns(skip(cast, meeting), change_series(cast, weekly))
    states = Meeting.objects.filter(action_list=weekly).order_by("starts_at").values_list("state", flat=True)
    assert list(states) == ["skipped", "planned"]


def move(cast, meeting):
    at = meeting.starts_at + dt.timedelta(hours=20)
    return lambda number: refused(Meeting.objects.get(pk=meeting.pk).move, cast.manager, at, "The fair.")


def refused(verb, *args) -> bool | None:
    """None where the other hand was there first and the verb says so."""
    try:
        return verb(*args, now=timezone.now())
    except Refused:
        return None


def test_moved_by_many_hands_it_is_moved_once_and_told_once(planned):
    cast, weekly, meeting = planned
    assert sorted(all_at_once(MANY, move(cast, meeting))) == [False] * (MANY - 1) + [True]
    told = Mail.objects.filter(kind="meeting_moved").values_list("recipient", flat=True)
    assert sorted(told) == sorted([cast.list_owner.pk, cast.rep.pk, cast.manager.pk])


def test_moved_while_the_series_changes_both_hold(planned):
    cast, weekly, meeting = planned
    taking_turns(move(cast, meeting), change_series(cast, weekly))
    moved, series = Meeting.objects.get(action_list=weekly), of_series(weekly)
    assert (moved.planned_at, moved.minutes) == (meeting.starts_at, series.minutes)
    assert {one.version for one in series.invitees.all()} == {series.version} == {5}


def test_moved_skipped_and_begun_by_different_hands_one_next_is_planned(planned):
    cast, weekly, meeting = planned

    def begin(number: int):
        return refused(Meeting.objects.get(pk=meeting.pk).begin, cast.manager, [])

    def skip(number: int):
        return refused(Meeting.objects.get(pk=meeting.pk).skip, cast.manager, "A holiday.")

    done = taking_turns(move(cast, meeting), begin, skip)
    states = sorted(Meeting.objects.filter(action_list=weekly).values_list("state", flat=True))
    # Begun it stays; else it is skipped once, and the next one stands where the series has it.
    assert states in (["running"], ["planned", "skipped"])
    assert [done[2], done[5]].count(True) == states.count("skipped")
    following = Meeting.objects.filter(action_list=weekly, state="planned")
    assert not following or (following.get().planned_at, following.get().starts_at) == (
        None,
        of_series(weekly).next_start(meeting.starts_at),
    )


def test_moved_while_the_one_before_is_closed(room):
    cast, meeting, promises, hands = room
    MeetingSeries.plan(cast.list_owner, meeting.action_list, now=timezone.now())
    meetings.close(Meeting.objects.get(pk=meeting.pk), cast.manager, now=timezone.now())
    following = Meeting.objects.get(state="planned")
    taking_turns(
        lambda number: meetings.close(Meeting.objects.get(pk=meeting.pk), cast.manager, now=timezone.now()),
        move(cast, following),
    )
    assert Meeting.objects.get(state="planned").planned_at == following.starts_at


def test_skipped_while_people_come_to_the_list(planned):
    cast, weekly, meeting = planned
    people = [cast.other_rep, cast.facilitator, cast.support]
    taking_turns(skip(cast, meeting), lambda number: of_list(weekly).add_person(cast.manager, people[number // 2]))
    invited = of_series(weekly).invitees.filter(invited=True).values_list("person", flat=True)
    assert set(invited) == {one.pk for one in [cast.list_owner, cast.rep, cast.manager, *people]}
    assert Meeting.objects.filter(action_list=weekly, state="planned").count() == 1
