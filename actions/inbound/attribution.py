"""Lines in which a mail program says who wrote what follows: "On …, Ann wrote:", in any of its shapes.

All patterns look at one line or at a few joined ones of at most `LONGEST` characters.
"""

import re

from actions.inbound.folded_dates import lacks_a_part, only_a_date
from actions.inbound.phrases import (
    BEGIN_FORWARDED,
    FOLLOWING,
    MONTHS,
    ON,
    ORIGINAL,
    WEEKDAYS,
    WROTE,
    WROTE_UNSPACED,
    fold,
    pattern,
    words,
)

LONGEST = 420
MOST_LINES = 5

EMAIL = re.compile(r"[^\s<>@\"']{1,64}@[^\s<>@\"]{2,120}")
TIME = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}(?!\d)|\d{1,2}\s?[ap]\.?m\b")
NUMBERS = re.compile(r"\d+")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
MONTH = pattern(r"(?<!\w)", MONTHS, r"(?!\w)")
WEEKDAY = pattern(r"(?<!\w)", WEEKDAYS, r"(?!\w)")
VERB = re.compile(rf"(?<![^\W\d_])(?:{words(WROTE)})(?![^\W\d_])|{words(WROTE_UNSPACED)}")
VERB_LAST = re.compile(rf"(?:(?<![^\W\d_])(?:{words(WROTE)})|{words(WROTE_UNSPACED)})[\s)\]]*$")
# "… het volgende:" behind the name.
AND_THIS = pattern(r"\s", FOLLOWING, r"$")
DATED = re.compile(
    rf"\W{{0,4}}(?:(?:{words(ON)})[\s,.]{{1,3}}(?=.{{0,45}}\d)|(?:{words(WEEKDAYS)})[.,]{{0,2}}\s(?=.{{0,40}}\d)|"
    rf"\d{{1,4}}(?!\d)"
    rf"|[^\W\d_]{{1,14}}[.,]{{0,2}}\s{{1,2}}\d|在|於|于|ב-\d)"
)
QUOTING = re.compile(r"(?:quoting|zitat von|zitiere|citando|citation de|quoth|citat från|cytowanie)\s.{1,160}:?$")
ORIGINAL_WORDS = pattern("", ORIGINAL)
SEPARATOR = re.compile(
    r"[\s>*]{0,6}[-‐_=~–—*#]{1,60}\s{0,3}(?P<words>[^-‐_=~*#][^\n]{2,60}?)\s{0,3}[-‐_=~–—*#:]{0,60}[\s*]{0,3}$"
)
FORWARDED = pattern(r"^\W{0,6}", BEGIN_FORWARDED, r"\s{0,2}[:：]?\W{0,4}$")
GROUPWISE = re.compile(r"\s{0,3}>>>\s[^>\s][^\n]{8,300}\s>>>\s{0,3}$")
DAVID = re.compile(r"^original(?:nachricht| message) (?:processed|bearbeitet|verarbeitet) (?:by|durch|von) david")
# Dashes around words of a language we do not know.
WRAPPED = re.compile(
    r"[\s*]{0,4}(?P<mark>-{3}|={3}|_{3}|\*{3})[-=_*]{0,60}\s{0,3}[^\W\d_][^\n]{2,50}?[^\W_:]\s{0,3}(?P=mark)[-=_*]{0,60}\s{0,3}$"
)
LINK = re.compile(r"<?\(?(?:https?://|mailto:)[^\s<>]{1,2000}>?\)?")
# Where an attribution may begin in the middle of a line whose line ends were lost.
INLINE = re.compile(
    rf"(?<=\S)\s{{1,4}}(?=(?:on|am|le|el|il|em|op|den|dnia)\s(?:(?:{words(WEEKDAYS)})[.,]?\s)?(?:\d|"
    rf"(?:{words(MONTHS)})\b))"
)


