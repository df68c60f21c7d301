"""The answers under an event as a tree. Pure: it is given all of them, and asks nobody."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Node:
    why: object
    depth: int = 1
    answers: list["Node"] = field(default_factory=list)

    @property
    def asks_on(self) -> bool:
        """Its chain ends in a person, and nobody has said yet what let that happen."""
        return self.why.ends_in_person and not self.answers and not self.why.aside_because


def grown(whys: Iterable) -> list[Node]:
    """The tops of the tree in their order; `whys` come in the order in which answers stand beside each other."""
    nodes = {why.pk: Node(why) for why in whys}
    tops = []
    for node in nodes.values():
        above = nodes.get(node.why.parent_id)
        (above.answers if above else tops).append(node)
    for top in tops:
        number(top)
    return tops


def number(node: Node) -> None:
    for answer in node.answers:
        answer.depth = node.depth + 1
        number(answer)


def below(why, whys: Iterable) -> list:
    """Everything that hangs under it."""
    whys = list(whys)
    found = [one for one in whys if one.parent_id == why.pk]
    return found + [deeper for one in found for deeper in below(one, whys)]


def depth_of(why, whys: Iterable) -> int:
    """1 for an answer at the top."""
    above = {one.pk: one for one in whys}.get(why.parent_id)
    return 1 + depth_of(above, whys) if above else 1


def asking(tops: Iterable[Node]) -> list[Node]:
    """Those of all that still ask what let it happen."""
    return [found for top in tops for found in ([top] if top.asks_on else asking(top.answers))]
