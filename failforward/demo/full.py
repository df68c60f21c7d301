"""What a full review and a hand-off show besides events: each one's own part, what the customer said, what production
was promised."""

from typing import TYPE_CHECKING

from actions import hand_offs
from failforward.demo.clock import at
from reviews.models import Deal, Debrief, HandOff, OwnPart, Review
from reviews.models.hand_off import Question

if TYPE_CHECKING:
    from failforward.demo.build import Story

# The loss: who, what they did or left undone, whether they share it.
OWN_PARTS = {
    "quillby": [
        ("lena", "I knew their gateway from the site plan and did not ask whether we had tried it.", True),
        ("farid", "I was free that Friday and could have rung them.", False),
    ]
}

# The loss: who noted it, how many days ago, what they said about themselves and about why.
DEBRIEFS = {
    "quillby": (
        "lena",
        16,
        {"who": "Their head of maintenance", "channel": "phone", "candour": 4, "agrees": "partly"},
        [
            "With Plexa the first year cost nothing that I have to ask anybody for.",
            "When your unit would not pair, nobody could tell us when it would.",
        ],
    )
}

# One won deal on its way to production.
HANDED_OVER = "Moisture probes"
SALES, PRODUCTION = "tom", "kerstin"
BEGUN, ACCEPTED, KICK_OFF, DELIVERY = 6, 3, -4, -40
ANSWERS = {
    Question.HANDED_OVER: "An hour together with the offer on the table, then a walk through their dryer hall.",
    Question.SET_UP: "Kerstin has the drawings, the offer and the names of both shift leaders.",
    Question.PREPARED: "They know that the dryer stands still for half a day.",
    Question.INFORMED: "Tom rings after the kick-off, half-way and at the end. All else goes through Kerstin.",
    Question.ONBOARDED: "Tom and Kerstin were there together.",
    Question.EXPECTATIONS: "First readings in the second week, all probes by the fifth.",
}
# Promised, understood, delivered, whether it is as promised.
PROMISES = [
    ("The probes are calibrated for malt and for barley.", "Both, in our own laboratory.", "", ""),
    ("One of us is there for the first night shift.", "A telephone number for the night.", "A number.", "partly"),
]


def all_tell(story: "Story", review: Review, people: tuple[str, ...]) -> None:
    for key in people:
        review.finish_telling(story.people[key])


def tell(story: "Story") -> None:
    for key, parts in OWN_PARTS.items():
        for who, text, shared in parts:
            own_part(story, key, who, text, shared)
    for key, (who, days_ago, said, reasons) in DEBRIEFS.items():
        with at(story.moment(days_ago, 15)):
            today = story.day(days_ago)
            Debrief.add(story.reviews[key], story.people[who], reasons=reasons, today=today, said_on=today, **said)
    hand_over(story)


def own_part(story: "Story", key: str, who: str, text: str, shared: bool) -> None:
    by = story.people[who]
    with at(story.moment(17, 9)):
        part = OwnPart.write(story.reviews[key], by, text)
        if shared:
            part.share(by)


def hand_over(story: "Story") -> None:
    sales, production = story.people[SALES], story.people[PRODUCTION]
    deal = Deal.objects.get(name=HANDED_OVER, owner=sales)
    with at(story.moment(BEGUN)):
        hand_off = HandOff.open(deal, story.people["mara"], sales, production, story.day(BEGUN))
        hand_off.answer(sales, ANSWERS)
        promises = [hand_off.add_promise(sales, promised) for promised, *_rest in PROMISES]
    accepted_at = story.moment(ACCEPTED)
    with at(accepted_at):
        contacts = hand_offs.accept(hand_off, production, story.day(KICK_OFF), story.day(DELIVERY), accepted_at)
    agreed_at = story.moment(ACCEPTED - 1)
    with at(agreed_at):
        for contact in contacts:
            contact.accept(sales, now=agreed_at)
    with at(story.moment(1)):
        for promise, (_promised, understood, delivered, kept) in zip(promises, PROMISES, strict=True):
            promise.note(production, version=1, understood=understood, delivered=delivered, kept=kept)
