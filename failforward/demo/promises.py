"""What was promised, and what came of it. Days: before today is positive, ahead of it negative."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    days_ago: int
    status: str
    outcome: str
    learned: str = ""
    might_change: str = ""
    next_what: str = ""
    next_with: str = ""
    next_days_ago: int | None = None
    new_days_ago: int | None = None
    reason: str = ""
    evidence: str = ""
    reply: str = ""
    reply_text: str = ""


@dataclass(frozen=True)
class Promise:
    """`asked_now` ones are asked the moment the demo starts: they wait in the mailbox."""

    person: str
    asker: str
    what: str
    title: str
    outcome: str
    where: str
    agreed_days_ago: int
    due_days_ago: int
    with_whom: str = ""
    action: str = ""
    milestone: int | None = None
    review: str = ""
    talk: str = ""
    answer: Answer | None = None
    asked_now: bool = False
    requested: bool = False
    private: bool = False
    partner: str = ""
    silent: bool = False


# key: (name, team, owner, sponsor, people, buy-in)


PROMISES = [
    # Asked the moment the demo starts.
    Promise(
        "ines",
        "jonas",
        "Try the site-visit sheet with the next two quotes, so that we see what is missing on it.",
        "The sheet, two quotes",
        "every quote starts from the sheet",
        "the meeting",
        7,
        0,
        action="sheet",
        asked_now=True,
    ),
    Promise(
        "lena",
        "mara",
        "Pair the demo unit with the third gateway, so that no demo fails on pairing again.",
        "Demo unit and gateways",
        "no demo fails on pairing",
        "the meeting",
        7,
        0,
        "Farid",
        action="gateways",
        asked_now=True,
    ),
    Promise(
        "tom",
        "mara",
        "Ask our contact in their plant who decides about gateways.",
        "Who decides about gateways",
        "we know the name before the next quote",
        "the review",
        6,
        0,
        review="veldt",
        asked_now=True,
    ),
    Promise(
        "mara",
        "jonas",
        "Bring the new discount limits to Sofia for signature.",
        "Discount limits",
        "no offer waits for a signature",
        "the meeting",
        7,
        0,
        "Sofia Berg",
        action="discount",
        asked_now=True,
    ),
    Promise(
        "jonas",
        "mara",
        "Collect what the three reps say about the call on day three.",
        "What the reps say",
        "we keep it or change it",
        "the corridor, Monday",
        4,
        0,
        action="call",
        asked_now=True,
    ),
    # Asked and reminded, and not answered yet.
    Promise(
        "priya",
        "jonas",
        "Book the call on day three for every quote of this week.",
        "Calls booked",
        "nobody has to remember it",
        "the meeting",
        9,
        4,
        action="call",
        silent=True,
    ),
    # Answered before.
    Promise(
        "priya",
        "mara",
        "Ring the nine addresses that bounced in November.",
        "Nine addresses",
        "nobody is written to at a dead address",
        "the meeting",
        8,
        1,
        answer=Answer(
            1,
            "done",
            "Rang all nine. Six are right now, two people have left, one asked us not to write again, so I noted that.",
        ),
        action="call",
    ),
    Promise(
        "tom",
        "jonas",
        "Try the call on day three with your next three quotes.",
        "The call on day three",
        "we see whether it can be done",
        "the meeting",
        15,
        2,
        action="call",
        answer=Answer(
            1,
            "partly",
            "Two of three. The third quote went out while I was travelling.",
            "It needs somebody who books it, not somebody who remembers.",
            new_days_ago=-5,
            next_what="Look at the first ten calls together",
            next_with="Priya",
            next_days_ago=-6,
        ),
    ),
    Promise(
        "lena",
        "mara",
        "Ask their IT which gateways they have in the other two plants.",
        "Gateways in the other plants",
        "we test what they have",
        "the review",
        9,
        1,
        review="quillby",
        answer=Answer(0, "stuck", "Their IT answers nobody but purchasing. Who do we know there?", ""),
    ),
    Promise(
        "ines",
        "jonas",
        "Agree on one site-visit sheet with Tom and Lena.",
        "One sheet",
        "every quote starts from the sheet",
        "the meeting",
        38,
        31,
        "Tom, Lena",
        action="sheet",
        milestone=0,
        answer=Answer(
            31,
            "done",
            "We have one. It fits on a page, and the bracket is on it.",
            "Nobody had read the old one to its end.",
            evidence="The sheet, version 1, with three names under it",
            reply="thanks",
            reply_text="This is the one that cost us Tallow & Pine. Thank you.",
        ),
    ),
    Promise(
        "lena",
        "mara",
        "Spend two days with Farid on sizing kilns.",
        "Two days on kilns",
        "a second person can do it",
        "the meeting",
        44,
        36,
        "Farid",
        action="sizing",
        answer=Answer(36, "done", "Done, and I want a third day on burners.", reply="help"),
    ),
    Promise(
        "jonas",
        "mara",
        "Read Plexa’s rental terms.",
        "Rental terms",
        "we know what we are up against",
        "the review",
        19,
        14,
        review="quillby",
        answer=Answer(
            14,
            "moved",
            "Half read.",
            new_days_ago=-8,
            reason="Their new terms come out next week.",
            reply="thanks",
        ),
    ),
    # Agreed in a coaching talk.
    Promise(
        "ines",
        "mara",
        "Begin the next two first calls with three questions, before a word about loggers.",
        "Three questions first",
        "we hear what it costs them",
        "",
        9,
        3,
        talk="first-call",
        answer=Answer(
            3,
            "done",
            "Both calls. The second one talked for half an hour without a break.",
            "When I wait after a question, the real answer comes second.",
            "Our call sheet begins with the product. It could begin with three questions.",
            reply="thanks",
        ),
    ),
    Promise(
        "ines",
        "mara",
        "Let Tom sit in on a first call and count who speaks how long.",
        "Who speaks how long",
        "I see it from outside",
        "",
        9,
        -6,
        "Tom",
        talk="first-call",
    ),
    # Ahead, asked for, and one's own.
    Promise(
        "ines",
        "mara",
        "Walk Lena through the stainless parts list.",
        "Stainless parts",
        "the right bracket is quoted",
        "the review",
        3,
        -5,
        "Lena",
        review="aldersund",
    ),
    Promise(
        "tom",
        "jonas",
        "Put the field “who signs” into the CRM test system.",
        "The field “who signs”",
        "it is filled before a quote",
        "",
        2,
        -4,
        requested=True,
    ),
    Promise(
        "ines",
        "",
        "Ring one customer a week just to ask how it runs.",
        "One call a week",
        "I hear of trouble before they leave",
        "",
        5,
        -2,
        private=True,
        partner="farid",
    ),
    Promise(
        "elif",
        "rasmus",
        "Get an offer for two units to lend.",
        "Two units to lend",
        "the next pilot does not fail on a unit",
        "the phone",
        6,
        -3,
        action="pilot",
    ),
]
