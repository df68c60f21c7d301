"""Workers that die, at every moment there is."""

import time
from collections.abc import Iterator

from django.conf import settings

from faults.registry import fault
from faults.table import Result
from faults.world import TICK, World

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


@fault(1, "kill -9 of a worker", ci=True, minutes=15)
def killed_at_each_point(world: World) -> Iterator[Result]:
    world.start()
    for point, (where, is_accepted) in POINTS.items():
        kills = world.count(full=12 if world.embedded else 50, ci=2)
        world.crashes.prepare(point, kills)
        world.promise(world.count(full=150 if world.embedded else 500, ci=45))
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
