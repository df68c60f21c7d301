"""Workers that die, at every moment there is."""

import os
import random
import signal
import time
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Q

from failforward.outbox.claiming import BATCH
from failforward.outbox.models import CLAIMABLE, Mail, State
from faults.registry import fault
from faults.sink import Rule
from faults.table import Result
from faults.world import LONG_LEASE, TICK, World

# Where, in words, and whether the mail it was about is accepted by then.
POINTS = {
    "after_claim": ("after the claim", False),
    "before_smtp": ("before SMTP", False),
    "connected": ("connected", False),
    "after_250": ("after 250", True),
    "after_commit": ("after the commit", False),
}
# A machine with two cores that does something else as well.
SLACK = 15
# Docker's, if nobody says otherwise; systemd has more of it.
PATIENCE = 10


@fault(1, "kill -9 of a worker", ci=True, minutes=30)
def killed_at_each_point(world: World) -> Iterator[Result]:
    world.start()
    for point, (where, is_accepted) in POINTS.items():
        kills = world.count(full=20 if world.embedded else 100, ci=2)
        world.crashes.prepare(point, kills)
        world.promise(world.count(full=due_for(point, kills), ci=45))
        world.wait_until_sent(300)
        hit = world.crashes.hit()
        result = world.judge(f"{world.fault.name} {where}", injected=len(hit), allowed=len(hit) if is_accepted else 0)
        if is_accepted and result.extra != len(hit):
            result.wrong.append(f"{len(hit)} crashes after 250 made {result.extra} extra copies")
        late = max(0.0, time.time() - max(hit, default=0))
        if late > settings.SEND_LEASE_SECONDS + TICK + SLACK:
            result.wrong.append(f"all was sent only {late:.0f} s after the last crash")
        result.notes.append(f"all sent {late:.1f} s after the last crash")
        yield result


def due_for(point: str, kills: int) -> int:
    """A worker passes the claim once for a whole batch, the other points once for a mail; none twice for the same."""
    return kills * BATCH if point == "after_claim" else max(150, 5 * kills)


@fault(2, "kill -9 of a worker at random", minutes=30)
def killed_at_random(world: World) -> Iterator[Result]:
    """Only while mail goes out, and now and then the main process instead of one of its children."""
    randomly, kills = random.Random(2026), 40 if world.embedded else 200
    world.sink.behave(Rule("end", "wait 0.01"), Rule("kept", "wait 0.01"))
    world.start()
    for _kill in range(kills):
        if world.unsent() < 40:
            world.promise(90)
        seen = len(world.sink.read().accepted)
        world.wait(lambda seen=seen: len(world.sink.read().accepted) > seen + 3 and not would_be_poison(), 60, "mail")
        world.pause(randomly.uniform(0, 0.1))
        world.wait(lambda: all(program.pids for program in world.workers()), 30, "the supervisor")
        kill(*randomly.choice(world.workers()).pids, main_too=randomly.random() < 0.1)
    world.sink.behave()
    world.wait_until_sent()
    result = world.judge(injected=kills, allowed=kills)
    if unexplained := world.sink.read().unexplained:
        result.wrong.append(f"{unexplained} extra copies that no kill after 250 explains")
    yield result


def kill(main: int, *children: int, main_too: bool) -> None:
    os.kill(main if main_too or not children else children[-1], signal.SIGKILL)


def would_be_poison() -> bool:
    """A mail whose tries broke off three times is held back on purpose, so none may meet a third kill."""
    open_tries = Count("tries", filter=Q(tries__finished_at=None))
    return Mail.objects.filter(state__in=CLAIMABLE).annotate(open=open_tries).filter(open__gte=2).exists()


@fault(3, "SIGTERM during sending", minutes=6, settings=LONG_LEASE)
def stopped(world: World) -> Iterator[Result]:
    """With far more left than could go out before a supervisor loses its patience."""
    met, wrong, longest = 0, [], 0.0
    for _round in range(2):
        # The server has the mail at once and says so a while later: the worst moment to be told to stop.
        world.sink.behave(Rule("kept", "wait 0.5"))
        world.start()
        world.promise(150)
        seen = len(world.sink.read().accepted)
        world.wait(lambda seen=seen: len(world.sink.read().accepted) > seen + 3, 60, "the first mails")
        met += len(world.workers())
        began = time.monotonic()
        for program in world.workers():
            program.wanted = False
            program.process.terminate()
        ended = [program.stop(PATIENCE) for program in world.workers()]
        longest = max(longest, time.monotonic() - began)
        world.crew.stop()
        if not all(ended):
            wrong.append(f"a worker did not end within {PATIENCE} s")
        if left := Mail.objects.filter(state__in=[State.SENDING, State.CLAIMED]).count():
            wrong.append(f"{left} mails were left claimed or in doubt")
        if not world.unsent():
            wrong.append("all was sent before the end")
        world.sink.behave()
        world.start()
        world.wait_until_sent()
        world.crew.stop()
    result = world.judge(injected=met)
    result.wrong += wrong
    result.notes.append(f"ended within {longest:.1f} s")
    yield result
