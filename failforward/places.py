"""Countries, their regions, their public holidays and weekends. Pure functions over two packages of data: `tzdata`
names the countries and says in which of them a zone lies, `holidays` knows the rest."""

import logging
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

log = logging.getLogger(__name__)

MONDAY_TO_FRIDAY = "12345"
WHOLE_WEEK = "1234567"


@cache
def countries() -> dict[str, str]:
    """ISO codes of two letters and names, by name."""
    named = (line.split("\t") for line in table("iso3166.tab"))
    return dict(sorted(named, key=lambda pair: pair[1]))


@cache
def country_of_zone(zone: str) -> str:
    """The country a zone is named for; empty for UTC and for former names of zones."""
    return next((code for code, _, name, *_ in (row.split("\t") for row in table("zone.tab")) if name == zone), "")


def table(name: str) -> list[str]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def regions(country: str) -> dict[str, str]:
    """Codes and names of the parts of a country whose holidays differ; empty where all have the same."""
    known = calendar_of(country)
    if known is None:
        return {}
    aliases = known.get_subdivision_aliases()
    named = {code: max(aliases.get(code) or [code], key=len) for code in known.subdivisions}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


@cache
def usual_week(country: str) -> str:
    """ISO weekdays worked: Sunday to Thursday is "12347"."""
    known = calendar_of(country)
    if known is None:
        return MONDAY_TO_FRIDAY
    # The package counts Monday as 0.
    return "".join(day for day in WHOLE_WEEK if int(day) - 1 not in known.weekend) or MONDAY_TO_FRIDAY


def holiday(day: date, country: str, region: str = "") -> str:
    """Its name, or nothing."""
    return holidays_in(day.year, country, region).get(day, "") if country else ""


def holidays_from(day: date, country: str, region: str = "") -> Iterator[tuple[date, str]]:
    """Those of the twelve months from `day` on, in order."""
    for year in (day.year, day.year + 1):
        found = holidays_in(year, country, region)
        yield from ((on, found[on]) for on in sorted(found) if day <= on and (on - day).days <= 365)


@lru_cache(maxsize=512)
def holidays_in(year: int, country: str, region: str = "") -> dict[date, str]:
    known = calendar_of(country, region, year)
    return {} if known is None else {day: name for day, name in known.items() if day.year == year}


def calendar_of(country: str, region: str = "", year: int | None = None) -> "HolidayBase | None":
    """None for what the package does not know (any more): somebody is asked on a holiday rather than never."""
    if not country:
        return None
    # Not at the top: it takes a third of a second and ten megabytes, and only a process that plans needs it.
    import holidays

    for part in (region or None, None):
        try:
            return holidays.country_holidays(country, subdiv=part, years=year, language="en_US", expand=False)
        except NotImplementedError:
            log.warning("No holidays are known of %s %s", country, part or "")
    return None
