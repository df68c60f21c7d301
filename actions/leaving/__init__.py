"""How an item of a meeting is left: what the room says becomes the answer of whoever promised it, the evidence of a
milestone, the reason of a drop; and the next commitment of somebody who is there is accepted, since it was said aloud.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.agenda import Line, agenda_of
from actions.leaving.action import of_action
from actions.leaving.finding import of_finding, of_sponsor_request
from actions.leaving.promise import of_promise
from actions.leaving.room import Room, Said
from actions.models import Commitment, Meeting, MeetingItem
from actions.models.action_state import PROOF_STATES
from actions.models.action_state import State as ActionState
from actions.models.meeting_state import Left
from actions.models.promise import check_day
from failforward import working_days
from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.models import record
from failforward.versions import keep

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
        check_days(meeting, item, said, now)
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
    for field, sentence in unsaid(said).items():
        raise Refused(sentence, field)


def unsaid(said: Said) -> dict[str, str]:
    """What the way it is left wants and nobody said, by field."""
    why = {
        Left.MOVED: _("Say in one line why it moves."),
        Left.BLOCKED: _("Say what or whom it waits for."),
        Left.DROPPED: _("Say in a few words why it is dropped."),
    }
    wanted = {
        "because": (said.how in why and not said.because, why.get(said.how)),
        "moved_to": (said.how == Left.MOVED and not said.moved_to, _("Say to which day it moves.")),
        "next_what": (said.how == Left.NEXT and not said.next_what, _("Say what is done next.")),
        "next_who": (said.next_what and not said.next_who, _("Say who does it.")),
        "next_on": (said.next_what and not said.next_on, _("Say by when it is done.")),
    }
    return {field: sentence for field, (missing, sentence) in wanted.items() if missing}


def check_days(meeting: Meeting, item: MeetingItem, said: Said, now: datetime) -> None:
    """What is said in a meeting is ahead of it, and moves away from the day that the meeting found."""
    today = working_days.local_date(now, meeting.action_list.time_zone)
    if said.how == Left.MOVED:
        if said.moved_to == item.due_on:
            raise Refused(_("To which day? It is due on this one already."), "moved_to")
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


EFFECTS = {
    "commitment": of_promise,
    "action": of_action,
    "finding": of_finding,
    "sponsor_request": of_sponsor_request,
}
