"""How an item of a meeting is left: what the room says becomes the answer of whoever promised it, the evidence of a
milestone, the reason of a drop; and the next commitment of somebody who is there is accepted, since it was said aloud.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import answers
from actions.agenda import Line, agenda_of
from actions.models import ActionItem, Answer, Commitment, DateChange, FollowUp, Meeting, MeetingItem, SponsorRequest
from actions.models.action_state import PROOF_STATES
from actions.models.action_state import State as ActionState
from actions.models.answer import Status
from actions.models.meeting_state import Left
from actions.models.promise import State as Promise
from actions.models.promise import check_day
from actions.models.sponsor_request import State as Sponsored
from failforward import working_days
from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.models import record
from failforward.versions import hold, keep
from reviews.models import Finding

# What an item of each kind can be left as.
WAYS = {
    "commitment": list(Left),
    "action": list(Left),
    "finding": [Left.NEXT, Left.PARKED, Left.DROPPED],
    "sponsor_request": [Left.DONE, Left.NEXT, Left.PARKED, Left.DROPPED],
}
# What is said to be done waits for its check: nobody says it done again, moves or drops it.
CLAIMED = [Left.NEXT, Left.PARKED]


def ways_of(kind: str, state: str) -> list[Left]:
    return CLAIMED if kind == "action" and state in (ActionState.CLAIMED_DONE, *PROOF_STATES) else WAYS[kind]


# What the row keeps of what was said, word by word.
KEPT = ("happened", "learned", "because", "moved_to", "seen_by")


@dataclass(frozen=True)
class Said:
    """What was said of one item. `because`: what it waits for, why it moves, why it is dropped or parked."""

    how: str
    happened: str = ""
    learned: str = ""
    because: str = ""
    moved_to: date | None = None
    seen_by: User | None = None
    next_what: str = ""
    next_who: User | None = None
    next_on: date | None = None

    def trimmed(self) -> "Said":
        words = {name: value.strip() for name, value in vars(self).items() if isinstance(value, str)}
        return replace(self, **words)


@dataclass(frozen=True)
class Room:
    """Where it is said: who is there, and who writes it down."""

    meeting: Meeting
    by: User
    there: Collection[int]
    now: datetime

    @property
    def today(self) -> date:
        return working_days.local_date(self.now, self.meeting.action_list.time_zone)

    @property
    def place(self) -> str:
        return _("in the meeting of “%(list)s”") % {"list": self.meeting.action_list.name}

    def has(self, person: User | None) -> bool:
        return person is not None and person.pk in self.there

    @property
    def owner(self) -> User | None:
        """The owner of the list, if they are there: they can agree to a date aloud."""
        owner = self.meeting.action_list.owner
        return owner if self.has(owner) else None


class LeftAlready(Conflict):
    """Somebody else left it meanwhile, with other words."""


def leave(meeting: Meeting, by: User, key: str, said: Said, *, now: datetime, seen: int | None = None) -> MeetingItem:
    """The same again, by whomever, changes nothing. `seen` is the version of the row somebody looked at who says it
    anew, None for an item that was not left yet when they saw it."""
    said = said.trimmed()
    with transaction.atomic():
        meeting.hold(by)
        meeting.must_run()
        line = agenda_of(meeting, now).find(key)
        if line is None:
            raise Refused(_("This is not on the agenda any more: it was settled meanwhile."))
        check(line, said)
        item = row_of(meeting, line)
        if item.left_as:
            if repeats(item, said):
                return item
            if seen != item.version:
                raise LeftAlready(_("Somebody else left this item meanwhile. Look at both."), item)
        check_days(meeting, said, now)
        there = set(meeting.persons.exclude(attendance="absent").values_list("user", flat=True))
        room = Room(meeting, by, there, now)
        made = EFFECTS[line.kind](room, subject_of(meeting, line), said, item)
        write(item, by, said, made, now)
        if meeting.current == key:
            meeting.current = ""
        keep(meeting, "current")
        record(meeting, "item_left", by, item=item.title[:200], how=item.get_left_as_display())
    return item


STAYS = {
    ("action", Left.DONE): gettext_lazy("What was reached with it stays reached; the action’s own page has it."),
    ("action", Left.DROPPED): gettext_lazy("The action stays dropped, or asked to be; its own page has that."),
    ("finding", Left.DROPPED): gettext_lazy("The finding stays accepted as it is; its own page opens it again."),
    ("sponsor_request", Left.DONE): gettext_lazy("What the sponsor answered stays; the request’s own page has it."),
    ("sponsor_request", Left.DROPPED): gettext_lazy("The request stays taken back. Ask anew on the list’s page."),
}


def stays_of(meeting: Meeting, key: str) -> str:
    """What leaving an item has set off and taking it up again leaves as it is. A promise is simply answered anew; all
    else has more to it than this meeting knows."""
    item = next((item for item in meeting.items.left() if item.key == key), None)
    return str(STAYS.get((key.partition(":")[0], item.left_as), "")) if item else ""


def take_up(meeting: Meeting, by: User, key: str, *, now: datetime) -> bool:
    """It was left too early: all look at it again, with what was said of it, and it can be left anew."""
    with transaction.atomic():
        meeting.hold(by)
        meeting.must_run()
        item = next((item for item in meeting.items.left() if item.key == key), None)
        if item is None:
            return False
        item.left_as, item.left_by, item.left_at, item.position = "", None, None, 0
        keep(item, "left_as", "left_by", "left_at", "position")
        meeting.current = key
        keep(meeting, "current")
        record(meeting, "item_taken_up", by, item=item.title[:200])
    return True


def check(line: Line, said: Said) -> None:
    if said.how not in ways_of(line.kind, line.code):
        raise Refused(_("Choose one of the ways to leave this item."), "how")
    if said.how == Left.MOVED and not said.moved_to:
        raise Refused(_("Say to which day it moves."), "moved_to")
    wanted = {
        Left.MOVED: _("Say in one line why it moves."),
        Left.BLOCKED: _("Say what or whom it waits for."),
        Left.DROPPED: _("Say in a few words why it is dropped."),
    }
    if said.how in wanted and not said.because:
        raise Refused(wanted[said.how], "because")
    if said.how == Left.NEXT and not said.next_what:
        raise Refused(_("Say what is done next."), "next_what")
    if said.next_what and not said.next_who:
        raise Refused(_("Say who does it."), "next_who")
    if said.next_what and not said.next_on:
        raise Refused(_("Say by when it is done."), "next_on")


def check_days(meeting: Meeting, said: Said, now: datetime) -> None:
    """What is said in a meeting is ahead of it."""
    today = working_days.local_date(now, meeting.action_list.time_zone)
    if said.how == Left.MOVED:
        check_day(said.moved_to, today, field="moved_to")
    if said.next_what:
        check_day(said.next_on, today, field="next_on")


def row_of(meeting: Meeting, line: Line) -> MeetingItem:
    """The row of an item, there already where it was left before."""
    about = {line.kind: line.pk}
    item = meeting.items.filter(**about).select_related("next_commitment", "seen_by").first()
    if item is not None:
        return item
    named = {f"{line.kind}_id": line.pk, "person_id": line.person_id}
    return MeetingItem(
        meeting=meeting, heading=line.heading, title=line.title, due_on=line.on, batch_id=meeting.batch_id, **named
    )


def repeats(item: MeetingItem, said: Said) -> bool:
    made = item.next_commitment
    then = (made.what, made.person_id, made.due_on) if made else ("", None, None)
    now = (said.next_what, said.next_who.pk, said.next_on) if said.next_what else ("", None, None)
    kept = all(getattr(item, name) == getattr(said, name) for name in KEPT)
    return item.left_as == said.how and kept and then == now


def write(item: MeetingItem, by: User, said: Said, made: Commitment | None, now: datetime) -> None:
    for name in KEPT:
        setattr(item, name, getattr(said, name))
    item.left_as, item.left_by, item.left_at, item.next_commitment = said.how, by, now, made
    item.position = item.position or (item.meeting.items.aggregate(last=Max("position"))["last"] or 0) + 1
    item.version += 1
    item.save()


def subject_of(meeting: Meeting, line: Line) -> Model:
    model = MeetingItem._meta.get_field(line.kind).related_model
    rows = model.objects.filter(pk=line.pk)
    return (rows.for_page() if line.kind in ("commitment", "sponsor_request") else rows).get()


# --- A promise ----------------------------------------------------------------------------------


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
    """The person says it aloud. For somebody who is not there only the date moves, or it is dropped, by whoever may."""
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
    question = question_of(room, promise)
    answers.give(question, promise.person, ANSWERED[said.how], via=Answer.Via.MEETING, now=room.now, **words)
    promise.refresh_from_db()
    if room.owner is not None:
        promise.agree_to_move(room.owner, now=room.now)


def without_person(room: Room, promise: Commitment, said: Said, item: MeetingItem) -> None:
    if said.how == Left.MOVED:
        take_move_back(promise, item)
        promise.move(room.by, said.moved_to, said.because, now=room.now)
    elif said.how == Left.DROPPED:
        promise.drop(room.by, said.because)
    elif said.how != Left.NEXT:
        raise Refused(
            _("%(name)s is not here, and only they can say this. Park it: they are asked by mail.")
            % {"name": promise.person},
            "how",
        )


def question_of(room: Room, promise: Commitment) -> FollowUp:
    """The one that is answered: what was said of it in this meeting is changed, else the open one, else one is put."""
    here = Answer.objects.filter(follow_up__commitment=promise, via=Answer.Via.MEETING)
    here = here.filter(answered_at__gte=room.meeting.started_at).select_related("follow_up").order_by("pk").last()
    if here is not None:
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


# --- An action ----------------------------------------------------------------------------------


def of_action(room: Room, action: ActionItem, said: Said, item: MeetingItem) -> Commitment | None:
    if said.how == Left.DONE:
        finish(room, action, said)
    elif said.how == Left.MOVED:
        move_milestone(room, action, said, item)
    elif said.how == Left.BLOCKED:
        besides = {"person": action.blocked_by_person, "action": action.blocked_by_action}
        action.block(room.by, said.because, **besides)
    elif said.how == Left.DROPPED:
        action.drop(room.by, said.because, approver=second_person(room, action, said))
    return name_next(room, said, item, action=action)


# The work is said to be done, and no check has said that it did not help.
DONE_ALREADY = (ActionState.CLAIMED_DONE, ActionState.UNDER_CHECK, ActionState.EFFECTIVE)


def finish(room: Room, action: ActionItem, said: Said) -> None:
    """The milestone at hand is reached; after the last one the action is said to be done."""
    if action.state not in (ActionState.COMMITTED, ActionState.IN_PROGRESS, ActionState.BLOCKED):
        if action.is_open:
            raise Refused(_("This action is still a proposal. Commit to it first, on its page."), "how")
        if action.state not in DONE_ALREADY:
            raise Refused(
                _("This action is over: %(state)s. Park it, or name what is done next.")
                % {"state": action.get_state_display()},
                "how",
            )
        return
    if action.state == ActionState.BLOCKED:
        action.unblock(room.by)
    milestone = action.next_milestone
    if milestone is not None:
        milestone.action = action
        milestone.reach(room.by, today=room.today, evidence=said.happened, seen_by=said.seen_by)
        action = ActionItem.objects.get(pk=action.pk)
    if action.next_milestone is None:
        action.claim_done(room.by)


def move_milestone(room: Room, action: ActionItem, said: Said, item: MeetingItem) -> None:
    milestone = action.next_milestone
    if milestone is None:
        raise Refused(_("There is no milestone to move. Name the next commitment instead."), "how")
    milestone.action = action
    milestone.hold()
    take_move_back(milestone, item)
    change = milestone.move(room.by, said.moved_to, said.because, today=room.today)
    if change is not None and change.waits and room.owner is not None:
        change.agree(room.owner, now=room.now)


def second_person(room: Room, action: ActionItem, said: Said) -> User | None:
    """Whoever the room names of those who are there. Nobody agrees unasked; where nobody could, none is wanted."""
    if said.seen_by is not None:
        if not room.has(said.seen_by):
            raise Refused(
                _("%(name)s is not here. Name somebody who is and agrees.") % {"name": said.seen_by}, "seen_by"
            )
        return said.seen_by
    if action.who_may_agree(room.by).filter(pk__in=room.there).exists():
        raise Refused(_("A second person has to agree. Say who of those here."), "seen_by")
    return None


# --- A finding ----------------------------------------------------------------------------------


def of_finding(room: Room, finding: Finding, said: Said, item: MeetingItem) -> Commitment | None:
    if said.how == Left.DROPPED:
        finding.accept(room.by, said.because)
    return name_next(room, said, item, meeting=room.meeting)


def of_sponsor_request(room: Room, asked: SponsorRequest, said: Said, item: MeetingItem) -> Commitment | None:
    if said.how == Left.DONE and asked.is_open:
        if not room.has(asked.sponsor):
            raise Refused(_("%(name)s is not here. Park it, or say who asks again.") % {"name": asked.sponsor}, "how")
        asked.give(asked.sponsor, Sponsored.WORDS, said.happened, now=room.now, today=room.today)
    elif said.how == Left.DROPPED:
        asked.withdraw(room.by)
    parent = {"action": asked.action} if asked.action else {"meeting": room.meeting}
    return name_next(room, said, item, **parent)


EFFECTS = {
    "commitment": of_promise,
    "action": of_action,
    "finding": of_finding,
    "sponsor_request": of_sponsor_request,
}


# --- What comes next ----------------------------------------------------------------------------


def name_next(
    room: Room, said: Said, item: MeetingItem, previous: Commitment | None = None, **parent
) -> Commitment | None:
    """Somebody who is there promises it aloud; somebody who is not is asked for it."""
    made = item.next_commitment
    if made is not None and said.next_what and made.person == said.next_who:
        hold(made)
        made.reword(room.by, said.next_what, made.with_whom, said.next_on, room.now)
        return made
    if made is not None:
        hold(made)
        made.take_off(room.by)
    if not said.next_what:
        return None
    about = {"now": room.now, "previous": previous, "batch_id": room.meeting.batch_id, **parent}
    if room.has(said.next_who):
        return Commitment.make(
            said.next_who, said.next_who, said.next_what, said.next_on, agreed_where=room.place, **about
        )
    return Commitment.request(room.by, said.next_who, said.next_what, said.next_on, agreed_where=room.place, **about)
