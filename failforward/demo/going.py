"""How the fixes go, what the sponsor is asked, and which buyers do not move. Days: before today is positive."""

from decimal import Decimal
from typing import TYPE_CHECKING

from actions.models import Update
from actions.models.sponsor_request import SponsorRequest
from failforward.demo import deals
from failforward.demo.clock import at
from reviews.models import Activity, ClientQuestion, Deal

if TYPE_CHECKING:
    from failforward.demo.build import Story

# action, who, days ago, what happened, what it carries
UPDATES = [
    ("gateways", "lena", 14, "Borrowed two of the three from Quillby’s supplier.", {"hill": 1}),
    (
        "gateways",
        "lena",
        9,
        "Paired the first with Farid. The second takes the old firmware.",
        {"question": "Which firmware do the buyers run?", "hill": 2},
    ),
    (
        "gateways",
        "lena",
        2,
        "Rang four plants.",
        {"settles": True, "learned": "Three of four run the old one, and none plans to change this year.", "hill": 4},
    ),
    (
        "call",
        "tom",
        12,
        "Counted the quotes of October again.",
        {
            "measure": "quotes without a call in the first week, of ten",
            "measure_from": Decimal(8),
            "measure_to": Decimal(5),
            "better": "down",
        },
    ),
    ("call", "tom", 5, "Talked it over with Priya and Lena.", {"hill": 5}),
    ("price-words", "tom", 19, "Collected what the four of us say.", {}),
    ("discount", "mara", 6, "Sent the limits to finance once more.", {}),
]

# list, action, who asks, what, days ago, needed in days; the answer: state, words, days ago
REQUESTS = [
    ("quotes", "discount", "mara", "A word with the finance lead, so that the new limits are signed.", 9, 2, None),
    (
        "quotes",
        "",
        "jonas",
        "A second price reader, two hours a week until Easter.",
        20,
        -6,
        ("agreed", "Yes. Karl has the two hours from next week on.", 16),
    ),
]

# Open deals whose buyer has not moved for long, by their place in `deals.OPEN`; of the others the buyer moved of late.
STILL, PARKED = (4, 9), 11


def tell(story: "Story") -> None:
    for key, who, days_ago, text, carried in UPDATES:
        say(story, key, who, days_ago, text, dict(carried))
    for request in REQUESTS:
        ask_sponsor(story, *request)
    for number in range(1, len(deals.OPEN) + 1):
        move(story, number)
    ask_client(story, STILL[1])


def say(story: "Story", key: str, who: str, days_ago: int, text: str, carried: dict) -> None:
    action, moment = story.actions[key], story.moment(days_ago, 14)
    action.refresh_from_db()
    if carried.pop("settles", False):
        carried["settles"] = action.updates.open_questions().get()
    with at(moment):
        Update.write(story.people[who], action, text, now=moment, today=story.day(days_ago), **carried)


def ask_sponsor(story: "Story", owned: str, action: str, who: str, what: str, days_ago: int, ahead: int, given) -> None:
    moment, today = story.moment(days_ago, 11), story.day(days_ago)
    about = story.actions[action] if action else story.lists[owned]
    with at(moment):
        asked = SponsorRequest.ask(story.people[who], about, what, story.day(-ahead), now=moment, today=today)
    if given:
        state, words, answered = given
        moment = story.moment(answered, 17)
        with at(moment):
            asked.give(asked.sponsor, state, words, now=moment, today=story.day(answered))


def move(story: "Story", number: int) -> None:
    deal = open_deal(number)
    opened = (story.today - deal.opened_on).days
    days_ago = min(opened, 17 + number if number in (*STILL, PARKED) else number % 9)
    happened = {"happened_on": story.day(days_ago), "today": story.today}
    Activity.add(deal, deal.owner, direction="in", subject="They asked for a second offer", **happened)
    if number in STILL:
        Activity.add(
            deal, deal.owner, direction="out", subject="Rang and left word", happened_on=story.day(2), today=story.today
        )
    if number == PARKED:
        deal.park(deal.owner, "Their budget is decided in the new year.", story.day(-45), today=story.today)


def ask_client(story: "Story", number: int) -> None:
    deal = open_deal(number)
    ClientQuestion.put(
        deal,
        deal.owner,
        question="What would have to happen on your side for this to go on?",
        whom="the plant manager",
        asked_on=story.day(3),
        today=story.today,
    )


def open_deal(number: int) -> Deal:
    return Deal.objects.select_related("owner").get(external_id=f"open-{number}")
