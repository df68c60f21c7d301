"""The outbox: a row for every mail before its time, sent once whatever crashes.

Apps that plan mail need these names: `from failforward.outbox import plan, replan, withhold, catalogue`.
"""

from importlib import import_module

# Looked up late: Django imports this package before any model may exist.
HOMES = {"plan": "planning", "replan": "planning", "withhold": "planning", "run_due": "run"}


def __getattr__(name: str):
    if name in HOMES:
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
