"""The list of faults. Each is a function in `faults/rows/` that does it to a world and yields what came of it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from faults import rows

if TYPE_CHECKING:
    from faults.table import Result
    from faults.world import World

BOTH = ("postgresql", "sqlite")


@dataclass(frozen=True)
class Fault:
    """`number` is its line in the list; `settings` are those of all processes, with {smtp} and {web} for the ports of
    the mail server and of the site; `minutes` is how long it may take at the most; `needs` are programs that most
    others do without."""

    number: int
    name: str
    run: Callable[["World"], Iterator["Result"]]
    ci: bool = False
    on: tuple[str, ...] = BOTH
    minutes: float = 5
    settings: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


FAULTS: list[Fault] = []


def fault(number: int, name: str, **more) -> Callable:
    def register(run: Callable) -> Callable:
        FAULTS.append(Fault(number, name, run, **more))
        return run

    return register


def load() -> list[Fault]:
    for module in pkgutil.iter_modules(rows.__path__):
        importlib.import_module(f"{rows.__name__}.{module.name}")
    return sorted(FAULTS, key=lambda one: one.number)
