"""Crashes at the named points of `failforward/outbox/crash.py`."""

from itertools import count
from pathlib import Path


class Crashes:
    def __init__(self, where: Path) -> None:
        self.where, self.numbers = where, count(1)
        where.mkdir()

    def prepare(self, point: str, number: int, what: str = "") -> None:
        """So many to come, one a mail, in whichever processes come by; those that did not happen are called off.
        `what` is "wait" where they shall stand still there instead of dying."""
        for old in self.where.iterdir():
            old.unlink()
        for _one in range(number):
            (self.where / f"{point}.{next(self.numbers)}").write_text(what)

    def hit(self) -> list[float]:
        """When each of them happened."""
        return [one.stat().st_ctime for one in self.where.glob("*.hit")]

    def waiting(self) -> list[Path]:
        return [one for one in self.where.glob("*.hit") if one.read_text() == "wait"]

    def let_go(self) -> None:
        for one in self.waiting():
            one.write_text("go")
