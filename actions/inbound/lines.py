"""A text as lines, each with what it is."""

from dataclasses import dataclass
from typing import Protocol

# The person's; empty; quoted; an attribution; a separator or header block; signature, footer or banner.
TEXT, BLANK, QUOTE, SAYS, CUT, GONE = "text", "blank", "quote", "says", "cut", "gone"
# More than anybody types above, between or below what they answer.
MOST_LINES = 2_000
# Put before a line by the HTML reader: the mail program itself calls it an attribution. Taken out of what comes in.
SAYS_MARK = "\ue000"


@dataclass
class Line:
    text: str
    kind: str = TEXT


class Ours(Protocol):
    """What tells our own words, when the mail that was answered is known."""

    def lines(self, lines: list[str]) -> list[bool]: ...

    def calls_us(self, text: str) -> bool: ...
