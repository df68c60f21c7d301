"""A real SMTP server in a process of its own (`smtp_server`). It writes down, before its 250, what it accepted; and it
misbehaves as its rules say, which may change while it runs."""

import contextlib
import hashlib
import json
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from tools.programs import find
from tools.servers import folder, free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Rule:
    """What the server does instead of going on.

    `at`: banner, ehlo, tls, login, mail, rcpt, data (the command), end (of the data, nothing kept yet), kept (it is
    written down, the 250 is not said yet).
    `do`: an answer ("451 4.7.1 later"), "drop", "wait 40" (seconds, then it goes on), "drip 1" (from the banner on, so
    many seconds a byte), "without 8BITMIME STARTTLS" at ehlo, "lie" at tls (a certificate of somebody else).
    `to` is part of the address it holds for, from rcpt on. `times` is how often, for each address (0: always);
    `greylist` is for how many seconds after the first try of an address.
    """

    at: str
    do: str
    to: str = ""
    times: int = 0
    greylist: float = 0


@dataclass(frozen=True)
class Accepted:
    connection: str
    message_id: str
    digest: str
    address: str = ""


@dataclass
class Log:
    """What the sink wrote down, in order: mail, goodbyes, and how often it did what its rules say."""

    accepted: list[Accepted] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    did: Counter = field(default_factory=Counter)

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
    where: Path
    process: subprocess.Popen

    @property
    def certificate(self) -> Path:
        """For `SSL_CERT_FILE`: whoever trusts it can talk to `localhost` in private."""
        return self.where / "good.pem"

    def behave(self, *rules: Rule, clock: float = 0) -> None:
        """From now on so, and no rule means well. `clock` is how many seconds ahead it believes to be."""
        script = {"rules": [asdict(rule) for rule in rules], "clock": clock}
        (self.where / "script.new").write_text(json.dumps(script))
        (self.where / "script.new").rename(self.where / "script")

    def read(self) -> Log:
        log = Log()
        for line in (self.where / "log").read_text().splitlines():
            what, rest = line.split(" ", 1)
            if what == "accepted":
                log.accepted.append(Accepted(*rest.split()))
            elif what == "quit":
                log.ended.add(rest)
            else:
                log.did[rest] += 1
        return log

    def kept(self, message_id: str) -> bytes:
        """The message as it came, of a sink that keeps them."""
        return (self.where / hashlib.sha256(message_id.encode()).hexdigest()).read_bytes()


@contextlib.contextmanager
def running(*rules: Rule, port: int = 0, keeps: bool = False) -> Iterator[Sink]:
    with folder() as where:
        port = port or free_port()
        for name in ("good", "bad"):
            certify(where / f"{name}.pem")
        (where / "log").touch()
        command = [sys.executable, "-m", "faults.smtp_server", str(port), str(where), *(["keeps"] if keeps else [])]
        with open(where / "errors", "wb") as errors:
            process = subprocess.Popen(command, cwd=ROOT, stderr=errors, start_new_session=True)
        sink = Sink(port, where, process)
        sink.behave(*rules)
        try:
            wait_for(process, port, where / "errors")
            yield sink
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def certify(path: Path) -> None:
    """A certificate that nobody trusts but who is told to, with its key in the same file."""
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"]
    command = [find("openssl"), "req", "-x509", *key, *name, "-keyout", path, "-out", path.with_suffix(".crt")]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
