"""The absence that an out-of-office note offers: asked back, never entered by itself."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from actions.inbound.answers import reply_text
from actions.inbound.dates import Typed, dates_in
from actions.inbound.decoding import Unreadable, header, opened
from actions.inbound.first_line import first_line
from actions.inbound.kinds import AUTO_REPLY, kind_of
from actions.inbound.own_note import AWAY, is_own_note
from actions.inbound.status_words import WORD
from actions.inbound.statuses import leads

FARTHEST = timedelta(400)
READ = 1_500
# What stands right before the last day away, and right before the first day back.
UNTIL = re.compile(
    r"(?:until|till|til|through|up to|thru|bis(?: einschließlich| inklusive| inkl\.?| zum| zu| einschl\.)?|"
    r"jusqu['’]au|jusqu['’]à|hasta(?: el)?|fino al|tot(?: en met)?|até)(?: and including| the| den|"
    r" dem)?[\s,:]{1,3}$"
)
BACK = re.compile(
    r"(?:(?:back|return\w*|available again|reachable again)(?: (?:in|to|at) (?:the|"
    r"my) office)?(?: again)?(?: on| from)?|(?:wieder|zurück)(?: (?:im büro|da|erreichbar|zurück|"
    r"im haus))?(?: ab)?|ab|ab dem|von retour|de retour(?: au bureau)?|reviens|à partir du|rentre|de vuelta|"
    r"vuelvo|regreso|de regreso|rientro|terug)(?: the| dem| den| am| le| el| il| op| on)?[\s,:]{1,3}$"
)
BACK_AFTER = re.compile(r"\s{0,2}(?:wieder|zurück|bin ich (?:wieder|zurück))")


@dataclass(frozen=True)
class Absence:
    """`until` is the last day away, None when the note names none that makes sense."""

    until: date | None


def absence_of(raw: bytes, today: date, *, day_first: bool | None = None) -> Absence | None:
    """From an automatic reply; None for anything else."""
    try:
        message = opened(raw)
        if kind_of(message) != AUTO_REPLY:
            return None
        text = f"{header(message, 'Subject')}\n{reply_text(raw)}"
    except Unreadable:
        return None
    until = last_day(text, today, day_first)
    return Absence(until) if until or AWAY.search(text[:READ].casefold()) else None


def absence_in(text: str, today: date, *, day_first: bool | None = None) -> Absence | None:
    """From what a person wrote without any header saying so. A text that begins with a status is an answer, and so is
    one that speaks of somebody else or says more than that they are away."""
    line = first_line(text)
    if any(leads(line, found, []) for found in WORD.finditer(line)) or not is_own_note(text, today, day_first):
        return None
    return Absence(last_day(text, today, day_first))


def last_day(text: str, today: date, day_first: bool | None) -> date | None:
    for line in re.split(r"\n|(?<=[a-z)])[.!]\s", text[:READ]):
        line = " ".join(line.split())[:500].casefold()
        for each in dates_in(line, today, day_first):
            on = day_away(line, each)
            if on and today <= on <= today + FARTHEST:
                return on
    return None


def day_away(line: str, typed: Typed) -> date | None:
    if typed.on is None:
        return None
    before = line[max(0, typed.start - 60) : typed.start]
    if UNTIL.search(before):
        return typed.on
    if BACK.search(before) or BACK_AFTER.match(line[typed.end : typed.end + 40]):
        return typed.on - timedelta(1)
    return None
