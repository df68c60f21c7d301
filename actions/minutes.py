"""The minutes of a closed meeting as one person may read them: the frozen agenda, and nothing of it that is private or
hangs from a review that few may read."""

from collections.abc import Iterable
from dataclasses import dataclass

from actions import meetings
from actions.models import ActionItem, Commitment, Meeting, MeetingItem, MeetingPerson, Parked, SponsorRequest
from actions.models.meeting_state import Heading, Left
from failforward.accounts.models import User
from reviews.models import Finding
from reviews.models.review import is_standard

# What there is to read in one mail, which is all of it; of more the page has the rest.
MOST = 1000
SAID = 300


@dataclass(frozen=True)
class Minutes:
    """What was not come to: `asked` is asked about by mail, `waiting` is not. `absent` are the items of those who were
    not there, also what is on track. `yours` are the actions that this mail asks its reader about."""

    meeting: Meeting
    present: list[MeetingPerson]
    missing: list[MeetingPerson]
    done: list[MeetingItem]
    moved: list[MeetingItem]
    new: list[MeetingItem]
    blocked: list[MeetingItem]
    dropped: list[MeetingItem]
    parked: list[MeetingItem]
    absent: list[MeetingItem]
    asked: list[MeetingItem]
    waiting: list[MeetingItem]
    yours: list[MeetingItem]
    thoughts: list[Parked]
    on_track: int
    more: int

    @property
    def figures(self) -> list[tuple[int, str]]:
        return meetings.in_words(self.meeting)

    @property
    def parts(self) -> list[tuple[str, list[MeetingItem]]]:
        names = ["done", "moved", "new", "blocked", "dropped", "parked", "absent", "asked", "waiting"]
        return [(name, getattr(self, name)) for name in names if getattr(self, name)]


def minutes_for(meeting: Meeting, reader: User) -> Minutes:
    persons = list(meeting.persons.select_related("user").order_by("user__name", "pk"))
    missing = {one.user_id for one in persons if not one.is_there}
    found = items_for(meeting, reader)
    shown = [item for item in found if item.heading != Heading.ON_TRACK or item.left_as or item.person_id in missing]
    cut = shown[:MOST]

    def left(how: str) -> list[MeetingItem]:
        return [item for item in cut if item.left_as == how]

    unsaid = [item for item in cut if not item.left_as]
    return Minutes(
        meeting=meeting,
        present=[one for one in persons if one.is_there],
        missing=[one for one in persons if not one.is_there],
        done=left(Left.DONE),
        moved=left(Left.MOVED),
        new=[item for item in cut if item.next_commitment_id],
        blocked=left(Left.BLOCKED),
        dropped=left(Left.DROPPED),
        parked=left(Left.PARKED),
        absent=[item for item in unsaid if item.person_id in missing],
        asked=[item for item in unsaid if item.person_id not in missing and item.is_asked_about],
        waiting=[item for item in unsaid if item.person_id not in missing and not item.is_asked_about],
        yours=[item for item in unsaid if item.action_id and item.is_asked_about and item.person_id == reader.pk],
        thoughts=list(meeting.parked.waiting()[:MOST]),
        on_track=len(found) - len(shown),
        more=len(shown) - len(cut),
    )


def items_for(meeting: Meeting, reader: User) -> list[MeetingItem]:
    """Those whose promise, action or finding the reader may read. A next promise that they may not is left out."""
    items = list(meeting.items.for_minutes())
    promises = readable_promises(reader, [pk for item in items for pk in (item.commitment_id, item.next_commitment_id)])
    read = {"commitment": promises}
    for kind, model in (("action", ActionItem), ("finding", Finding), ("sponsor_request", SponsorRequest)):
        named = ids(getattr(item, f"{kind}_id") for item in items)
        read[kind] = set(model.objects.visible_to(reader).filter(pk__in=named).values_list("pk", flat=True))
    for item in items:
        item.said_lines = said_of(item)
        if item.next_commitment_id not in promises:
            item.next_commitment = None
    return [item for item in items if any(getattr(item, f"{kind}_id") in pks for kind, pks in read.items())]


def readable_promises(reader: User, pks: Iterable[int | None]) -> set[int]:
    shared = Commitment.objects.visible_to(reader).filter(pk__in=ids(pks), private=False)
    open_to_all = shared.filter(review=None) | shared.filter(is_standard())
    return set(open_to_all.values_list("pk", flat=True))


def said_of(item: MeetingItem) -> list[str]:
    """What happened, what was learned, why: a line each."""
    said = [item.happened, item.learned, item.because if item.because != item.happened else ""]
    return [" ".join(words.split())[:SAID] for words in said if words.strip()]


def ids(found: Iterable[int | None]) -> set[int]:
    return {pk for pk in found if pk is not None}
