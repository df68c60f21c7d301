"""Mail servers that hang, crawl and hang up."""

import contextlib
import signal
import socket
import time
from collections.abc import Iterator

from faults import sink
from faults.registry import fault
from faults.sink import Rule
from faults.table import Result
from faults.world import World

# What one silence may last, and how long mail that had nothing to do with it may wait.
TIME_OUT, OTHERS_WAIT = 30, 60
SLACK = 6
# More than a server keeps waiting.
CALLERS = 300


@fault(14, "the line drops at the end of the data", ci=True)
def dropped(world: World) -> Iterator[Result]:
    world.start()
    yield dropped_at(world, "end", "nothing kept", copies=0)
    yield dropped_at(world, "kept", "mail accepted", copies=1)


def dropped_at(world: World, at: str, what: str, copies: int) -> Result:
    drops = world.count(full=25, ci=5)
    world.sink.behave(*(Rule(at, "drop", f"p{number:03}@", times=1) for number in range(drops)))
    world.promise(2 * drops, shares=(1,))
    world.wait(lambda: hurried(world), 180, "the end of what is due")
    did = world.sink.read().did[f"{at} drop"]
    result = world.judge(f"{world.fault.name}: {what}", injected=did, allowed=copies * did)
    if result.extra != copies * drops or did != drops:
        result.wrong.append(f"{did} lines dropped made {result.extra} extra copies")
    return result


def hurried(world: World) -> bool:
    world.hurry()
    return not world.unsent()


@fault(13, "a mail server that hangs", minutes=10, settings={"SEND_LEASE_SECONDS": "900"})
def hangs(world: World) -> Iterator[Result]:
    world.start()
    yield hanging(world, "the banner", Rule("banner", "wait 45", times=1))
    yield hanging(world, "after DATA", Rule("end", "wait 45", "p000@", times=1))
    yield hanging(world, "the 250 comes too late", Rule("kept", "wait 45", "p000@", times=1), allowed=1)
    yield hanging(world, "one byte a second", Rule("banner", "drip 1", times=1))
    yield nobody_picks_up(world)


def hanging(world: World, name: str, rule: Rule, allowed: int = 0) -> Result:
    """One connection or mail meets the silence; the others are to come through beside it."""
    world.sink.behave(rule)
    before = world.sink.read().did[f"{rule.at} {rule.do}"]
    world.promise(60, shares=(1,))
    watch = Watch(list(world.promised))
    world.wait(watch.is_over, 240, "the end of what is due")
    did = world.sink.read().did[f"{rule.at} {rule.do}"] - before
    result = world.judge(f"{world.fault.name}: {name}", injected=did, allowed=allowed)
    watch.tell(result)
    return result


def nobody_picks_up(world: World) -> Result:
    """The server's process stands still and its queue of callers is full, so nobody is even connected."""
    world.sink.behave()
    with standing_still(world.sink):
        world.promise(60, shares=(1,))
        watch = Watch(list(world.promised))
        world.wait(lambda: watch.is_over() or watch.longest > TIME_OUT - 1, 60, "a caller who waits")
        world.wait(lambda: not watch.now(), TIME_OUT, "the end of the wait")
    world.wait(watch.is_over, 240, "the end of what is due")
    result = world.judge(f"{world.fault.name}: connecting", injected=1)
    watch.tell(result)
    return result


@contextlib.contextmanager
def standing_still(server: sink.Sink) -> Iterator[None]:
    callers = [socket.socket() for _ in range(CALLERS)]
    server.process.send_signal(signal.SIGSTOP)
    try:
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", server.port))
        yield
    finally:
        for caller in callers:
            caller.close()
        server.process.send_signal(signal.SIGCONT)


class Watch:
    """How long the tries of these promises' mails last while one looks on."""

    def __init__(self, promised: list[int]) -> None:
        self.promised, self.longest, self.began = promised, 0.0, time.monotonic()

    def mails(self):
        from failforward.outbox.models import Mail

        return Mail.objects.filter(follow_ups__commitment__in=self.promised).distinct().defer("body")

    def now(self) -> float:
        """Seconds of the oldest try that is under way."""
        from django.db.models import Min

        from failforward.outbox.clock import database_now
        from failforward.outbox.models import State

        since = self.mails().filter(state=State.SENDING).aggregate(since=Min("sending_started_at"))["since"]
        return (database_now() - since).total_seconds() if since else 0.0

    def is_over(self) -> bool:
        from failforward.outbox.models import State

        self.longest = max(self.longest, self.now())
        return not self.mails().exclude(state=State.SENT).exists()

    def tell(self, result: Result) -> None:
        """`others` are those that were never tried in vain."""
        others = [(mail.sent_at - mail.due_at).total_seconds() for mail in self.mails() if mail.attempts == 1]
        waited = max(others, default=0.0)
        if not TIME_OUT - SLACK < self.longest < TIME_OUT + SLACK:
            result.wrong.append(f"one try took {self.longest:.0f} s")
        if waited > OTHERS_WAIT:
            result.wrong.append(f"other mail waited {waited:.0f} s")
        result.notes.append(
            f"longest try {self.longest:.0f} s, {len(others)} others within {waited:.0f} s, "
            f"all within {time.monotonic() - self.began:.0f} s"
        )
