"""A list that met last week and meets today: the minutes of the one, the lobby of the other."""

from datetime import timedelta
from typing import TYPE_CHECKING

from actions.models import Commitment, Meeting, MeetingItem, MeetingSeries, Parked
from actions.models.invitee import INVITATION
from actions.models.meeting_state import Heading, Left
from failforward.demo.asked import hand_over
from failforward.demo.clock import at
from failforward.outbox.models import Mail

if TYPE_CHECKING:
    from failforward.demo.build import Story

LIST, CHAIR, ABSENT = "quotes", "jonas", "tom"
HAPPENED = "It is done, and we looked at it together."
LEARNED = "What takes an hour together takes a week by mail."
PARKED = "Who tells marketing when a price changes?"


def meet(story: "Story") -> None:
    """The meetings of the list began two weeks ago, so that the next one is planned by closing the last."""
    owned, chair = story.lists[LIST], story.people[CHAIR]
    began, last = story.moment(14, 9), story.moment(7, 15)
    with at(began):
        MeetingSeries.plan(chair, owned, now=began, starts_on=story.day(7))
        meeting = Meeting.objects.select_related("action_list__owner", "chair").get(action_list=owned)
    for invitation in Mail.objects.filter(kind=INVITATION):
        hand_over(invitation, began)
    with at(last):
        present = [person.pk for person in meeting.expected() if person != story.people[ABSENT]]
        meeting.begin(chair, present, now=last)
        Parked.park(meeting, story.people["ines"], PARKED, now=last)
    end = last + timedelta(minutes=26)
    with at(end):
        kept = talk_about(story, meeting)
        meeting.be_closed(chair, end, promises_kept=kept, milestones_reached=1)


def talk_about(story: "Story", meeting: Meeting) -> int:
    """What was promised on the list before that day: what was kept by then is done, the rest was left for later."""
    known = Commitment.objects.filter(action_list=meeting.action_list, agreed_on__lt=story.day(7)).order_by(
        "due_on", "pk"
    )
    kept = 0
    for place, promise in enumerate(known.select_related("person"), 1):
        done = promise.kept_on is not None and promise.kept_on <= story.day(7)
        kept += done
        said = {"happened": HAPPENED, "learned": LEARNED} if done else {"because": "We hear of it next week."}
        MeetingItem.objects.create(
            meeting=meeting,
            commitment=promise,
            heading=Heading.ANSWERS if done else Heading.DUE,
            position=place,
            title=promise.what,
            person=promise.person,
            due_on=promise.first_due_on,
            left_as=Left.DONE if done else Left.PARKED,
            left_by=meeting.chair,
            left_at=meeting.started_at + timedelta(minutes=2 * place),
            **said,
        )
    return kept
