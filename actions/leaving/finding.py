"""What is not promised by anybody here: a finding, and what the sponsor is asked."""

from django.utils.translation import gettext as _

from actions.leaving.following import name_next
from actions.leaving.room import Room, Said
from actions.models import Commitment, MeetingItem, SponsorRequest
from actions.models.meeting_state import Left
from actions.models.sponsor_request import State as Sponsored
from failforward.guards import Refused
from reviews.models import Finding


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