def plain(line: str) -> str:
    """Lower case, without what decorates a line: dashes around Zoho's, markdown's stars, marks of direction."""
    line = LINK.sub(" ", line) if "://" in line or "mailto:" in line else line
    line = line.replace("\u200e", "").replace("\u200f", "").replace("\xa0", " ").strip(" \t-–—*_\u200b\ufeff")
    return fold(line)


def separator(line: str) -> bool:
    """ "-----Original Message-----", "Begin forwarded message:"."""
    if len(line) > 140:
        return False
    low = fold(line)
    if FORWARDED.match(low) or DAVID.match(low):
        return True
    found = SEPARATOR.match(low)
    return (
        bool(found)
        and ORIGINAL_WORDS.match(found["words"].strip()) is not None
        and sum(low.count(dash) for dash in "-‐_=*—–") >= 2
    )


def bare_separator(line: str) -> bool:
    """ "Original Message" without its dashes: only with a quote or a header block below it."""
    return len(line) < 60 and ORIGINAL_WORDS.fullmatch(fold(line).strip(" \t*_:")) is not None


def groupwise(line: str) -> bool:
    """ ">>> Ann Baker <ann@example.org> 5/5/2026 9:14 AM >>>": what follows it is quoted without marks."""
    return len(line) < LONGEST and GROUPWISE.match(line) is not None and TIME.search(line) is not None


def wrapped(line: str) -> bool:
    """A separator by its looks; only what stands below it proves it one."""
    return len(line) < 120 and WRAPPED.match(line) is not None


def may_end(line: str, quoted_next: bool) -> bool:
    """A cheap look before spans are tried: an attribution ends in a colon, a verb or, above a quote, an address."""
    bare = line.rstrip(" \t-–—*_\u200b\xa0\u200e")
    if not bare or len(bare) > LONGEST:
        return False
    return bare[-1] in ":：" or quoted_next and bare[-1] in ">)]" or VERB_LAST.search(fold(bare[-40:])) is not None


def span(lines: list[str], quoted_next: bool) -> int:
    """How many of `lines`, counted from the last, are one attribution; 0 when none.

    The shortest that begins with a date or its preposition wins, else the shortest that begins with a name and address,
    else, above a quote, "Ann wrote:" or a bare date and time in a language we do not know.
    """
    end = len(lines) - 1
    if not may_end(lines[end], quoted_next):
        return 0
    undated = unknown = 0
    joined = ""
    for count in range(1, MOST_LINES + 1):
        first = end - count + 1
        if first < 0 or not lines[first].strip() or len(joined) > LONGEST or count > 1 and is_sentence(lines[first]):
            break
        joined = f"{lines[first].strip()} {joined}".strip()
        text = plain(joined)
        if DATED.match(text):
            if says_who(text, quoted_next):
                return count + folded_above(lines[:first], text, quoted_next)
            if not unknown and quoted_next and says_when(text):
                unknown = count
        elif named(text, quoted_next and count == 1):
            if EMAIL.search(text):
                undated = undated or count
            elif not unknown or VERB.search(text):
                unknown = count
    return undated or unknown


def is_sentence(line: str) -> bool:
    return line.rstrip()[-1:] in "?!"


def folded_above(lines: list[str], text: str, quoted_next: bool) -> int:
    """How many of the last of `lines` belong to an attribution whose `text` begins in the middle of its date."""
    count = 0
    while lines and count < MOST_LINES - 1 and lacks_a_part(text) and len(text) < LONGEST:
        above = plain(lines[-1].strip())
        text = f"{above} {text}"
        begins = only_a_date(above) and DATED.match(text) or EMAIL.search(above) and named(text, quoted_next)
        if not above or not begins:
            break
        lines, count = lines[:-1], count + 1
    return count


