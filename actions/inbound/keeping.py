"""Which lines are the answer.

The rule for doubt: keep. What is cut needs a mark that a program wrote (an attribution, a header block, `>`).
"""

from actions.inbound import signatures
from actions.inbound.lines import BLANK, CUT, GONE, QUOTE, SAYS, TEXT, Line
from actions.inbound.quotes import read


def kept(lines: list[Line]) -> list[Line]:
    """The answer's lines: TEXT, and the QUOTE between answers written into it."""
    lines = above_cut(lines)
    lines = above_attribution(lines)
    if any(line.kind is TEXT for line in lines):
        lines = without_lead(lines)
    return trimmed([line for line in lines if line.kind in (TEXT, BLANK, QUOTE)])


def above_cut(lines: list[Line]) -> list[Line]:
    """Everything above the first separator or header block with text over it."""
    text = False
    for index, line in enumerate(lines):
        if line.kind is TEXT and not signatures.rule(line.text):
            text = True
        elif line.kind is CUT and text:
            return lines[:index]
    return lines


def above_attribution(lines: list[Line]) -> list[Line]:
    """With text above an attribution and only quote or unmarked text below, the answer ends there."""
    text = False
    for index, line in enumerate(lines):
        if line.kind is TEXT and not signatures.rule(line.text):
            text = True
        elif line.kind is SAYS and text:
            below = [each.kind for each in lines[index + 1 :] if each.kind not in (BLANK, SAYS, GONE)]
            if TEXT not in below or below[0] is not QUOTE:
                return lines[:index]
    return lines


def without_lead(lines: list[Line]) -> list[Line]:
    """The quote on top of an answer written below it goes, unless answers are written into it."""
    kinds = [line.kind for line in lines]
    first_text = kinds.index(TEXT)
    lead = kinds[:first_text]
    if SAYS in lead and QUOTE in lead and QUOTE not in without_tail(kinds[first_text:]):
        return lines[first_text:]
    return lines


def without_tail(kinds: list[str]) -> list[str]:
    last = max((index for index, kind in enumerate(kinds) if kind is TEXT), default=-1)
    return kinds[: last + 1]


def trimmed(lines: list[Line]) -> list[Line]:
    """Without the quote, rules and empty lines at the end, if there is text at all."""
    last = max(
        (i for i, line in enumerate(lines) if line.kind is TEXT and not signatures.rule(line.text)), default=None
    )
    return lines if last is None else lines[: last + 1]


def strip_text(text: str) -> str:
    return joined(kept(read(text)))


def joined(lines: list[Line]) -> str:
    return "\n".join(line.text.rstrip() for line in lines).strip("\n\ufeff\u200b ")
