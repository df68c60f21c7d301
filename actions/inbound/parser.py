"""The door to `parse` for those who need it now and then: its tables take a third of a second to load, so the first
mail that comes in loads them and not the start of every process."""

from types import ModuleType


def parser() -> ModuleType:
    from actions.inbound import parse

    return parse
