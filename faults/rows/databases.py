"""A database that dies, is away, is locked or has no room left."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from django.db import OperationalError, connection, connections

from failforward.celery import app
from failforward.outbox.models import Mail
from faults.registry import fault
from faults.sink import Rule
from faults.table import Result
from faults.visitor import Visitor
from faults.world import LONG_LEASE, World
from tools.servers import end_with_parent

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
    return settled(world, "PostgreSQL restarted, immediate", injected=times, cuts=times * senders(world))


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
    return settled(world, "pg_terminate_backend of every connection", injected=cut, cuts=cut)


def away(world: World, seconds: float) -> Result:
    visitor = Visitor(world)
    world.promise(40)
    world.postgresql.kill(signal.SIGQUIT)
    connections.close_all()
    asked = [world.get("/accounts/login/"), world.get("/readyz")]
    status, took = visitor.promise()
    world.pause(seconds)
    come_back(world)
    result = settled(world, f"PostgreSQL away for {seconds:.0f} s", injected=1, cuts=senders(world))
    if [status, *(code for code, _text in asked[1:])] != [503, 503]:
        result.wrong.append(f"a request got {status}, /readyz {asked[1][0]} instead of 503")
    if asked[0][0] >= 500 and asked[0][0] != 503 or "Traceback" in asked[0][1]:
        result.wrong.append(f"the log-in page answered {asked[0][0]}")
    if took > 15:
        result.wrong.append(f"a request hung for {took:.0f} s")
    return result


def senders(world: World) -> int:
    """Each may be between a 250 and its note."""
    return sum(len(program.pids) - 1 for program in world.workers())


def restart(world: World) -> None:
    """`pg_ctl -m immediate restart` is this signal."""
    world.postgresql.kill(signal.SIGQUIT)
    come_back(world)


def come_back(world: World) -> None:
    world.postgresql.start()
    connections.close_all()
    world.wait(answers, 30, "PostgreSQL")


def answers() -> bool:
    """It listens before it has read its log anew."""
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


def settled(world: World, name: str, injected: int, cuts: int) -> Result:
    """An extra copy may come only of a mail whose 250 could not be noted: at most one for each `cuts`, whatever we say
    of it ourselves. Every process is alive and at work."""
    world.sink.behave()
    took = world.wait_until_sent()
    in_doubt = Mail.objects.filter(uncertain=True).count()
    world.promise(8)
    after = world.wait_until_sent(60)
    pids = [program.process.pid for program in world.crew.values()]
    world.pause(3)
    ended = world.crew.ended
    result = world.judge(name, injected=injected, allowed=cuts)
    if [program.process.pid for program in world.crew.values() if program.is_alive] != pids:
        result.wrong.append("not every process is alive and stays so")
    result.wrong += not_at_work(world)
    result.notes += [f"all sent {took:.0f} s after, the next within {after:.0f} s", f"{in_doubt} mails ever in doubt"]
    result.notes += [f"{program} ended with {code}" for program, code in ended]
    return result


def not_at_work(world: World) -> list[str]:
    if world.embedded:
        return []
    there, meant = len(app.control.ping(timeout=5)), len(world.workers())
    return [] if there == meant else [f"{there} of {meant} workers answer"]


@fault(9, "SQLite locked by 8 writers", on=("sqlite",), settings=LONG_LEASE)
def locked(world: World) -> Iterator[Result]:
    world.start()
    writers = [writer(world) for _number in range(8)]
    try:
        world.promise(60)
        met, until = 0, time.monotonic() + 20
        while time.monotonic() < until:
            met += bool(world.unsent()) and is_locked()
            world.pause(0.2)
    finally:
        for one in writers:
            one.terminate()
        written = sum(int(one.communicate()[0] or 0) for one in writers)
    result = sound(settled(world, "SQLite locked by 8 writers", injected=met, cuts=0))
    result.notes.append(f"{written} foreign commits")
    yield result


def is_locked() -> bool:
    """Whether who does not wait is refused."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)) as at_once:
        try:
            at_once.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


@fault(9, "SQLite, kill -9 during commits", on=("sqlite",))
def killed_while_writing(world: World) -> Iterator[Result]:
    site, kills = world.start_site(), 10
    for _kill in range(kills):
        world.promise(20)
        writers = [writer(world) for _number in range(3)]
        world.wait(lambda: len(site.pids) > 1, 30, "the site")
        world.pause(0.5)
        for pid in [*(one.pid for one in writers), site.pids[-1]]:
            os.kill(pid, signal.SIGKILL)
        for one in writers:
            one.communicate()
    yield sound(settled(world, world.fault.name, injected=4 * kills, cuts=kills))


@fault(9, "SQLite, disk full", on=("sqlite",))
def disk_full(world: World) -> Iterator[Result]:
    with small_disk(world) as disk:
        site = world.start_site()
        world.wait(world.ready, 60, "the site")
        visitor = Visitor(world)
        world.promise(40)
        filler = disk / "filler"
        fill(filler)
        statuses = {visitor.promise()[0] for _time in range(8)}
        world.pause(5)
        said = [words for words in ("disk is full", "disk I/O error") if words in site.log.read_text(errors="replace")]
        filler.unlink()
        world.promise(10)
        result = sound(settled(world, world.fault.name, injected=len(said), cuts=len(world.workers())))
        world.crew.stop()
        connections.close_all()
    if not statuses <= {302, 503} or 503 not in statuses:
        result.wrong.append(f"requests answered {sorted(statuses)}")
    result.notes.append(f"requests answered {sorted(statuses)}, the log says {said}")
    yield result


def writer(world: World) -> subprocess.Popen:
    """Holds the lock most of the time; prints how often it had it when it is told to end."""
    path = connection.settings_dict["NAME"]
    command = [sys.executable, "-c", WRITER, path]
    not_alone = partial(end_with_parent, signal.SIGKILL)
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=not_alone)


WRITER = """
import signal, sqlite3, sys, time
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(print(done)))
done, database = 0, sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
while True:
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE outbox_tick SET at = at")
    database.execute("UPDATE accounts_user SET name = name WHERE id % 7 = 0")
    time.sleep(0.05)
    database.execute("COMMIT")
    done += 1
    time.sleep(0.005)
"""


@contextmanager
def small_disk(world: World) -> Iterator[Path]:
    """The database moves to a file system that has room for little more; where it was leads there."""
    if os.geteuid():
        raise PermissionError("only root can mount a small file system")
    connections.close_all()
    path, disk = Path(connection.settings_dict["NAME"]), world.where / "disk"
    disk.mkdir()
    room = path.stat().st_size // 1024 + 8 * 1024
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}k", "failforward", disk], check=True)
    try:
        shutil.move(path, disk / path.name)
        path.symlink_to(disk / path.name)
        yield disk
    finally:
        world.crew.stop()
        connections.close_all()
        subprocess.run(["umount", "-l", disk], check=True)


def fill(filler: Path) -> None:
    with suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def sound(result: Result) -> Result:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        found = cursor.fetchone()[0]
    if found != "ok":
        result.wrong.append(f"the database is corrupted: {found}")
    return result
