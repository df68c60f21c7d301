"""Whatever else a query depends on stands in its key: written in one place and language, it is right in all."""

import datetime as dt
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.exceptions import EmptyResultSet
from django.utils import timezone, translation

from actions.agenda import Since
from failforward import testing
from failforward.prepared import prepared
from failforward.testing import NOW, TODAY

SHAPES = {
    "today": TODAY,
    "zone": "Europe/Berlin",
    "since": Since(NOW - dt.timedelta(7), TODAY - dt.timedelta(7), TODAY, "Europe/Berlin"),
    "began": NOW,
    "findings": True,
    "hears_all": False,
    "begin": 0,
    "most": 50,
}
WAYS = [("Pacific/Auckland", "en", NOW), ("America/Los_Angeles", "de", NOW + dt.timedelta(hours=9))]


def every_one() -> Iterator[Callable]:
    for package in ("actions", "reviews", "failforward"):
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if found.name.split(".")[1] in ("tests", "migrations", "management", "demo"):
                continue
            for made in vars(importlib.import_module(found.name)).values():
                if getattr(made, "__code__", None) is prepared(len).__code__ and made.__module__ == found.name:
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
    assert {"rows_of", "numbers", "with_all", "lists_of"} <= {made.__name__ for made in found}
