"""Why something happened, whether wins had it too, and a win that was looked back on for its near miss."""

from typing import TYPE_CHECKING

from failforward.demo import looking_back
from failforward.demo.clock import at
from reviews import coding
from reviews.models import Comparison, Deal, FailureEvent, Review, Why

if TYPE_CHECKING:
    from failforward.demo.build import Story

# The event that is looked into, by its words, and by whom.
LOSS, WORDS, WHO = "quillby", "The demo unit would not pair", "lena"
# Of which wins somebody said that they are alike, and whether it was there too.
COMPARED = [
    ("Hallmark Bricks", "yes"),
    ("Östra Steel", "no"),
    ("Ostwick Linen", "no"),
    ("Kettleby Mills", "unknown"),
]
# Each under the one whose key it names. What shows it; without that it is assumed.
WHYS = [
    ("gateway", "", "We had never tried this gateway.", "The test log of the unit names two others.", False),
    ("asked", "gateway", "Nobody asked what the customer runs.", "", True),
    ("sheet", "asked", "The visit sheet has no line for it.", "The sheet, both pages.", False),
    ("bench", "gateway", "Our bench has gateways of one maker only.", "Kerstin’s list of the bench.", False),
]
ESCAPED = "Demo units leave without a rehearsal at the customer’s site."

WON, NEAR_MISS = (
    "Hallmark Bricks",
    "The same gateway stopped twice during the trial. Their electrician knew how to restart it.",
)


def look_into(story: "Story") -> None:
    by = story.people[WHO]
    event = FailureEvent.objects.get(review=story.reviews[LOSS], what__startswith=WORDS)
    with at(story.moment(15, 14)) as now:
        for customer, present in COMPARED:
            Comparison.say(event, win_of(customer), story.people["mara"], present, now)
        said: dict[str, Why | None] = {"": None}
        for key, above, text, evidence, ends_in_person in WHYS:
            said[key] = why(event, by, text, evidence, parent=said[above], ends_in_person=ends_in_person)
        why(event, by, ESCAPED, "", kind="escape")
    look_back_on_a_win(story)


def why(event: FailureEvent, by, text: str, evidence: str, ends_in_person: bool = False, **where) -> Why:
    said = {"text": text, "evidence": evidence, "assumed": not evidence, "ends_in_person": ends_in_person}
    return Why.answer(event, by, **said, **where)


def look_back_on_a_win(story: "Story") -> None:
    mara, lena = story.people["mara"], story.people["lena"]
    with at(story.moment(14, 11)):
        review = Review.open_win(win_of(WON), mara, today=story.day(14))
        event = review.add_event(lena, NEAR_MISS, happened_on=story.day(70), source="Lena")
        event.judge(mara, "contributed", without_it="perhaps", confidence="likely")
    with at(story.moment(13, 15)) as now:
        for reader in (mara, lena):
            coding.submit(event, reader, "technology", "systemic", now=now)
        event.refresh_from_db()
        looking_back.finding(story, "gateway", mara).take(event, mara)


def win_of(customer: str) -> Deal:
    return Deal.objects.filter(account__name=customer, outcome="won").order_by("-sort_on").first()
