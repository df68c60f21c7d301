"""A promise is left: what the room says is the answer of whoever made it."""

from django.db.models import Model
from django.utils.translation import gettext as _

from actions import answers
from actions.leaving.following import name_next
from actions.leaving.room import Room, Said
from actions.models import Answer, Commitment, DateChange, FollowUp, MeetingItem
from actions.models.answer import Status
from actions.models.meeting_state import Left
from actions.models.promise import State as Promise
from failforward.guards import Refused
from failforward.versions import hold


def of_promise(room: Room, promise: Commitment, said: Said, item: MeetingItem) -> Commitment | None:
    hold(promise)
    if promise.state == Promise.REQUESTED:
        answer_request(room, promise, said, item)
    elif said.how == Left.PARKED and was_followed(promise, item):
        promise.go_on(room.by, room.now)
    elif said.how in ANSWERED and not is_said_already(promise, said):
        answer_for(room, promise, said, item)
    return name_next(room, said, item, previous=promise, **promise.parent)


def was_followed(promise: Commitment, item: MeetingItem) -> bool:
    """What was to take its place is not named any more."""
    if promise.state != Promise.DROPPED or item.next_commitment_id is None:
        return False
    given = Answer.objects.filter(follow_up__commitment=promise).order_by("-answered_at", "-pk").first()
    return given is not None and given.is_followed


ANSWERED = {
    Left.DONE: Status.DONE,
    Left.MOVED: Status.MOVED,
    Left.BLOCKED: Status.STUCK,
    Left.NEXT: Status.PARTLY,
    Left.DROPPED: Status.DROPPED,
}


def is_said_already(promise: Commitment, said: Said) -> bool:
    """It came by mail, and the room agrees; a next step of what is over changes nothing about it."""
    over = {Left.DONE: Promise.KEPT, Left.DROPPED: Promise.DROPPED}.get(said.how)
    return promise.state == over or (said.how == Left.NEXT and not promise.is_open)


def answer_for(room: Room, promise: Commitment, said: Said, item: MeetingItem) -> None:
    """The person says it aloud."""
    if not room.has(promise.person):
        return without_person(room, promise, said, item)
    words = {"outcome": said.happened, "learned": said.learned, "heard_by": room.there}
    if said.how == Left.MOVED:
        words |= {"new_on": said.moved_to, "reason": said.because}
    elif said.how == Left.BLOCKED:
        words["outcome"] = "\n".join(filter(None, [said.happened, _("Waits for: %(what)s") % {"what": said.because}]))
    elif said.how == Left.NEXT:
        words["followed"] = True
    elif said.how == Left.DROPPED:
        words["reason"] = said.because
    elif said.how == Left.DONE:
        words |= {"evidence": said.happened, "seen_by": said.seen_by}
    question = question_of(room, promise, item)
    answers.give(question, promise.person, ANSWERED[said.how], via=Answer.Via.MEETING, now=room.now, **words)
    promise.refresh_from_db()
    if room.owner is not None:
        promise.agree_to_move(room.owner, now=room.now)


def without_person(room: Room, promise: Commitment, said: Said, item: MeetingItem) -> None:
    """For somebody who is not there only the date moves, by whoever may. What they have promised they drop themselves;
    what they were only asked is taken back, and whoever left us is asked nothing."""
    if said.how == Left.MOVED:
        take_move_back(promise, item)
        promise.move(room.by, said.moved_to, said.because, now=room.now)
    elif said.how == Left.DROPPED and (promise.state == Promise.REQUESTED or not promise.person.is_active):
        promise.drop(room.by, said.because)
    elif said.how != Left.NEXT:
        raise Refused(
            _("%(name)s is not here, and only they can say this. Park it: they are asked by mail.")
            % {"name": promise.person},
            "how",
        )


def question_of(room: Room, promise: Commitment, item: MeetingItem) -> FollowUp:
    """The one that is answered: what was said of it in this meeting is changed, by whatever way it was changed
    meanwhile, else the open one, else one is put."""
    since = Answer.objects.filter(follow_up__commitment=promise, answered_at__gte=room.meeting.started_at)
    here = since.select_related("follow_up").order_by("pk").last()
    left_before = item.pk is not None
    if left_before and here is not None:
        here.follow_up.commitment = promise
        if answers.can_change(here, room.now):
            return here.follow_up
    waiting = promise.follow_ups.waiting().select_related("mail").first()
    question = waiting or FollowUp.plan(promise, room.today, room.now)
    question.commitment = promise
    return question


def answer_request(room: Room, promise: Commitment, said: Said, item: MeetingItem) -> None:
    """What was asked of somebody is answered aloud: yes, another day, no."""
    if said.how == Left.PARKED:
        return
    if not room.has(promise.person):
        return without_person(room, promise, said, item)
    if said.how == Left.DROPPED:
        promise.decline(promise.person, said.because, now=room.now)
    elif said.how == Left.MOVED:
        promise.redate(promise.person, said.moved_to, now=room.now)
    else:
        promise.accept(promise.person, now=room.now)
        if said.how != Left.NEXT:
            answer_for(room, promise, said, item)


def take_move_back(thing: Model, item: MeetingItem) -> None:
    """Said anew in the same meeting it counts as one move, and the third is not reached early."""
    if item.moved_to is not None:
        DateChange.take_back(thing, item.moved_to, item.because)
