"""Clocks that go wrong, on one machine of several or on all of them."""

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from faults.registry import fault
from faults.shifted_clock import ShiftedClock
from faults.sink import Rule
from faults.table import Result
from faults.world import World

SHIFTS = {"2 days ahead": "+2d", "a day behind": "-1d", "an hour ahead": "+1h", "a second a minute": "+0 x1.0167"}
LONGEST_LEASE = timedelta(minutes=15)
LONGEST = {"SEND_LEASE_SECONDS": "900"}
COMPLAINT = "differ by more than a minute"
# So that the clock is shifted while mail is going out.
SLOW = Rule("kept", "wait 0.05")


@fault(16, "one worker's clock", ci=True, on=("postgresql",), settings=LONGEST, needs=("faketime",))
def one_clock(world: World) -> Iterator[Result]:
    clock = ShiftedClock(world.where)
    world.start_worker("worker1", **clock.environment)
    world.start_worker("worker2")
    world.start_beat()
    world.sink.behave(SLOW)
    for name, offset in islice(SHIFTS.items(), world.count(full=len(SHIFTS), ci=2)):
        world.promise(world.count(full=60, ci=16), shares=(2,))
        world.wait(world.unsent, 30, "the first mail")
        clock.set(offset)
        shifted = is_shifted(world, clock, offset, "worker1")
        world.wait_until_sent()
        world.pause(2)
        if offset == "-1d":
            # One that is ahead finds every ring of the bell too old and does not even look.
            world.wait(lambda: COMPLAINT in world.crew["worker1"].log.read_text(), 60, "a word about the clock")
        result = world.judge(f"{world.fault.name}: {name}", injected=int(shifted))
        result.wrong += too_long_leases()
        yield result
        clock.set("+0")


@fault(16, "all clocks", ci=True, settings=LONGEST, needs=("faketime",))
def all_clocks(world: World) -> Iterator[Result]:
    """Questions of the next days come at once when the clock jumps ahead, and not again when it is set right."""
    clock = ShiftedClock(world.where)
    begin_under(world, clock)
    world.sink.behave(SLOW)
    each = world.count(full=20, ci=4)
    for name, offset in islice(SHIFTS.items(), world.count(full=len(SHIFTS), ci=2)):
        ahead = timedelta(days=2 if offset == "+2d" else 0)
        world.promise(each, shares=(2,))
        if ahead:
            world.promise(each, shares=(2,), in_days=1)
        world.wait(world.unsent, 30, "the first mail")
        clock.set(offset)
        shifted = is_shifted(world, clock, offset, *world.crew)
        world.pause(world.count(full=10, ci=4))
        if ahead:
            world.wait(lambda: not world.unsent(timedelta(days=2)), 120, "what is due in two days")
        wrong = too_long_leases(ahead)
        clock.set("+0")
        world.wait_until_sent()
        world.pause(2)
        result = world.judge(f"{world.fault.name}: {name}", injected=int(shifted))
        result.wrong += wrong + too_long_leases()
        yield result


def is_shifted(world: World, clock: ShiftedClock, offset: str, *names: str) -> bool:
    """The file says so, and every process that shall go by it does."""
    pids = [pid for name in names for pid in world.crew[name].pids]
    if world.postgresql and len(names) > 1:
        pids.append(world.postgresql.process.pid)
    # One that only goes faster begins at no distance.
    least = 0 if offset.startswith("+0") else 3500
    return bool(pids) and all(map(clock.leads, pids)) and abs(clock.shown()) >= least


def begin_under(world: World, clock: ShiftedClock) -> None:
    """The database too: all that is started from now on goes by this clock, but for us and Redis, which keeps nothing
    that has to do with time."""
    os.environ.update(clock.environment)
    if world.postgresql:
        world.postgresql.stop()
        world.postgresql.start()
    world.start()


def too_long_leases(ahead: timedelta = timedelta(0)) -> list[str]:
    from failforward.outbox.clock import database_now
    from failforward.outbox.models import Mail, State

    leased = Mail.objects.filter(state__in=[State.CLAIMED, State.SENDING])
    stuck = leased.filter(next_at__gt=database_now() + ahead + LONGEST_LEASE + timedelta(seconds=5)).count()
    return [f"{stuck} leases end later than in 15 minutes"] if stuck else []
