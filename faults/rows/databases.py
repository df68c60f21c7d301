"""A database that dies, is away, is locked or has no room left."""

import signal
from collections.abc import Iterator

from django.db import connection, connections

from failforward.outbox.models import Mail
from faults.registry import fault
from faults.sink import Rule
from faults.table import Result
from faults.visitor import Visitor
from faults.world import World

CUT = """
    SELECT count(*) FROM (
        SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
    ) AS others WHERE done
"""


@fault(8, "PostgreSQL dies", on=("postgresql",), minutes=8)
def postgresql_dies(world: World) -> Iterator[Result]:
    world.start()
    world.start_site()
    world.wait(world.ready, 60, "the site")
    yield restarted(world, times=10)
    yield connections_cut(world, times=20)
    yield away(world, seconds=60)


def restarted(world: World, times: int) -> Result:
    world.sink.behave(Rule("kept", "wait 0.05"))
    for _time in range(times):
        world.promise(30)
        world.pause(1.5)
        restart(world)
    return settled(world, "PostgreSQL restarted, immediate", injected=times)


def connections_cut(world: World, times: int) -> Result:
    """As an administrator does with what idles in a transaction: all of them at once, whatever they do."""
    cut = 0
    world.sink.behave(Rule("kept", "wait 0.05"))
    for number in range(times):
        if number % 4 == 0:
            world.promise(40)
        world.pause(0.7)
        with connection.cursor() as cursor:
            cursor.execute(CUT)
            cut += cursor.fetchone()[0]
    return settled(world, "pg_terminate_backend of every connection", injected=cut)


def away(world: World, seconds: float) -> Result:
    visitor = Visitor(world)
    world.promise(40)
    world.postgresql.kill(signal.SIGQUIT)
    connections.close_all()
    asked = [world.get("/accounts/login/"), world.get("/readyz")]
    status, took = visitor.promise()
    world.pause(seconds)
    world.postgresql.start()
    result = settled(world, f"PostgreSQL away for {seconds:.0f} s", injected=1)
    if [status, *(code for code, _text in asked[1:])] != [503, 503]:
        result.wrong.append(f"a request got {status}, /readyz {asked[1][0]} instead of 503")
    if asked[0][0] >= 500 and asked[0][0] != 503 or "Traceback" in asked[0][1]:
        result.wrong.append(f"the log-in page answered {asked[0][0]}")
    if took > 15:
        result.wrong.append(f"a request hung for {took:.0f} s")
    return result


def restart(world: World) -> None:
    """`pg_ctl -m immediate restart` is this signal."""
    world.postgresql.kill(signal.SIGQUIT)
    world.postgresql.start()
    connections.close_all()


def settled(world: World, name: str, injected: int) -> Result:
    """Extra copies may come only of mails whose 250 could not be noted; every process is alive and at work."""
    world.sink.behave()
    took = world.wait_until_sent()
    ids = set(Mail.objects.filter(uncertain=True).values_list("message_id", flat=True))
    in_doubt = len(ids & {one.message_id for one in world.sink.read().accepted[world.judged :]})
    ended = world.crew.ended
    result = world.judge(name, injected=injected, allowed=in_doubt)
    result.notes += [f"all sent {took:.0f} s after", f"{in_doubt} mails in doubt"]
    result.notes += [f"{program} ended with {code}" for program, code in ended]
    return result
