"""Marks the lines that are quoted and those that programs write above a quote."""

from actions.inbound import attribution, signatures
from actions.inbound.endings import mark_endings
from actions.inbound.header_block import header_block, labelled_block
from actions.inbound.lines import BLANK, CUT, MOST_LINES, QUOTE, SAYS, SAYS_MARK, TEXT, Line, Ours
from actions.inbound.phrases import ANSWER_ABOVE, fold, pattern

MARK = pattern(r"^[\W_\d#]{0,30}", ANSWER_ABOVE, r"[\W_\w]{0,60}$")


def read(text: str, ours: Ours | None = None) -> list[Line]:
    """Every line with what it is. `ours` tells which lines are words of our own mail."""
    texts = [part for line in text.split("\n")[:MOST_LINES] for part in unglued(line)]
    lines = [Line(line, first_kind(line)) for line in texts]
    mark_quotes(lines)
    if ours:
        mark_ours(lines, ours)
    mark_program_lines(lines)
    mark_endings(lines)
    return lines


def first_kind(line: str) -> str:
    if line.startswith(SAYS_MARK):
        return SAYS
    return TEXT if line.strip(" \t\xa0\u200b\ufeff\u3000") else BLANK


def unglued(line: str) -> list[str]:
    """An attribution in the middle of a line, or with text behind it, gets a line of its own."""
    if len(line) <= 60 or "@" not in line or line.lstrip().startswith(">"):
        return [line]
    at = attribution.begins_inside(line)
    if at is not None:
        return [line[:at], *unglued(line[at:])]
    if attribution.runs_on(line):
        verb = attribution.VERB.search(line.casefold()[: attribution.LONGEST])
        if verb and len(line.casefold()) == len(line):
            end = line.index(line[verb.end() :].lstrip()[0], verb.end()) + 1
            if line[end:].strip():
                return [line[:end], line[end:].strip()]
    return [line]


def mark_quotes(lines: list[Line]) -> None:
    above = ""
    for line in lines:
        if line.kind is TEXT and line.text[:12].lstrip(" \xa0\u200b")[:1] in (">", "＞"):
            line.kind = TEXT if closes_address(above, line.text) else CUT if attribution.groupwise(line.text) else QUOTE
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
            whole = attribution.span([line.text for line in lines[:end]], True)
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
            if separates(texts, index, following[index] is QUOTE):
                line.kind = CUT
            elif length := header_block(texts, index):
                for each in lines[index : index + length]:
                    each.kind = CUT if each.kind is not QUOTE else QUOTE
                index += length
                continue
            elif length := attribution.span(texts[first_of(lines, index) : index + 1], following[index] is QUOTE):
                for each in lines[index - length + 1 : index + 1]:
                    each.kind = SAYS
                mark_bars(lines, index + 1)
        index += 1


def separates(texts: list[str], index: int, quoted_next: bool) -> bool:
    """A separator by its words; by its looks only with a quote or program lines below."""
    line = texts[index]
    if attribution.separator(line) or is_mark(line):
        return True
    if attribution.wrapped(line) or attribution.bare_separator(line):
        return quoted_next or above_program_lines(texts, index)
    return signatures.rule(line) and above_program_lines(texts, index)


def above_program_lines(texts: list[str], index: int) -> bool:
    """Outlook's line above its header block."""
    below = next((i for i in range(index + 1, min(len(texts), index + 4)) if texts[i].strip()), None)
    return below is not None and (
        header_block(texts, below) > 0 or attribution.separator(texts[below]) or labelled_block(texts, below)
    )


def first_of(lines: list[Line], index: int) -> int:
    """Of the few lines up to `index` that may belong to one attribution the first: none of them is a quote."""
    start = index
    while start > 0 and index - start < attribution.MOST_LINES - 1 and lines[start - 1].kind is TEXT:
        start -= 1
    return start


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
