"""Whatever else a query depends on stands in its key: written in one place and language, it is right in all."""

import datetime as dt
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from itertools import chain

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.utils import timezone, translation

from actions.agenda import Since
from failforward import testing
from failforward.prepared import counting, prepared
from failforward.testing import NOW, TODAY

WRITTEN_ONCE, READ = re.compile("^@(prepared|counting)$", re.M), [prepared(len).__code__, counting(len).__code__]
PACKAGES = ["actions", "reviews", "failforward"]
SHAPES = {
    "today": TODAY,
    "zone": "Europe/Berlin",
    "since": Since(NOW - dt.timedelta(7), TODAY - dt.timedelta(7), TODAY, "Europe/Berlin"),
    "began": NOW,
    "findings": True,
    "hears_all": False,
    "begin": 0,
    "most": 50,
    "lacking": True,
    "category": "planning",
    "path": "/1/7/",
    "kind": "commitment",
}
WAYS = [("Pacific/Auckland", "en", NOW), ("America/Los_Angeles", "de", NOW + dt.timedelta(hours=9))]


def every_one() -> Iterator[Callable]:
    for path in chain(*(settings.BASE_DIR.glob(f"{package}/**/*.py") for package in PACKAGES)):
        if "tests" in path.parts or not WRITTEN_ONCE.search(path.read_text()):
            continue
        name = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        for made in vars(importlib.import_module(name)).values():
            if getattr(made, "__code__", None) in READ and made.__module__ == name:
                yield made


def sql_of(made: Callable, user, way: tuple) -> tuple:
    zone, language, now = way
    asked = inspect.signature(made).parameters.values()
    who = [user if "User" in str(one.annotation) else 7 for one in asked if one.kind != one.KEYWORD_ONLY]
    shape = {one.name: SHAPES[one.name] for one in asked if one.kind == one.KEYWORD_ONLY}
    with timezone.override(zone), translation.override(language), time_machine.travel(now, tick=False):
        try:
            return made.__wrapped__(*who, **shape).query.sql_with_params()
        except EmptyResultSet:
            return ()


@pytest.mark.django_db
def test_what_is_prepared_is_the_same_wherever_and_whenever_it_is_written():
    user = testing.cast().manager
    found = list(every_one())
    differing = [
        f"{made.__module__}.{made.__name__}" for made in found if len({sql_of(made, user, way) for way in WAYS}) > 1
    ]
    assert differing == []
    assert {"rows_of", "numbers", "with_all", "actions_of", "still_waiting"} <= {made.__name__ for made in found}
