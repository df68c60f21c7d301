"""Splits a text into what the person wrote and what is quote, signature or footer around it. Line by line.

The rule for doubt: keep. What is cut needs a mark that a program wrote (an attribution, a header block, `>`).
"""

from dataclasses import dataclass
from typing import Protocol

from actions.inbound import attribution, signatures
from actions.inbound.header_block import header_block
from actions.inbound.phrases import ANSWER_ABOVE, fold, pattern

TEXT, BLANK, QUOTE, SAYS, CUT, GONE = "text", "blank", "quote", "says", "cut", "gone"
# More than anybody types above, between or below what they answer.
MOST_LINES = 2_000
# Put before a line by the HTML reader: the mail program itself calls it an attribution. Taken out of what comes in.
SAYS_MARK = "\ue000"
MARK = pattern(r"^[\W_\d#]{0,30}", ANSWER_ABOVE, r"[\W_\w]{0,60}$")
POSTSCRIPT = ("ps", "p.s", "pps", "p.p.s", "nb", "n.b")
# A signature longer than this is text under a line of dashes.
SIGNATURE_LINES = 16


@dataclass
class Line:
    text: str
    kind: str = TEXT


class Ours(Protocol):
    """What tells our own words, when the mail that was answered is known."""

    def lines(self, lines: list[str]) -> list[bool]: ...

    def calls_us(self, text: str) -> bool: ...


def read(text: str, ours: Ours | None = None) -> list[Line]:
    """Every line with what it is. `ours` tells which lines are words of our own mail."""
    texts = [part for line in text.split("\n")[:MOST_LINES] for part in unglued(line)]
    lines = [Line(line, first_kind(line)) for line in texts]
    mark_quotes(lines)
    if ours:
        mark_ours(lines, ours)
    mark_program_lines(lines)
    mark_signatures(lines)
    return lines


def first_kind(line: str) -> str:
    if line.startswith(SAYS_MARK):
        return SAYS
    return TEXT if line.strip(" \t\xa0\u200b\ufeff\u3000") else BLANK


def unglued(line: str) -> list[str]:
    """An attribution in the middle of a line, or with text behind it, gets a line of its own."""
    at = attribution.begins_inside(line) if "@" in line and len(line) > 60 else None
    if at is not None:
        return [line[:at], *unglued(line[at:])]
    if len(line) > 60 and not line.startswith(">") and attribution.runs_on(line):
        verb = attribution.VERB.search(line.casefold()[: attribution.LONGEST])
        if verb and len(line.casefold()) == len(line):
            end = line.index(line[verb.end() :].lstrip()[0], verb.end()) + 1
            if line[end:].strip():
                return [line[:end], line[end:].strip()]
    return [line]


# --- What each line is -------------------------------------------------------------------------


def mark_quotes(lines: list[Line]) -> None:
    above = ""
    for line in lines:
        if line.kind is TEXT and line.text[:12].lstrip(" \xa0\u200b")[:1] in (">", "＞"):
            line.kind = TEXT if closes_address(above, line.text) else QUOTE
        above = line.text
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        if line.kind is TEXT and before.kind is after.kind is QUOTE and broken_off(before.text, line.text):
            line.kind = QUOTE


def closes_address(above: str, line: str) -> bool:
    """ "Ann <ann@example.org" folded before its last two characters, ">:"."""
    if len(above) > attribution.LONGEST or "<" not in above or ">" in above.rpartition("<")[2]:
        return False
    rest = line.strip().removeprefix(">").strip()
    return rest == ":" or (
        len(rest) < 40 and rest.endswith(":") and attribution.VERB.search(rest.casefold()) is not None
    )


def broken_off(quoted: str, line: str) -> bool:
    """`line` is the end of a quoted line that a program folded: that one is long and its sentence is not over."""
    start = line.strip()[:1]
    return len(quoted) >= 70 and quoted.rstrip()[-1:] not in ".!?:;>" and start.islower() and len(line) <= 60


def mark_ours(lines: list[Line], ours: Ours) -> None:
    """Our words become quote, and the lines above them that name us their attribution."""
    unmarked = [line.text if line.kind is TEXT else "" for line in lines]
    for line, is_ours in zip(lines, ours.lines(unmarked), strict=True):
        if is_ours and line.kind is TEXT:
            line.kind = QUOTE
    first = next((index for index, line in enumerate(lines) if line.kind is QUOTE), 0)
    end = first
    while end > 0 and lines[end - 1].kind is BLANK:
        end -= 1
    for start in range(end - 1, max(-1, end - 1 - attribution.MOST_LINES), -1):
        if lines[start].kind is not TEXT:
            break
        text = " ".join(line.text for line in lines[start:end])
        if len(text) <= attribution.LONGEST and text.rstrip()[-1:] in ":：" and ours.calls_us(text):
            whole = attribution.span([line.text for line in lines[:end]], end - 1, True)
            for line in lines[min(start, end - whole) : end]:
                line.kind = SAYS
            break


