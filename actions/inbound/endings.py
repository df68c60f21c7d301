"""Marks what stands under a text, and the banner above it: signature, "Sent from …", footer, contact block."""

from actions.inbound import footers, signatures
from actions.inbound.header_block import people_in
from actions.inbound.lines import BLANK, CUT, GONE, TEXT, Line

POSTSCRIPT = ("ps", "p.s", "pps", "p.p.s", "nb", "n.b")
# A signature longer than this is text under a line of dashes.
SIGNATURE_LINES = 16


def mark_endings(lines: list[Line]) -> None:
    """Each reaches down to the next quote: a person writes on below that."""
    for index in range(footers.banner([line.text for line in lines[:40]])):
        lines[index].kind = GONE
    texts = [line.text for line in lines]
    ends = segment_ends(lines)
    sent_from = [line.kind is TEXT and bool(signatures.sent_from(line.text)) for line in lines]
    typed = next_typed(lines, sent_from)
    seen_text = False
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.kind is TEXT:
            end = ends[index]
            if signatures.delimiter(line.text) and is_signature(lines, index, end):
                index = drop(lines, index, end)
                continue
            if sent_from[index]:
                drop(lines, index, index + 1)
                drop_name_above(lines, index)
                if seen_text and not goes_on(lines, index + 1, typed[index + 1]):
                    index = drop(lines, index, end)
                    continue
            elif (
                footers.footer(texts, index, end)
                or seen_text
                and end - index < 60
                and signatures.rule(line.text)
                and signatures.contact_block(texts[index + 1 : end])
            ):
                index = drop(lines, index, end)
                continue
            else:
                seen_text = True
        elif line.kind is CUT and seen_text:
            drop_name_of_header(lines, index)
        index += 1


def segment_ends(lines: list[Line]) -> list[int]:
    """For each line where the stretch without quote and attribution that it lies in ends."""
    ends, end = [], len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].kind not in (TEXT, BLANK, GONE):
            end = index
        ends.append(end)
    return ends[::-1]


def next_typed(lines: list[Line], sent_from: list[bool]) -> list[Line | None]:
    """For each line the first of the person's own at or below it in that stretch; one more for below the last."""
    found: list[Line | None] = [None]
    for line, is_sent_from in zip(reversed(lines), reversed(sent_from), strict=True):
        if line.kind is TEXT and not is_sent_from:
            found.append(line)
        else:
            found.append(found[-1] if line.kind in (TEXT, BLANK, GONE) else None)
    return found[::-1]


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


def goes_on(lines: list[Line], index: int, first: Line | None) -> bool:
    """Text right under "Sent from …", or a postscript, is the person's; below an empty line it is an unmarked quote."""
    return first is None or first is lines[index] or first.text.strip().casefold().startswith(POSTSCRIPT)


def drop_name_above(lines: list[Line], index: int) -> None:
    """ "Ann Baker / via mobile": the name in the same paragraph belongs to the signature."""
    if not lines[index].text.strip().casefold().startswith("via ") or index < 2:
        return
    words = lines[index - 1].text.split()
    is_name = len(words) in (2, 3) and all(word[:1].isupper() and word.isalpha() for word in words)
    if is_name and lines[index - 1].kind is TEXT and lines[index - 2].kind is BLANK:
        lines[index - 1].kind = GONE


def drop_name_of_header(lines: list[Line], index: int) -> None:
    """A name close upon the line ruled above a header block, where the block names that person: the sign-off."""
    if index < 2 or lines[index - 1].kind is not TEXT or lines[index - 2].kind is BLANK:
        return
    words = lines[index - 1].text.casefold().strip(" ,.-–").split()
    if 0 < len(words) <= 3 and signatures.rule(lines[index].text):
        below = [line.text for line in lines[index + 1 : index + 4]]
        if set(words) <= people_in(below):
            lines[index - 1].kind = GONE
