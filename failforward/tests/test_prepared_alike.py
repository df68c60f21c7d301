"""Whatever else a query depends on stands in its key: written in one place and language, it is right in all."""

import datetime as dt
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from types import ModuleType

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.utils import timezone, translation

from actions.agenda_rows import Since
from actions.views.lists import LISTS
from failforward import listing, testing
from failforward.filters import ListFilter
from failforward.listing import Listing, Narrowed
from failforward.prepared import counting, prepared
from failforward.scopes import Scoped
from failforward.testing import NOW, TODAY

WRITTEN_ONCE, READ = re.compile("^@(prepared|counting)$", re.M), [prepared(len).__code__, counting(len).__code__]
PACKAGES = ["actions", "reviews", "failforward"]
SHAPES = {
    "today": TODAY,
    "zone": "Europe/Berlin",
    "since": Since(NOW - dt.timedelta(7), TODAY, "Europe/Berlin"),
    "days": (TODAY - dt.timedelta(90), TODAY),
    "began": NOW,
    "findings": True,
    "hears_all": False,
    "begin": 0,
    "most": 50,
    "lacking": True,
    "category": "planning",
    "by": "review",
    "path": "/1/7/",
    "kind": "commitment",
    "listing": LISTS,
    "order": ("name", "id"),
    "size": 26,
}
WAYS = [("Pacific/Auckland", "en", NOW), ("America/Los_Angeles", "de", NOW + dt.timedelta(hours=9))]


def modules_with(words: re.Pattern) -> Iterator[ModuleType]:
    for path in chain(*(settings.BASE_DIR.glob(f"{package}/**/*.py") for package in PACKAGES)):
        if "tests" not in path.parts and words.search(path.read_text()):
            yield importlib.import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))


def every_one() -> Iterator[Callable]:
    for module in modules_with(WRITTEN_ONCE):
        for made in vars(module).values():
            if getattr(made, "__code__", None) in READ and made.__module__ == module.__name__:
                yield made


def every_listing() -> Iterator[tuple[str, Listing]]:
    for module in modules_with(re.compile(r"^\w+ = Listing\(", re.M)):
        yield from ((f"{module.__name__}.{name}", it) for name, it in vars(module).items() if isinstance(it, Listing))


def sql_of(made: Callable, user, way: tuple) -> tuple:
    asked = inspect.signature(made).parameters.values()
    who = [user if "User" in str(one.annotation) else 7 for one in asked if one.kind != one.KEYWORD_ONLY]
    shape = {one.name: SHAPES[one.name] for one in asked if one.kind == one.KEYWORD_ONLY}
    with somewhere(*way):
        try:
            return made.__wrapped__(*who, **shape).query.sql_with_params()
        except EmptyResultSet:
            return ()


@contextmanager
def somewhere(zone: str, language: str, now: dt.datetime) -> Iterator[None]:
    with timezone.override(zone), translation.override(language), time_machine.travel(now, tick=False):
        yield


def sql_of_listing(it: Listing, user, way: tuple) -> tuple:
    with somewhere(*way):
        loaded = listing.rows_of.__wrapped__(7, listing=it, order=("id",))
        return str(loaded.query.sql_with_params()), str(Scoped(it.rows(), it.scopes(user), ("id",)).first_sql(26))


@pytest.mark.django_db
def test_so_are_the_rows_and_scopes_of_every_list():
    user = testing.cast().manager
    found = dict(every_listing())
    assert [name for name, it in found.items() if len({sql_of_listing(it, user, way) for way in WAYS}) > 1] == []
    assert {name.rpartition(".")[2] for name in found} >= {"ACTIONS", "COMMITMENTS", "DEALS", "FINDINGS", "REVIEWS"}


def every_steady_choice(kind: type[ListFilter] = ListFilter) -> Iterator[tuple[str, Narrowed]]:
    for name in kind.steady:
        for value, _ in kind.base_filters[name].extra["choices"]:
            yield f"{kind.__name__} {name}={value}", Narrowed(kind._meta.model.objects.all, kind, ((name, value),))
    for nearer in kind.__subclasses__():
        yield from every_steady_choice(nearer)


def sql_narrowed(rows: Narrowed, way: tuple) -> str:
    with somewhere(*way):
        return str(rows().query.sql_with_params())


@pytest.mark.django_db
def test_so_is_what_a_steady_filter_leaves():
    found = dict(every_steady_choice())
    assert [name for name, rows in found.items() if len({sql_narrowed(rows, way) for way in WAYS}) > 1] == []
    assert all(" WHERE " in sql_narrowed(rows, WAYS[0]) for rows in found.values())
    assert found.keys() >= {"CommitmentFilter state=open", "ReviewFilter kind=win", "FindingFilter category=planning"}


@pytest.mark.django_db
def test_what_is_prepared_is_the_same_wherever_and_whenever_it_is_written():
    user = testing.cast().manager
    found = list(every_one())
    differing = [
        f"{made.__module__}.{made.__name__}" for made in found if len({sql_of(made, user, way) for way in WAYS}) > 1
    ]
    assert differing == []
    assert {"rows_of", "numbers", "with_all", "actions_of", "still_waiting"} <= {made.__name__ for made in found}
