"""The status a person means by the first line of an answer, and never more than it says."""

import re
from dataclasses import dataclass
from datetime import date

from actions.inbound.dates import Typed, dates_in
from actions.inbound.first_line import ALMOST, BUT, IF, LATER, NO, clause, first_line, sentence
from actions.inbound.phrases import names
from actions.inbound.retractions import takes_back
from actions.inbound.status_words import DONE, DROPPED, MEANT, MOVED, PARTLY, STUCK, WORD

# What may stand before the word without changing it: "it is", "das habe ich", "c'est", "ya está".
LEAD = names("""
it|it's|its|is|this|that|that's|was|i|i've|ive|have|has|we|we've|been|are|now|just|all|everything|status|so|das|ist|
es|habe|hab|haben|ich|wir|wurde|sind|ist's|alles|schon|bereits|inzwischen|nun|jetzt|c'est|cest|tout|est|j'ai|nous|
avons|on|a|été|ça|cela|maintenant|ya|está|esta|lo|he|hemos|todo|queda|fue|ha|sido|ahora|to|auf|den|dem|zum|am|au|à|le|
la|al|el|para|bis|by
""")
FROM_TO = re.compile(r"(?<![^\W_])(?:from|von|vom|de|du|del|desde)(?![^\W_])")


@dataclass(frozen=True)
class Reading:
    """`status` is one of the five codes, "" when none is read. Ambiguous: a person decides, the rest is a suggestion.

    `why` is a code for that person's page: `empty no_word question negated unsure but two_words future no_date
    no_such_day past two_days taken_back`; "" when it is plain.
    """

    status: str
    on: date | None
    ambiguous: bool
    why: str = ""


def status_of(text: str, today: date, *, day_first: bool | None = None) -> Reading:
    """Reads the first line that the person typed. `today` is theirs; `day_first` their order of 3/4, if known."""
    line = first_line(text)
    if not line:
        return Reading("", None, True, "empty")
    words = list(WORD.finditer(line))
    dates = dates_in(line, today, day_first)
    leading = [found for found in words if leads(line, found, dates)]
    if not leading:
        return Reading("", None, True, "negated" if words and NO.search(line) else "no_word")
    found = leading[0]
    status = MEANT[found[0]]
    on, problem = day_meant(line, dates, today) if status in (MOVED, PARTLY, STUCK) else (None, "")
    reading = judged(line, found, [MEANT[each[0]] for each in words], status, on, problem, dates)
    if not reading.ambiguous and takes_back(text, status):
        return Reading("" if status == DONE else status, on, True, "taken_back")
    return reading


def judged(
    line: str, found: re.Match[str], statuses: list[str], status: str, on: date | None, problem: str, dates: list[Typed]
) -> Reading:
    """Anything in the line that may turn the word's meaning holds it for a person."""
    rest = line[: found.start()] + " " + line[found.end() :]
    if "?" in line:
        return Reading("" if status == DONE else status, on, True, "question")
    if NO.search(sentence(rest if status != DROPPED else "")):
        return Reading("" if status == DONE else status, on, True, "negated")
    if status == DONE and (ALMOST.search(clause(rest)) or IF.search(sentence(rest))):
        return Reading("", None, True, "unsure")
    if status == DONE and is_ahead(line, found, dates):
        return Reading("", None, True, "future")
    if contradicts(statuses, status):
        return Reading(status, on, True, "two_words")
    if status == DONE and BUT.search(rest):
        return Reading(status, None, True, "but")
    if status == MOVED and problem:
        return Reading(status, on, True, problem)
    if problem and problem != "no_date":
        return Reading(status, None, True, problem)
    return Reading(status, on, False)


def leads(line: str, found: re.Match[str], dates: list[Typed]) -> bool:
    """Only words that do not count stand before it, and days: "auf Freitag verschoben"."""
    before = line[: found.start()]
    for each in reversed(dates):
        if each.end <= found.start():
            before = before[: each.start] + " " + before[each.end :]
    return all(word.strip(".,;:!–-()[]#*'\"✅✔☑👍 ") in LEAD | {""} for word in before.split())


def is_ahead(line: str, found: re.Match[str], dates: list[Typed]) -> bool:
    """ "Done by Friday", "tomorrow done": it is not done yet."""
    said = line[: found.end()] + clause(line[found.end() :])
    return LATER.search(said) is not None or any(each.relative and each.end <= len(said) for each in dates)


def contradicts(statuses: list[str], status: str) -> bool:
    """A second status in the line. "Partly, moved the rest to Friday" is partly with a day."""
    others = set(statuses) - {status}
    return bool(others - {MOVED, DONE} if status == PARTLY else others)


def day_meant(line: str, dates: list[Typed], today: date) -> tuple[date | None, str]:
    """The day it moves to, and what is wrong with it."""
    if not dates:
        return None, "no_date"
    if len({each.on for each in dates}) > 1 and not (len(dates) == 2 and FROM_TO.search(line[: dates[0].start])):
        return None, "two_days"
    last = dates[-1]
    if last.on is None:
        return None, "no_such_day"
    if last.on <= today:
        return last.on, "past"
    return last.on, "" if last.sure else "unsure"
