"""Finds in a reply the words of the mail it answers. We know that mail to the byte, so this needs no language."""

import re
from collections import defaultdict
from dataclasses import dataclass

from actions.inbound.bodies import texts
from actions.inbound.decoding import Unreadable, opened, sender_of
from actions.inbound.html import lines_of

WORD = re.compile(r"[^\W_]+")
# Clients rewrite links ("safelinks"), so a link is none of our words.
LINK = re.compile(r"(?:https?://|mailto:|www\.)[^\s<>\"]{1,3000}")
# So many words in our order are no accident; "Done" alone is one of our words and somebody's answer.
RUN = 4
# At the end of a quote that was cut short, so few words may be the answer.
SHORT = 3
MOST_WORDS = 20_000
MOST_PLACES = 12


@dataclass(frozen=True)
class OwnMail:
    """Our words in order, each way we said them, and what a mail program calls us by."""

    ways: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]

    def lines(self, lines: list[str]) -> list[bool]:
        """Which of the lines say nothing but what we said; an empty one says nothing."""
        words = [words_of(line) for line in lines]
        result = [False] * len(lines)
        for way in self.ways:
            for index in covered_lines(way, words):
                result[index] = True
        return links_between(lines, words, result)

    def calls_us(self, text: str) -> bool:
        folded = " ".join(text.casefold().split())
        return any(name in folded for name in self.names)


def own_mail(sent: bytes) -> OwnMail | None:
    try:
        message = opened(sent)
        found = texts(message)
    except Unreadable:
        return None
    ways = (found.plain.split("\n"), lines_of(found.html) if found.html else [])
    words = tuple(tuple(word for line in way for word in words_of(line))[:MOST_WORDS] for way in ways)
    senders = {sender_of(message, name) for name in ("From", "Reply-To")}
    names = {part.casefold() for sender in senders for part in sender if len(part) > 5}
    return OwnMail(tuple(way for way in words if way), tuple(sorted(names)))


def words_of(line: str) -> list[str]:
    return WORD.findall(LINK.sub(" ", line[:5_000]).casefold())


def covered_lines(way: tuple[str, ...], words: list[list[str]]) -> set[int]:
    """Lines of which every word lies in a run of at least `RUN` of our words."""
    flat = [(word, index) for index, found in enumerate(words) for word in found][: 4 * MOST_WORDS]
    covered = [False] * len(flat)
    for start, length in runs(way, [word for word, _line in flat]):
        covered[start : start + length] = [True] * length
    missing = {index for (_word, index), ours_too in zip(flat, covered, strict=True) if not ours_too}
    return {index for _word, index in flat} - missing - answer_at_the_cut(way, words, flat, covered)


def runs(way: tuple[str, ...], words: list[str]) -> list[tuple[int, int]]:
    """Start and length of the runs, longest first at each word.

    Where two claim the same word of ours, the later has it: the first is a person who typed it.
    """
    places = defaultdict(list)
    for index in range(len(way) - RUN + 1):
        places[way[index : index + RUN]].append(index)
    found: list[tuple[int, int]] = []
    index, end_of_last = 0, -1
    while index <= len(words) - RUN:
        best, where = 0, 0
        for place in places.get(tuple(words[index : index + RUN]), [])[:MOST_PLACES]:
            length = RUN
            while (
                index + length < len(words)
                and place + length < len(way)
                and words[index + length] == way[place + length]
            ):
                length += 1
            if length > best:
                best, where = length, place
        if not best:
            index += 1
            continue
        if found and 0 < end_of_last - where <= SHORT and sum(found[-1]) == index:
            found[-1] = (found[-1][0], found[-1][1] - (end_of_last - where))
        found.append((index, best))
        end_of_last = where + best
        index += best
    return found


def answer_at_the_cut(way: tuple[str, ...], words: list[list[str]], flat: list, covered: list[bool]) -> set[int]:
    """The last line of ours, where our mail goes on and the quote does not: a short one may have been typed."""
    last = max((position for position, ours_too in enumerate(covered) if ours_too), default=None)
    if last is None:
        return set()
    line = flat[last][1]
    tail = tuple(word for word, _line in flat[max(0, last - 7) : last + 1])
    return {line} if len(words[line]) <= SHORT and way[-len(tail) :] != tail else set()


def links_between(lines: list[str], words: list[list[str]], result: list[bool]) -> list[bool]:
    """A line that is only a link, or only marks, under a line of ours belongs to it. An emoji is an answer."""
    above = False
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if not result[index] and above and not words[index] and not emoji(line):
            result[index] = True
        above = result[index]
    return result


def emoji(line: str) -> bool:
    return any(
        ord(character) > 0x2190 and not 0x2500 <= ord(character) <= 0x25FF for character in LINK.sub("", line).strip()
    )
