"""When a person works and can be asked: their zone, hour, week, place and absences."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from failforward import places, working_days
from failforward.working_days import Calendar

if TYPE_CHECKING:
    from failforward.accounts.models import Team, User

# Apps that plan something for a person's hours put their verb here when they are ready.
after_new_times: list[Callable[["User"], object]] = []


def changed(person: "User") -> None:
    """Called in the transaction of whatever changes one of them."""
    for follow in after_new_times:
        follow(person)


def of_newcomer(team: "Team | None", by: "User | None" = None) -> dict[str, str]:
    """What somebody has until they set it themselves: as in their team, else as whoever adds them."""
    like = team or by
    if like is None:
        return {}
    times = {name: getattr(like, name) for name in ("time_zone", "country", "region")}
    return times | {"work_days": places.usual_week(like.country)}


def calendar_of(person: "User") -> Calendar:
    """One query, or none where `absences` were prefetched."""
    away = tuple((one.from_on, one.until_on) for one in person.absences.all() if one.stands)
    return Calendar(person.work_days, person.country, person.region, away)


def due(person: "User", on: date) -> datetime:
    """Their first working day on or after `on`, at their hour."""
    return working_days.due_instant(on, person.ask_hour, person.time_zone, calendar_of(person))


def after(person: "User", when: datetime, count: int) -> datetime:
    """Their `count`th working day after the day of `when`, at their hour."""
    return working_days.after(when, count, person.ask_hour, person.time_zone, calendar_of(person))


def working_days_since(person: "User", when: datetime, now: datetime) -> int:
    """How many of their working days came after the day of `when`, today with them."""
    days = (working_days.local_date(moment, person.time_zone) for moment in (when, now))
    return working_days.between(*days, calendar_of(person))
