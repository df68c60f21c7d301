"""What comes next, said in the room."""

from actions.leaving.room import Room, Said
from actions.models import Commitment, MeetingItem
from failforward.versions import hold


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
