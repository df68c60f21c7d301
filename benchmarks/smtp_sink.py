"""A real SMTP server in a process of its own that writes down, before its 250, what it accepted."""

import asyncio
import contextlib
import hashlib
import itertools
import logging
import re
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aiosmtpd.smtp import SMTP

from tools.servers import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent

MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(\S+)")


@dataclass(frozen=True)
class Accepted:
    connection: str
    message_id: str
    digest: str


@dataclass
class Log:
    """What the sink wrote down, in order, and which connections said goodbye."""

    accepted: list[Accepted] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)

    @cached_property
    def copies(self) -> dict[str, list[Accepted]]:
        found = defaultdict(list)
        for one in self.accepted:
            found[one.message_id].append(one)
        return found

    @property
    def extra(self) -> int:
        return len(self.accepted) - len(self.copies)

    @property
    def changed(self) -> int:
        """Messages of which two copies differ in a byte."""
        return sum(len({one.digest for one in copies}) > 1 for copies in self.copies.values())

    @property
    def unexplained(self) -> int:
        """Extra copies for which no worker was killed after the 250: then it was the last word of a connection that
        was cut."""
        last_words = {one.connection: one for one in self.accepted if one.connection not in self.ended}
        repeated = [one for copies in self.copies.values() for one in copies[:-1]]
        return sum(last_words.get(one.connection) is not one for one in repeated)


@dataclass
class Sink:
    port: int
    path: Path

    def read(self) -> Log:
        log = Log()
        for line in self.path.read_text().splitlines():
            what, connection, *rest = line.split()
            if what == "accepted":
                log.accepted.append(Accepted(connection, *rest))
            else:
                log.ended.add(connection)
        return log


@contextlib.contextmanager
def running(pause: float = 0) -> Iterator[Sink]:
    """`pause` is how many seconds it thinks before each 250."""
    with tempfile.TemporaryDirectory() as folder:
        sink = Sink(free_port(), Path(folder) / "accepted")
        command = [sys.executable, "-m", "benchmarks.smtp_sink", str(sink.port), str(sink.path), str(pause)]
        errors = Path(folder) / "errors"
        with open(errors, "wb") as file:
            server = subprocess.Popen(command, cwd=ROOT, stderr=file)
        try:
            wait_for(server, sink.port, errors)
            yield sink
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


class Handler:
    def __init__(self, path: str, pause: float) -> None:
        self.file = open(path, "a", buffering=1)  # noqa: SIM115
        self.pause = pause
        self.numbers = itertools.count(1)

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:
        session.host_name = hostname
        # Not the port: the system gives it to another connection later.
        session.number = next(self.numbers)
        return responses

    async def handle_DATA(self, server, session, envelope) -> str:
        content = envelope.original_content
        (message_id,) = MESSAGE_ID.search(content).groups()
        digest = hashlib.sha256(content).hexdigest()
        self.file.write(f"accepted {session.number} {message_id.decode()} {digest}\n")
        if self.pause:
            await asyncio.sleep(self.pause)
        return "250 accepted"

    async def handle_QUIT(self, server, session, envelope) -> str:
        self.file.write(f"quit {session.number}\n")
        return "221 bye"


async def serve(port: int, path: str, pause: float) -> None:
    handler = Handler(path, pause)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
