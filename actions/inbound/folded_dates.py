"""Attributions that a program folded in the middle of their date: what may stand in the line above."""

import re

from actions.inbound.phrases import IN_DATES, MONTHS, ON, WEEKDAYS, names, pattern, words

WHOLE_DATE = re.compile(
    r"(?<!\d)(?:\d{4}\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,2}|\d{1,2}\s?[-./]\s?\d{1,2}\s?[-./]\s?\d{2,4})(?!\d)"
)
MONTH = pattern(r"(?<!\w)", MONTHS, r"(?!\w)")
DAY = re.compile(r"(?<![\d:.])\d{1,2}(?![\d:])")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
DIGITS = re.compile(r"\d")
WORD = re.compile(r"[^\W\d_]+")
DATE_WORDS = frozenset(
    part for text in (WEEKDAYS, MONTHS, ON, IN_DATES) for word in names(text) for part in word.split()
)
# "On Friday at 9:14 …" is all that this program says of the day.
WITH_ITS_DAY = re.compile(rf"\W{{0,4}}(?:{words(ON)})\s(?:{words(WEEKDAYS)})(?!\w)")
LONGEST = 80


def lacks_a_part(text: str) -> bool:
    """`text` begins an attribution, but its date has no day, no month or no year."""
    head = text[:70]
    if WHOLE_DATE.search(head) or WITH_ITS_DAY.match(head):
        return False
    return not (MONTH.search(head) and DAY.search(head) and YEAR.search(head))


def only_a_date(line: str) -> bool:
    """ "On Tuesday, 5 May": at most one word that no date of a language we know has."""
    if len(line) > LONGEST or not (DIGITS.search(line) or MONTH.search(line)):
        return False
    found = WORD.findall(line)
    unknown = [word for word in found if word not in DATE_WORDS]
    return len(found) <= 10 and (not unknown or len(unknown) == 1 and len(found) > 1)