def says_who(text: str, quoted_next: bool) -> bool:
    """`text` begins like a date. It needs proof beyond its verb: an address, a time or a whole date."""
    if len(text) > LONGEST:
        return False
    ends = text[-1] in ":："
    bare = AND_THIS.sub("", text.rstrip(" :：-–—*_"))
    address = EMAIL.search(bare) is not None
    clock = TIME.search(bare) is not None
    day = len(NUMBERS.findall(bare[:80])) >= 2 or (MONTH.search(bare) is not None and NUMBERS.search(bare) is not None)
    if VERB_LAST.search(bare[-60:]):
        return (day or clock or address) and (ends or address or clock or quoted_next)
    verb = VERB.search(bare)
    if verb and ends and (day or clock):
        # "Am 5. Mai um 9:14 schrieb Jonas Weil:": who it was may stand behind the verb without an address.
        few = len(bare[verb.end() :].split()) <= 6
        return address or quoted_next or few and day and (clock or whole_date(bare[: verb.start()]))
    # "5 May 2026, 09:14 by ann@north.example:": the address is all there is.
    bracketed = bare[-1] in ">)]" or ends and day and clock and len(bare.split()) <= 9
    return EMAIL.search(bare[-130:]) is not None and bracketed and (day or clock) and (ends or quoted_next)


def whole_date(text: str) -> bool:
    """With its day of the week, as only programs write it: "Donnerstag, 5. Mai 2026"."""
    spoken = MONTH.search(text) is not None and len(NUMBERS.findall(text)) >= 2
    return spoken and YEAR.search(text) is not None and WEEKDAY.search(text) is not None


def says_when(text: str) -> bool:
    return text[-1] in ":：" and TIME.search(text) is not None and len(NUMBERS.findall(text)) >= 3


def named(text: str, quoted_next: bool) -> bool:
    """ "Ann <ann@example.org> wrote:", "Ann wrote:" right above a quote, "Quoting Ann:"."""
    if len(text) > 240 or not text or text[-1] not in ":：":
        return False
    bare = text.rstrip(" :：")
    address = EMAIL.search(bare)
    if QUOTING.match(text):
        return address is not None or quoted_next
    if address and says_when(EMAIL.sub(" ", text[address.end() :])):
        return len(bare[: address.start()].split()) <= 6
    verb = VERB.search(bare)
    if not verb:
        return False
    if says_when(text[verb.end() :]) and len(bare[: verb.start()].split()) <= 5:
        return True
    if address:
        name = bare[: address.start()].strip(" <\"'([")
        after = EMAIL.sub(" ", bare[address.end() :])
        return (
            len(name.split()) <= 6
            and not re.search(r"[.!?;:]\s", name)
            and (VERB_LAST.search(bare[-60:]) is not None or NUMBERS.search(after) is not None)
        )
    return quoted_next and 2 <= len(bare.split()) <= 5 and VERB_LAST.search(bare) is not None


def begins_inside(line: str) -> int | None:
    """Where, in a line that runs "Thanks! On 3 May 2026 Ann <ann@example.org> wrote: …", the attribution begins."""
    if len(line) > 5_000 or "@" not in line:
        return None
    low = line.casefold()
    if len(low) != len(line):
        return None
    for found in list(INLINE.finditer(low))[:20]:
        rest = low[found.end() : found.end() + LONGEST]
        verb = VERB.search(rest)
        if verb and rest[verb.end() :].lstrip()[:1] in (":", "：") and introduces(rest[: verb.end()]):
            return found.end()
    return None


def runs_on(line: str) -> bool:
    """The attribution and what it introduces are one line."""
    if len(line) < 30 or not DATED.match(plain(line[:80])):
        return False
    low = line[:LONGEST].casefold()
    verb = VERB.search(low)
    return bool(verb) and low[verb.end() :].lstrip()[:1] in (":", "：") and introduces(low[: verb.end()])


def introduces(text: str) -> bool:
    """Inside running text only an attribution with an address counts."""
    return EMAIL.search(text) is not None and says_who(plain(text + ":"), False)
