"""Yes, no, or yes by another day: the answer to what was asked of somebody, in four languages. Never more than it says.

To add a word: its line in `WORDS`, its sentence in the tests.
"""

import re
from dataclasses import dataclass
from datetime import date

from actions.inbound.affirming import affirms
from actions.inbound.date_patterns import WEEKDAY_OF
from actions.inbound.dates import Typed, dates_in
from actions.inbound.first_line import BUT, IF, NO, later_sentences, lines_typed, opening, ungreeted
from actions.inbound.phrases import names
from actions.inbound.retractions import TURNS

ACCEPT, REDATE, DECLINE = "accept", "redate", "decline"
WORDS = {
    ACCEPT: (
        *("yes", "yes please", "yes of course", "yes, of course", "yes sure", "yes, sure", "yep", "yeah", "ok", "okay"),
        *("sure", "accept", "accepted", "i accept", "agreed", "will do", "i will", "i'll do it", "i take it on"),
        *("i'll take it on", "of course", "no problem", "no worries", "happy to", "👍", "✅"),
        *("ja", "ja gerne", "ja, gerne", "gerne", "klar", "in ordnung", "einverstanden", "angenommen", "mache ich"),
        *("ja, mache ich", "mach ich", "übernehme ich", "ich übernehme das", "kein problem", "zugesagt"),
        *("oui", "oui bien sûr", "oui, bien sûr", "d'accord", "oui, d'accord", "accepté", "j'accepte", "entendu"),
        *("je m'en occupe", "oui, je m'en occupe", "pas de problème", "volontiers"),
        *("sí", "si", "sí, claro", "claro", "vale", "de acuerdo", "acepto", "aceptado", "lo hago", "sin problema"),
    ),
    DECLINE: (
        *(
            "no",
            "nope",
            "no thanks",
            "no, thanks",
            "no thank you",
            "decline",
            "declined",
            "i decline",
            "not me",
            "i can't",
        ),
        *("i cannot", "i can't do it", "cannot do it", "sorry, no", "sorry, i can't", "i won't", "not possible"),
        *(
            "nein",
            "nein danke",
            "nein, danke",
            "leider nein",
            "leider nicht",
            "abgelehnt",
            "geht nicht",
            "kann ich nicht",
        ),
        *("ich kann nicht", "ich kann das nicht", "nicht ich", "das geht nicht"),
        *("non", "non merci", "non, merci", "refusé", "je refuse", "je ne peux pas", "pas moi", "impossible"),
        *("no gracias", "no, gracias", "rechazado", "no puedo", "no acepto", "yo no", "imposible"),
    ),
}
MEANT = {word: answer for answer, words in WORDS.items() for word in words}
WORD = re.compile(
    r"(?:" + "|".join(re.escape(word) for word in sorted(MEANT, key=len, reverse=True)) + r")(?![^\W_]|['’-]\w)"
)
# "No idea yet", "Non so": these begin a sentence as well.
BARE = {"no", "non", "nein", "si", "i will", "i won't", "i can't", "i cannot", "no puedo", "je ne peux pas"}
ENDS = re.compile(r"\s*(?:$|[,.;:!–-])")
# Beside a day they change nothing: "Yes, but by Friday", "Freitag geht", "plutôt vendredi".
WITH_A_DAY = names("""
yes|ok|okay|sure|by|on|until|till|before|rather|better|but|only|i|can|could|do|it|will|that|for|me|works|is|fine|please|
not|then|the|ja|gerne|bis|bis zum|zum|am|erst|aber|lieber|besser|ich|kann|es|das|geht|passt|dann|und|den|oui|d'accord|
pour|avant|plutôt|mais|je|peux|le|au|c'est|bon|ça|va|sí|si|vale|para|antes|del|el|mejor|pero|puedo|lo|a|un|de|moved|to
""")
# "By Friday", "bis zum 3. März": what is asked for comes by then.
BY = re.compile(r"(?:by|bis)\s+(?:(?:the|zum|am|den)\s+)?")
ONLY = re.compile(r"(?<![^\W_])only(?![^\W_])")


@dataclass(frozen=True)
class Choice:
    """`answer` is one of the three codes or "". Ambiguous: a person decides, the rest is a suggestion."""

    answer: str
    on: date | None
    ambiguous: bool


UNCLEAR = Choice("", None, True)


def choice_of(text: str, today: date, *, day_first: bool | None = None) -> Choice:
    """Reads the first line that the person typed; what stands below it may only leave it as it is."""
    line = opening(text)
    found = WORD.match(line)
    said = MEANT[found[0]] if found else ""
    if not line or "?" in text[:2_000]:
        return Choice(said, None, True)
    lines = list(lines_typed(text))
    first = next(index for index, typed in enumerate(lines) if ungreeted(typed.casefold()[:400]))
    below = "\n" + "\n".join(lines[first + 1 :])
    turned = NO.search("\n".join(lines[: first + 1]).casefold().partition(line)[0]) is not None
    dates = dates_in(line, today, day_first)
    if dates:
        choice = by_another_day(line, said, dates, today)
        return choice if affirms("yes" + below) and not turned else Choice(choice.answer, choice.on, True)
    rest = line[found.end() :] if found else ""
    if not found or found[0] in BARE and not ENDS.match(rest):
        return UNCLEAR
    if said == DECLINE:
        return Choice(said, None, turned or bool(BUT.search(rest) or IF.search(rest)) or goes_back(text))
    return Choice(said, None, turned or not affirms("yes" + rest + below))


def says_yes_to_a_day(text: str, today: date) -> bool:
    """It begins with a yes, or with "by" and the day, and limits neither. "Rather on Friday" is no yes yet."""
    line = opening(text)
    if BUT.search(line) or ONLY.search(line):
        return False
    found, by = WORD.match(line), BY.match(line)
    if found:
        return MEANT[found[0]] == ACCEPT
    next_word = line[by.end() :].split(maxsplit=1)[:1] if by else []
    starts = [each.start for each in dates_in(line, today)]
    return by is not None and (by.end() in starts or any(word.strip(".,") in WEEKDAY_OF for word in next_word))


def goes_back(text: str) -> bool:
    """A no may have any reason, but no condition and no yes below it."""
    for sentence in later_sentences(text):
        again = WORD.match(sentence)
        is_yes = again and MEANT[again[0]] == ACCEPT and (again[0] not in BARE or ENDS.match(sentence[again.end() :]))
        if is_yes or TURNS.match(sentence):
            return True
    return False


def by_another_day(line: str, said: str, dates: list[Typed], today: date) -> Choice:
    """The day and words that go with it; a longer sentence may speak of the day in another way."""
    day = dates[-1]
    beside = line
    for each in reversed(dates):
        beside = beside[: each.start] + " " + beside[each.end :]
    words = [word.strip(".,;:!–-()\"'👍✅") for word in beside.split()]
    plain = all(word in WITH_A_DAY or word in WEEKDAY_OF or not word for word in words)
    sure = len({each.on for each in dates}) == 1 and day.on is not None and day.on >= today and day.sure
    return Choice(REDATE, day.on, said == DECLINE or not plain or not sure or "not" in words)
