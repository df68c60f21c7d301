"""What was looked back on, what came to light, how it was read, and what was made of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Event:
    """`readings` are (who, category, verdict, reason), in the order they came. Days count back from the loss."""

    what: str
    days_before: int | None
    by: str
    role: str = ""
    source: str = ""
    readings: tuple = ()
    finding: str = ""
    omission: bool = False
    interpretation: str = ""
    until_days_before: int | None = None
    anonymous: bool = False
    # Would we have won without it, and how sure are we?
    without: tuple = ("", "")


@dataclass(frozen=True)
class Story:
    """A review: how many days ago it was taken up, by whom, with whom, and what became of it."""

    loss: str
    days_ago: int
    opener: str
    people: tuple
    events: tuple = ()
    lesson: str = ""
    closed_days_ago: int | None = None
    depth: str = "quick"
    decided: dict = field(default_factory=dict)


def both(first: str, second: str, category: str, verdict: str, one: str = "", two: str = "") -> tuple:
    return ((first, category, verdict, one), (second, category, verdict, two))


# key: (title, category, team)
FINDINGS = {
    "visit-notes": ("Site-visit notes do not reach the quote", "procedures_ignored", "north"),
    "week-after": ("Nobody is down for the week after a quote", "planning", "north"),
    "gateway": ("Demo units are not tested with the buyer’s gateway", "technology", "north"),
    "who-decides": ("We learn too late who decides", "customer_knowledge", "north"),
    "rental": ("We have no answer to rental offers", "competitor_knowledge", "north"),
    "discount": ("A discount waits a week for a decision", "leadership", "north"),
    "sizing": ("Only one person can size a furnace", "understaffed", "north"),
    "south-pilot": ("There is no unit to lend for a pilot", "budget", "south"),
}

STORIES = [
    Story(
        "quillby",
        18,
        "mara",
        ("lena", "mara", "farid"),
        (
            Event(
                "The quote went out on a Friday. The first call after it was nineteen days later, and they rang us.",
                31,
                "lena",
                "contributed",
                "from the CRM",
                both("mara", "farid", "planning", "systemic", "Nobody puts a call in the calendar.", "Seen before."),
                "week-after",
                omission=True,
                without=("perhaps", "guess"),
            ),
            Event(
                "The demo unit would not pair with their gateway. We had never tried that model.",
                24,
                "lena",
                "caused",
                "Lena, in the room",
                both("mara", "farid", "technology", "systemic", "It will happen with the next model too."),
                "gateway",
                without=("yes", "likely"),
            ),
            Event(
                "Plexa offered the first year as a rental. We heard of it in the meeting where they decided.",
                6,
                "lena",
                "contributed",
                "their purchasing",
                (
                    ("mara", "competitor_knowledge", "systemic", "It stands on their web page."),
                    ("farid", "judgment", "systemic", "We knew that they rent, and did not believe it counts."),
                ),
                "rental",
                without=("perhaps", "likely"),
            ),
            Event(
                "Snow closed the road on the day of our rehearsal. We rehearsed by phone instead.",
                9,
                "mara",
                "unrelated",
                "Mara",
                both("mara", "farid", "planning", "one_off", "Once in five years."),
                without=("no", "sure"),
            ),
        ),
        decided={2: ("mara", "competitor_knowledge", "systemic", "We had not read their offer.", "Farid sees a call.")},
        lesson="Try the buyer’s own gateway before anybody travels.",
        depth="full",
    ),
    Story(
        "brackwater",
        33,
        "mara",
        ("tom", "mara", "farid"),
        (
            Event(
                "They asked for a discount of four percent. Our answer came eight days later, Orrin’s the same day.",
                12,
                "tom",
                "caused",
                "mails with their buyer",
                both("mara", "farid", "leadership", "systemic", "It waited for a signature.", "Third time this year."),
                "discount",
            ),
            Event(
                "Nobody asked who cleans the tank. The cleaning crew could not open our housing.",
                40,
                "tom",
                "contributed",
                "site visit",
                both("mara", "farid", "customer_knowledge", "systemic"),
                "who-decides",
            ),
        ),
        lesson="Ask who cleans the tank.",
        closed_days_ago=19,
    ),
    Story(
        "tallow",
        46,
        "mara",
        ("ines", "mara", "farid"),
        (
            Event(
                "The quote named the standard bracket. The visit sheet says stainless.",
                21,
                "ines",
                "caused",
                "the quote and the visit sheet",
                both("mara", "farid", "procedures_ignored", "systemic", "There is a sheet; it was not opened."),
                "visit-notes",
            ),
            Event(
                "Plexa’s founder went to school with their plant manager.",
                None,
                "ines",
                "contributed",
                "their purchasing",
                both("mara", "farid", "competitor_knowledge", "one_off", "Nothing that we could change."),
            ),
        ),
        lesson="Quote from the sheet, not from memory.",
        closed_days_ago=31,
    ),
    Story(
        "norrvik",
        54,
        "mara",
        ("tom", "mara", "farid"),
        (
            Event(
                "Eighteen days without a word from us while they compared three offers.",
                35,
                "tom",
                "contributed",
                "from the CRM",
                both("mara", "farid", "planning", "systemic"),
                "week-after",
                omission=True,
                until_days_before=17,
            ),
            Event(
                "The board had to agree. We had talked to the plant only.",
                8,
                "tom",
                "caused",
                "their plant manager",
                both("mara", "farid", "customer_knowledge", "systemic", "Nothing in our steps asks who signs."),
                "who-decides",
            ),
        ),
        lesson="Who signs? Ask in the first meeting.",
        closed_days_ago=40,
    ),
    Story(
        "castell",
        68,
        "mara",
        ("lena", "mara", "farid"),
        (
            Event(
                "The only one of us who can size a kiln was away. They waited sixteen days for a number.",
                33,
                "lena",
                "caused",
                "Lena",
                both("mara", "farid", "understaffed", "systemic", "One pair of hands."),
                "sizing",
            ),
            Event(
                "The site notes said three burners. The quote was for two.",
                19,
                "lena",
                "contributed",
                "the quote",
                both("mara", "farid", "procedures_ignored", "systemic"),
                "visit-notes",
            ),
        ),
        lesson="Two people for every number that a quote hangs on.",
        closed_days_ago=50,
    ),
    Story(
        "aldersund",
        6,
        "mara",
        ("ines", "mara", "farid"),
        (
            Event(
                "The plant engineer asked for the stainless bracket. The quote of the week after has the standard one.",
                83,
                "ines",
                "caused",
                "site visit",
                both("mara", "farid", "procedures_ignored", "systemic", "There is a way, it was not taken."),
                "visit-notes",
            ),
            Event(
                "Eleven days without a word from us after the quote.",
                56,
                "ines",
                "contributed",
                "from the CRM",
                both("mara", "farid", "planning", "systemic"),
                "week-after",
                omission=True,
                until_days_before=45,
            ),
            Event(
                "Orrin bought the firm that calibrates their line.",
                15,
                "ines",
                "contributed",
                "trade press",
                both("mara", "farid", "competitor_knowledge", "one_off", "It happens once."),
            ),
            Event(
                "The demo unit lost its connection twice in front of the plant manager.",
                34,
                "ines",
                "contributed",
                "Ines, in the room",
                (("mara", "technology", "systemic", "The firmware is two versions old."),),
            ),
            Event(
                "The second price was sent without anybody else having read it.",
                22,
                "ines",
                anonymous=True,
            ),
        ),
    ),
    Story(
        "veldt",
        8,
        "mara",
        ("tom", "mara", "farid"),
        (
            Event(
                "We never learned who in their IT decides about gateways. Their answers came from purchasing only.",
                28,
                "tom",
                "caused",
                "Tom",
                (
                    ("mara", "customer_knowledge", "systemic", "We did not know their people."),
                    ("farid", "planning", "one_off", "The person was on leave that month."),
                ),
            ),
            Event(
                "Their purchasing asked for references from another pump maker. We sent them two dairies.",
                11,
                "tom",
                "contributed",
                "Tom",
                (("mara", "customer_knowledge", "systemic", "We answered what we had, not what they asked."),),
            ),
            Event(
                "The demo was moved twice, both times by us.",
                19,
                "tom",
                "contributed",
                "from the CRM",
                (("farid", "planning", "systemic", "Two demos in one week."),),
            ),
        ),
    ),
    Story(
        "sorbo",
        26,
        "mara",
        ("jonas", "mara", "farid"),
        (
            Event(
                "We quoted probes that must be cleaned weekly. They had told us that nobody goes down in winter.",
                25,
                "jonas",
                "caused",
                "notes of the first call",
                (("mara", "judgment", "unsure", "Was it known to whoever wrote the quote?"),),
            ),
            Event(
                "Plexa’s price was a third lower. Nobody here had seen their new list.",
                7,
                "jonas",
                "contributed",
                "their site manager",
                (("mara", "competitor_knowledge", "systemic", "Their list is public."),),
            ),
        ),
    ),
    Story(
        "balt",
        30,
        "rasmus",
        ("elif", "rasmus"),
        (
            Event(
                "They asked for a two-week pilot. We had no unit to lend.",
                46,
                "elif",
                "caused",
                "their yard manager",
                (("rasmus", "budget", "systemic", "We decline a pilot every month."),),
                "south-pilot",
            ),
            Event(
                "Our drawing had the old hull number on it.",
                20,
                "elif",
                "unrelated",
                "Elif",
                (("rasmus", "procedures_ignored", "one_off", "A slip."),),
            ),
        ),
    ),
    Story("lumen", 4, "rasmus", ("noor", "rasmus"), ()),
]

# A definition that was put more clearly: category, who, how many days ago, the new words of it, why.
REVISED = (
    "planning",
    "ada",
    20,
    {
        "does_not_count": "a booked call that was not made (procedures not followed); nobody free to make it "
        "(too few people).",
    },
    "Two of us took “nobody was free” for planning.",
)

# Losses that nobody looks back on, and why.
WAIVED = {"fenwick": ("mara", "They stopped the whole project; their site is for sale.")}
