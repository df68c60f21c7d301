"""What a question's instant is reckoned from changes after it was planned."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from faults.registry import fault
from faults.table import Result
from faults.world import World

HOUR = timedelta(hours=1)


@fault(24, "zone, holidays or rules change after planning")
def replanned(world: World) -> Iterator[Result]:
    """Time is given to what we run, so that days pass in seconds."""
    from actions.models import FollowUp
    from failforward.outbox.clock import database_now

    now = database_now()
    for name, (change, days, meant) in CHANGES.items():
        world.promise(20, people=20, shares=(1,), in_days=2)
        follow_ups = FollowUp.objects.filter(commitment__in=world.promised)
        before = dict(follow_ups.values_list("pk", "due_at"))
        change(world, now)
        after = dict(follow_ups.values_list("pk", "due_at"))
        moved = sum(after.get(pk) != at for pk, at in before.items())
        days_pass(now, days)
        result = world.judge(f"{world.fault.name}: {name}", injected=moved)
        if moved != len(before) or len(after) != len(before):
            result.wrong.append(f"{moved} of {len(before)} moved, {len(after)} questions")
        if wrong := set(after.values()) - {meant(now.date() + timedelta(days=2))}:
            result.wrong.append(f"asked at {sorted(map(str, wrong))}")
        yield result
    yield asked_before_moving_west(world, now)


def people_of(world: World):
    from failforward.accounts.models import User

    return User.objects.filter(commitments__in=world.promised).distinct()


def to_another_zone(world: World, now: datetime) -> None:
    from failforward.accounts import times

    for person in people_of(world):
        person.time_zone = "Pacific/Auckland" if person.time_zone == "UTC" else "UTC"
        person.save(update_fields=["time_zone"])
        times.changed(person)


def to_another_hour(world: World, now: datetime) -> None:
    from failforward.accounts import times

    for person in people_of(world):
        person.ask_hour = 9
        person.save(update_fields=["ask_hour"])
        times.changed(person)


def holidays_updated(world: World, now: datetime) -> None:
    """The package knows a holiday more; nobody tells us, the hourly look finds it."""
    from actions import replanning

    holiday = (now + timedelta(days=2)).date()
    people_of(world).update(country="DE")
    with mock.patch("failforward.places.holiday", lambda day, *place: "New" if day == holiday else ""):
        replanning.look_again(now)
        replanning.look_again(now)


def rules_updated(world: World, now: datetime) -> None:
    """The clocks of a country go differently from now on, with the next update of its rules."""
    from zoneinfo import ZoneInfo

    from actions import replanning

    with mock.patch("failforward.working_days.ZoneInfo", lambda name: ZoneInfo("Asia/Tokyo")):
        replanning.look_again(now)
        replanning.look_again(now)


def at(zone: str, hour: int, later: int = 0) -> Callable[[date], datetime]:
    """Reckoned here once more, by the standard library alone."""
    return lambda day: datetime.combine(day + timedelta(days=later), time(hour), ZoneInfo(zone)).astimezone(UTC)


# Each goes on from the one before: what changes, for how many days it is looked at, and when is to be asked then.
CHANGES: dict[str, tuple[Callable, int, Callable[[date], datetime]]] = {
    "their zone": (to_another_zone, 4, at("Pacific/Auckland", 0)),
    "their hour": (to_another_hour, 8, at("Pacific/Auckland", 9)),
    "a holiday more": (holidays_updated, 12, at("Pacific/Auckland", 9, later=1)),
    "the zone's rules": (rules_updated, 16, at("Asia/Tokyo", 9)),
}


def days_pass(now: datetime, days: int) -> None:
    """Hour by hour, each twice."""
    from failforward.outbox import run_due

    for hour in range(24 * (days - 4), 24 * days + 1):
        for _time in range(2):
            run_due(now + hour * HOUR)


def asked_before_moving_west(world: World, now: datetime) -> Result:
    from failforward.outbox import run_due

    world.promise(20, people=20, shares=(1,))
    run_due(now + HOUR)
    for person in people_of(world):
        person.time_zone = "Pacific/Honolulu"
        person.save(update_fields=["time_zone"])
    from failforward.accounts import times

    for person in people_of(world):
        times.changed(person)
    days_pass(now, 4)
    return world.judge(f"{world.fault.name}: west, after being asked", injected=20)
