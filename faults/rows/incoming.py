"""Mail that comes in while the line breaks and processes die."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from faults import base, line
from faults.registry import fault
from faults.rows.twice import SITE, answer_to, asked_about, one_answer
from faults.table import Result
from faults.world import World
from tools import servers

EX_TEMPFAIL = 75


@fault(23, "the line to the mail account breaks", settings=SITE, needs=("dovecot",))
def broken_line(world: World) -> Iterator[Result]:
    from failforward.inbound import imap
    from failforward.inbound.models import ImapFolder

    letters = answers_to_all(world, 20)
    with servers.dovecot() as url, line.running(int(url.rpartition(":")[2].split("/")[0])) as cut:
        box = servers.maildir_of(url)
        for number, letter in enumerate(letters.values()):
            put(box, letter, f"{number}.mail")
        through = url.replace(f":{url.rpartition(':')[2]}", f":{cut.port}/INBOX")
        cut.breaks_after = [2000, 4500, 7000, 9000]
        tries = [fetched(imap, through) for _time in range(5)]
        # The same mails by their numbers once more, as after a crash before the place was noted.
        ImapFolder.objects.update(last_uid=0)
        again = imap.fetch(through)
        result = judged(world, "IMAP", letters, injected=cut.broken + again.known)
    result.notes.append(f"fetched in {len(tries)} goes: {tries}; {again.known} met twice")
    if tries.count("broken") != cut.broken or cut.broken < 3 or (again.stored, again.known) != (0, len(letters)):
        result.wrong.append(f"{cut.broken} breaks, goes {tries}, again {again}")
    yield result


def fetched(imap, url: str) -> str:
    try:
        return str(imap.fetch(url).stored)
    except Exception:
        return "broken"


def put(box: Path, letter: bytes, name: str) -> None:
    owner, path = box.stat(), box / "tmp" / name
    path.write_bytes(letter)
    os.chown(path, owner.st_uid, owner.st_gid)
    path.rename(box / "new" / name)


def answers_to_all(world: World, number: int) -> dict[int, bytes]:
    """By promise, the reply to the mail that asked about it."""
    world.start()
    world.promise(number, shares=(1,))
    world.wait_until_sent()
    return {pk: answer_to(asked_about(world, pk)[1]) for pk in world.promised}


def judged(world: World, name: str, letters: dict[int, bytes], injected: int) -> Result:
    from failforward.inbound import reading
    from failforward.inbound.models import InboundMail

    reading.read_due()
    result = world.judge(f"{world.fault.name}: {name}", injected=injected)
    for pk in letters:
        result.wrong += one_answer(pk)
    if (stored := InboundMail.objects.count()) != len(letters):
        result.wrong.append(f"{stored} mails stored, {len(letters)} came")
    if any(state != "applied" for state in InboundMail.objects.values_list("state", flat=True)):
        result.wrong.append("not every reply became the answer")
    return result


@fault(23, "the mail server's pipe dies", settings=SITE)
def pipe_killed(world: World) -> Iterator[Result]:
    """What the mail server does with exit codes is Postfix's part; it is there in `test_mail_servers`. Here we are
    killed, and fail, at the worst moment, and are called again as it would."""
    letters = answers_to_all(world, 5)
    killed = doubtful = 0
    for letter in letters.values():
        killed += receive(letter, OUTBOX_CRASH_AT="stored") == -9
        doubtful += receive(letter, DATABASE_URL="postgres://nobody@127.0.0.1:1/x") == EX_TEMPFAIL
        if (code := receive(letter)) != 0:
            raise RuntimeError(f"receive_mail ended with {code}")
    result = judged(world, "killed between storing and ending", letters, injected=killed + doubtful)
    if (killed, doubtful) != (len(letters), len(letters)):
        result.wrong.append(f"{killed} killed, {doubtful} times 75 of {len(letters)}")
    yield result


def receive(letter: bytes, **environment: str) -> int:
    command = [sys.executable, "manage.py", "receive_mail", "--sender", "p@firm.internal"]
    done = subprocess.run(command, cwd=base.ROOT, env=os.environ | environment, input=letter, stderr=subprocess.DEVNULL)
    return done.returncode