def mark_program_lines(lines: list[Line]) -> None:
    """Attributions, header blocks, separators. Read from the top, so that each line is part of one."""
    texts = [line.text for line in lines]
    following = next_kinds(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.kind is TEXT:
            if (
                attribution.separator(line.text)
                or is_mark(line.text)
                or signatures.rule(line.text)
                and rule_above_cut(texts, index)
            ):
                line.kind = CUT
            elif length := header_block(texts, index):
                for each in lines[index : index + length]:
                    each.kind = CUT if each.kind is not QUOTE else QUOTE
                index += length
                continue
            elif length := attribution.span(
                own_lines(lines, texts, index), index_in(lines, index), following[index] is QUOTE
            ):
                for each in lines[index - length + 1 : index + 1]:
                    each.kind = SAYS
                mark_bars(lines, index + 1)
        index += 1


def rule_above_cut(texts: list[str], index: int) -> bool:
    """Outlook's line above its header block."""
    below = next((i for i in range(index + 1, min(len(texts), index + 4)) if texts[i].strip()), None)
    return below is not None and (header_block(texts, below) > 0 or attribution.separator(texts[below]))


def own_lines(lines: list[Line], texts: list[str], index: int) -> list[str]:
    """The few lines up to `index` that may belong to one attribution: none of them a quote."""
    start = index
    while start > 0 and index - start < attribution.MOST_LINES - 1 and lines[start - 1].kind is TEXT:
        start -= 1
    return texts[start : index + 1]


def index_in(lines: list[Line], index: int) -> int:
    start = index
    while start > 0 and index - start < attribution.MOST_LINES - 1 and lines[start - 1].kind is TEXT:
        start -= 1
    return index - start


def next_kinds(lines: list[Line]) -> list[str]:
    """For each line the kind of the next that is not blank."""
    found, kind = [], ""
    for line in reversed(lines):
        found.append(kind)
        if line.kind is not BLANK:
            kind = QUOTE if line.kind is QUOTE or line.text.lstrip().startswith("| ") else line.kind
    return found[::-1]


def mark_bars(lines: list[Line], start: int) -> None:
    """Below an attribution `|` quotes too; elsewhere it is a table somebody typed."""
    index = start
    while index < len(lines) and lines[index].kind is BLANK:
        index += 1
    while index < len(lines) and lines[index].text.lstrip().startswith("|"):
        lines[index].kind = QUOTE
        index += 1


def is_mark(text: str) -> bool:
    return len(text) < 160 and MARK.match(fold(text)) is not None


def mark_signatures(lines: list[Line]) -> None:
    """What stands under a text, up to the next quote: delimiter, "Sent from …", footer, contact block."""
    for index in range(signatures.banner([line.text for line in lines[:40]])):
        lines[index].kind = GONE
    texts = [line.text for line in lines]
    ends = segment_ends(lines)
    seen_text = False
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.kind is TEXT:
            end = ends[index]
            if signatures.delimiter(line.text) and is_signature(lines, index, end):
                index = drop(lines, index, end)
                continue
            if signatures.sent_from(line.text):
                drop(lines, index, index + 1)
                drop_name_above(lines, index)
                if seen_text and not goes_on(lines, index + 1, end):
                    index = drop(lines, index, end)
                    continue
            elif (
                signatures.footer(texts, index, end)
                or seen_text
                and end - index < 60
                and signatures.rule(line.text)
                and signatures.contact_block(texts[index + 1 : end])
            ):
                index = drop(lines, index, end)
                continue
            else:
                seen_text = True
        index += 1


def segment_ends(lines: list[Line]) -> list[int]:
    """For each line where the stretch without quote and attribution that it lies in ends."""
    ends, end = [], len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].kind not in (TEXT, BLANK, GONE):
            end = index
        ends.append(end)
    return ends[::-1]


def drop(lines: list[Line], start: int, end: int) -> int:
    for line in lines[start:end]:
        if line.kind is TEXT:
            line.kind = GONE
    return end


def is_signature(lines: list[Line], index: int, end: int) -> bool:
    """A delimiter with its space is one by definition; another only with few short lines below it."""
    below = [line.text for line in lines[index + 1 : min(end, index + 120)] if line.kind is not BLANK]
    if lines[index].text == "-- ":
        return len(below) <= 3 * SIGNATURE_LINES
    return len(below) <= SIGNATURE_LINES and all(len(text) <= 120 for text in below)


def goes_on(lines: list[Line], index: int, end: int) -> bool:
    """Text right under "Sent from …", or a postscript, is the person's; below an empty line it is an unmarked quote."""
    below = (line for line in lines[index:end] if line.kind is TEXT and not signatures.sent_from(line.text))
    first = next(below, None)
    return first is None or first is lines[index] or first.text.strip().casefold().startswith(POSTSCRIPT)


def drop_name_above(lines: list[Line], index: int) -> None:
    """ "Ann Baker / via mobile": the name in the same paragraph belongs to the signature."""
    if not lines[index].text.strip().casefold().startswith("via ") or index < 2:
        return
    words = lines[index - 1].text.split()
    is_name = len(words) in (2, 3) and all(word[:1].isupper() and word.isalpha() for word in words)
    if is_name and lines[index - 1].kind is TEXT and lines[index - 2].kind is BLANK:
        lines[index - 1].kind = GONE


# --- What is kept ------------------------------------------------------------------------------


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
    while kinds and kinds[-1] is not TEXT:
        kinds = kinds[:-1]
    return kinds


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
