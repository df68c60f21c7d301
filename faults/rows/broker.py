"""A Redis that forgets, dies, is away, hangs or is full. It holds no truth, so nothing may be lost with it."""

import signal
from collections.abc import Callable, Iterator

from django.conf import settings
from redis import Redis
from redis.exceptions import OutOfMemoryError

from faults.registry import fault
from faults.sink import Rule
from faults.table import Result
from faults.visitor import Visitor
from faults.world import LONG_LEASE, World

CONSUMES_WITHIN = 30
SLOWER_BY = 1
# A key of ours, to see what Redis kept.
MARK = "faults:mark"
FULL = {"maxmemory": "1mb", "maxmemory-policy": "noeviction"}


def redis_of(world: World) -> Redis:
    """Only ever our own: its process is the one we started."""
    client = Redis.from_url(settings.REDIS_URL)
    assert client.info("server")["process_id"] == world.redis.process.pid
    return client


@fault(6, "FLUSHALL again and again", ci=True, on=("postgresql",), settings=LONG_LEASE)
def flushed(world: World) -> Iterator[Result]:
    every, times = world.count(full=5, ci=1), world.count(full=6, ci=4)
    world.start()
    # So slow that something is under way each time.
    world.sink.behave(Rule("end", "wait 0.1"))
    met = 0
    for _time in range(times):
        seen = len(world.sink.read().accepted)
        world.promise(world.count(full=60, ci=15))
        world.wait(lambda seen=seen: len(world.sink.read().accepted) > seen, 60, "the first mail")
        met += redis_of(world).dbsize() > 0 and world.unsent() > 0
        redis_of(world).flushall()
        world.pause(every)
    world.sink.behave()
    world.wait_until_sent()
    result = world.judge(injected=met)
    if met != times:
        result.wrong.append(f"only {met} of {times} times something was under way")
    yield result


@fault(7, "Redis away", on=("postgresql",), minutes=8)
def away(world: World) -> Iterator[Result]:
    world.start()
    world.start_site()
    world.wait(world.ready, 60, "the site")
    visitor = Visitor(world)
    redis = world.redis

    def saved_then_killed() -> None:
        redis_of(world).set(MARK, "1")
        redis_of(world).save()
        redis.kill()

    def written_then_killed() -> None:
        client = redis_of(world)
        client.delete(MARK)
        client.config_set("appendfsync", "always")
        client.config_set("appendonly", "yes")
        world.wait(lambda: has_its_aof(client), 30, "the AOF")
        client.set(MARK, "1")
        redis.command += ["--appendonly", "yes"]
        redis.kill()

    def back_with_what_it_kept() -> None:
        redis.start()
        if not redis_of(world).exists(MARK):
            raise RuntimeError("Redis came back without what it had kept")

    def hang() -> None:
        redis.process.send_signal(signal.SIGSTOP)

    def go_on() -> None:
        redis.process.send_signal(signal.SIGCONT)

    def fill() -> None:
        for name, value in FULL.items():
            redis_of(world).config_set(name, value)
        try:
            for number in range(64):
                redis_of(world).set(f"{MARK}:{number}", bytes(64 * 1024))
        except OutOfMemoryError:
            return
        raise RuntimeError("Redis was not full")

    def empty() -> None:
        client = redis_of(world)
        client.config_set("maxmemory", "0")
        client.delete(*(f"{MARK}:{number}" for number in range(64)))

    yield gone_for(world, visitor, "Redis kill -9, back with nothing", redis.kill, redis.start, 2)
    yield gone_for(world, visitor, "Redis refuses for 60 s", redis.kill, redis.start, 60)
    yield gone_for(world, visitor, "Redis kill -9, back with its RDB", saved_then_killed, back_with_what_it_kept, 2)
    yield gone_for(world, visitor, "Redis kill -9, back with its AOF", written_then_killed, back_with_what_it_kept, 2)
    yield gone_for(world, visitor, "Redis hangs for 20 s", hang, go_on, 20)
    yield gone_for(world, visitor, "Redis full, noeviction", fill, empty, 10)


def has_its_aof(client: Redis) -> bool:
    info = client.info("persistence")
    busy = info["aof_rewrite_in_progress"] or info["aof_rewrite_scheduled"]
    return bool(info["aof_enabled"] and info["aof_last_bgrewrite_status"] == "ok" and not busy)


def gone_for(world: World, visitor: Visitor, name: str, go: Callable, come: Callable, seconds: float) -> Result:
    """People go on promising meanwhile, and when it is back the same workers go on."""
    before = len(world.crew.ended)
    usual = min(visitor.promise()[1] for _time in range(3))
    world.promise(20)
    go()
    answers = [visitor.promise() for _time in range(3)]
    red = not world.ready()["broker"]["ok"]
    world.promise(20)
    world.pause(seconds)
    come()
    world.promise(20)
    took = world.wait_until_sent(90)
    result = world.judge(name, injected=1)
    ended = world.crew.ended[before:]
    slowest = max(seconds for _status, seconds in answers)
    if {status for status, _seconds in answers} != {302}:
        result.wrong.append(f"requests answered {sorted(status for status, _seconds in answers)}")
    if slowest > usual + SLOWER_BY:
        result.wrong.append(f"a request took {slowest:.1f} s instead of {usual:.1f} s")
    # systemd starts again what failed, not what ended well.
    result.wrong += [f"{program} ended with 0, so nobody starts it again" for program, code in ended if code == 0]
    if took > CONSUMES_WITHIN:
        result.wrong.append(f"all was sent only {took:.0f} s after it was back")
    result.notes += [f"{program} ended with {code}" for program, code in ended]
    result.notes += [f"all sent {took:.0f} s after it was back", f"requests {slowest:.1f} s"]
    if not red and "full" not in name:
        result.wrong.append("/readyz: broker stayed green")
    return result
