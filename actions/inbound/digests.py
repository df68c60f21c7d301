"""Several answers in one mail: a digest shows each question under a mark, and the mark tells the answers apart.

`[1]` at the beginning of a line survives quoting, HTML, folding and translation, and is easily typed.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from actions.inbound import keeping
from actions.inbound.answers import read
from actions.inbound.decoding import opened
from actions.inbound.lines import BLANK, QUOTE, TEXT, Line

MARK = re.compile(r"[\s>*•·|_-]{0,20}\[\s?(?P<number>\d{1,3})\s?\]")
# What people type for it.
TYPED = re.compile(
    r"\s{0,8}(?:\[\s?(?P<mark>\d{1,3})\s?\]|#(?P<hash>\d{1,3})|(?P<plain>\d{1,3})[.):](?=\s|"
    r"$))[\s.:)–-]{0,4}(?P<rest>.*)$"
)


@dataclass
class DigestAnswers:
    """The text for each number, and what stands under none: it is held for a person.

    A number answered twice is in `unmarked` too: which one counts is not ours to say.
    """

    by_item: dict[int, str] = field(default_factory=dict)
    unmarked: str = ""


def item_mark(number: int) -> str:
    return f"[{number}]"


def digest_answers(raw: bytes, sent: bytes | None, items: Collection[int]) -> DigestAnswers:
    """`items` are the numbers asked in our mail. With only one, the whole answer is its."""
    lines = answer_and_quote(read(opened(raw), sent), sent is not None)
    given: dict[int, list[str]] = {}
    unmarked: list[str] = []
    for number, text in blocks(lines, items):
        if number in items:
            given.setdefault(number, []).append(text)
        else:
            unmarked.append(text)
    if len(items) == 1 and not given and unmarked:
        return DigestAnswers({next(iter(items)): "\n\n".join(unmarked)}, "")
    twice = [number for number, texts in given.items() if len(texts) > 1]
    for number in twice:
        unmarked += [f"{item_mark(number)} {text}" for text in given.pop(number)]
    return DigestAnswers({number: texts[0] for number, texts in sorted(given.items())}, "\n\n".join(unmarked))


def answer_and_quote(lines: list[Line], ours_known: bool) -> list[Line]:
    """Without our mail at hand, what stands below an attribution without quote marks is not told from an answer."""
    if not ours_known:
        lines = keeping.above_cut(lines)
        if not any(line.kind is QUOTE for line in lines):
            lines = keeping.above_attribution(lines)
    return [line for line in lines if line.kind in (TEXT, BLANK, QUOTE)]


def blocks(lines: list[Line], items: Collection[int]) -> list[tuple[int | None, str]]:
    """The typed texts in order, each with the number it was typed for."""
    found: list[tuple[int | None, list[str]]] = []
    asked: list[int] = []
    current: list[str] | None = None
    by_hand = after_blank = False
    for index, line in enumerate(lines):
        if line.kind is QUOTE:
            mark = MARK.match(line.text)
            asked = ([] if current is not None else asked) + ([int(mark["number"])] if mark else [])
            current, by_hand = None, False
        elif line.kind is BLANK:
            after_blank = True
            continue
        else:
            number, text = typed(line.text, items)
            if number is not None:
                current, by_hand = [text], True
                found.append((number, current))
            elif current is None or by_hand and after_blank:
                current, by_hand = [text], False
                found.append((under(asked, lines, index, after_blank), current))
                asked = asked if found[-1][0] is None else []
            else:
                current += ["", text] if after_blank else [text]
        after_blank = False
    return [(number, "\n".join(texts).strip()) for number, texts in found if "".join(texts).strip()]


def typed(text: str, items: Collection[int]) -> tuple[int | None, str]:
    """A number a person put before the answer. "4." that we did not ask is a list of their own, "[4]" is a mistake."""
    found = TYPED.match(text)
    if not found:
        return None, text
    number = int(found["mark"] or found["hash"] or found["plain"])
    if number in items:
        return number, found["rest"]
    return (number, text) if found["mark"] else (None, text)


def under(asked: list[int], lines: list[Line], index: int, after_blank: bool) -> int | None:
    """The item right above; below several the last, but only when written directly under it with more to come."""
    if len(asked) == 1:
        return asked[0]
    if (
        len(asked) > 1
        and not after_blank
        and any(line.kind is QUOTE and MARK.match(line.text) for line in lines[index:])
    ):
        return asked[-1]
    return None
