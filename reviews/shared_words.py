"""Which telling words two texts share, and how telling each is. Pure: no Django."""

import re
from collections import Counter
from collections.abc import Iterable
from math import log

WORD = re.compile(r"[^\W\d_]{4,}")
# Of four letters and more, and yet telling nothing.
COMMON_WORDS = """
    about after again against also another because been before being between both came come could does done down
    each even ever every from gave give given goes going gone have having here into itself just knew know known last
    late later less like made make many more most much must need never next none nobody nothing once only other ours
    over said same says should since some somebody something still such take taken tell than that their them then
    there these they thing this those told took until upon very want wanted were what when where which while whom whose
    will with within without would your
    aber alle allem allen auch beim dann dass deren diese diesem diesen dieser dieses doch durch eine einem einen einer
    eines gegen gibt habe haben hatte hatten hier ihre ihrem ihren ihrer jede jedem jeden jeder kann kein keine keinen
    mehr muss nach nicht nichts noch nur oder ohne schon sehr sein seine seinem seinen seiner sich sind soll sollte
    unser unsere unserem unseren über vom wann waren weil wenn werden wieder wird wurde wurden zwischen
"""
COMMON = frozenset(COMMON_WORDS.split())


def stem(word: str) -> str:
    """Gateways is gateway. A rougher cut would join words that a reader sees as two."""
    word = word.casefold()
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def words_in(text: str) -> dict[str, str]:
    """Its telling words by their stem, in the order and the writing in which they come."""
    found: dict[str, str] = {}
    for word in WORD.findall(text):
        if word.casefold() not in COMMON:
            found.setdefault(stem(word), word)
    return found


class Rarity:
    """A word says the more, the fewer of the texts have it; one that all have says little."""

    def __init__(self, texts: Iterable[Iterable[str]]) -> None:
        sets = [set(words) for words in texts]
        self.size, self.seen = len(sets), Counter(word for words in sets for word in words)

    def of(self, word: str) -> float:
        return log((1 + self.size) / (1 + self.seen[word])) + 0.5
