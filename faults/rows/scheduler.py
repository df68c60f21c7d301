"""The clock that rings too little, or too much."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from django.conf import settings
from redis import Redis

from faults import base
from faults.crew import Program
from faults.registry import fault
from faults.sink import Rule
from faults.table import Result
from faults.world import LONG_LEASE, TICK, World
from tools.servers import free_port

# What a machine with two cores may need for a tick and a few mails while it does something else.
SLACK = 20
DUE_IN = 6


@fault(4, "beat never started, then killed, down 1 h", on=("postgresql",))
def without_a_clock(world: World) -> Iterator[Result]:
    world.start_worker()
    world.start_site()
    world.wait(world.ready, 60, "the site")
    yield silent_until_beat(world, "beat never started")
    world.crew["beat"].wanted = False
    world.crew["beat"].kill()
    yield silent_until_beat(world, "kill -9 of beat, down 1 h")


def silent_until_beat(world: World, name: str) -> Result:
    """Nothing is rung, so nothing goes; whoever watches is told, and the site answers. Then beat comes."""
    world.promise(40, within=DUE_IN)
    world.pause(DUE_IN + 3 * TICK)
    waited = world.unsent()
    wrong = [] if world.get("/healthz")[0] == 200 and world.get("/accounts/login/")[0] == 200 else ["no answer"]
    world.shift(hours=1)
    red = world.ready()
    wrong += [f"/readyz: {part} stayed green" for part in ("scheduler", "mail") if red[part]["ok"]]
    world.start_beat()
    took = world.wait_until_sent(60)
    world.wait(lambda: world.ready().get("status") == "ready", 30, "a green /readyz")
    result = world.judge(name, injected=1 if waited else 0)
    result.wrong += wrong
    if took > TICK + SLACK:
        result.wrong.append(f"{took:.0f} s after beat came back the last was sent")
    result.notes.append(f"red while it was down, all sent {took:.1f} s after")
    return result


@fault(4, "kill -9 of the one process, down 1 h", on=("sqlite",))
def everything_down(world: World) -> Iterator[Result]:
    site = world.start_site()
    world.wait(world.ready, 60, "the site")
    world.promise(40, within=DUE_IN)
    site.wanted = False
    site.kill()
    world.pause(DUE_IN + TICK)
    waited = world.unsent()
    world.shift(hours=1)
    site.start()
    took = world.wait_until_sent(60)
    result = world.judge(injected=1 if waited else 0)
    if took > TICK + SLACK:
        result.wrong.append(f"{took:.0f} s after the start the last was sent")
    result.notes.append(f"all sent {took:.1f} s after the start")
    yield result


@fault(5, "two beats, then five, and cron as well", ci=True, settings=LONG_LEASE)
def many_clocks(world: World) -> Iterator[Result]:
    world.start()
    # So that there is still something to send at every ring.
    world.sink.behave(Rule("end", "wait 0.05"))
    for beats in (2, 5):
        # The one process of an installation on SQLite is its own beat; more of it are started by mistake.
        for number in range(len(clocks(world)), beats if not world.ci else 2):
            if world.embedded:
                world.start_site(f"site{number}", PORT=str(free_port()))
            else:
                world.start_beat(f"beat{number}")
        world.wait(lambda: all(answers(program) for program in sites(world)), 90, "every site")
        if not world.embedded:
            until_each_rang([world.crew[name] for name in clocks(world)])
        world.promise(world.count(full=300, ci=60))
        crons = [
            subprocess.Popen([sys.executable, "manage.py", "run_due"], cwd=base.ROOT, stdout=subprocess.DEVNULL)
            for _ in range(2)
        ]
        world.wait_until_sent()
        codes = [cron.wait(60) for cron in crons]
        result = world.judge(f"{len(clocks(world))} beats and cron at once", injected=len(clocks(world)) + len(crons))
        if any(codes):
            result.wrong.append("run_due by cron failed")
        result.wrong += [f"{name} is gone" for name in clocks(world) if not world.crew[name].is_alive]
        result.wrong += [f"{name} ended with {code}" for name, code in world.crew.ended]
        yield result
        if world.ci:
            return


def clocks(world: World) -> list[str]:
    return [name for name in world.crew if name.startswith("site" if world.embedded else "beat")]


def sites(world: World) -> list[Program]:
    return [program for name, program in world.crew.items() if name.startswith("site")]


def answers(site: Program) -> bool:
    port = site.more.get("PORT") or settings.PORT
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def until_each_rang(beats: list[Program], seconds: float = 90) -> None:
    """Each message in Redis names the process it is from."""
    silent, until = {f"gen{beat.process.pid}@" for beat in beats}, time.monotonic() + seconds
    with Redis.from_url(settings.REDIS_URL, socket_timeout=seconds).monitor() as monitor:
        for said in monitor.listen():
            silent = {one for one in silent if one not in said["command"]}
            if not silent:
                return
            if time.monotonic() > until:
                raise RuntimeError(f"{len(silent)} of {len(beats)} beats never rang")
