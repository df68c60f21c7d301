"""The server of `sink`: aiosmtpd, doing what the rules of the moment say.

python -m faults.smtp_server PORT FOLDER [keeps]
"""

import asyncio
import hashlib
import itertools
import json
import logging
import os
import re
import signal
import ssl
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TextIO

from aiosmtpd.smtp import SMTP, AuthResult, syntax

from faults.sink import Rule

MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(\S+)")


class Script:
    """The rules of the moment, and how often each was kept to."""

    def __init__(self, where: Path, log: TextIO) -> None:
        self.path, self.log = where / "script", log
        self.read_at, self.rules, self.clock = 0, [], 0.0
        self.used: Counter = Counter()
        # When each address was first tried; a server remembers that whatever its rules are.
        self.seen: dict[str, float] = {}

    def what(self, at: str, address: str = "") -> str:
        """What to do at this stage, empty for nothing special."""
        self.look()
        for number, rule in enumerate(self.rules):
            if rule.at == at and rule.to in address and self.holds(rule, (number, address)):
                self.used[number, address] += 1
                self.log.write(f"did {rule.at} {rule.do}\n")
                return rule.do
        return ""

    def holds(self, rule: Rule, use: tuple[int, str]) -> bool:
        if rule.greylist:
            now = time.time() + self.clock
            return now < self.seen.setdefault(use[1], now) + rule.greylist
        return not rule.times or self.used[use] < rule.times

    def look(self) -> None:
        changed_at = self.path.stat().st_mtime_ns
        if changed_at == self.read_at:
            return
        script = json.loads(self.path.read_text())
        self.rules, self.clock = [Rule(**rule) for rule in script["rules"]], script["clock"]
        self.read_at = changed_at
        self.used.clear()


class Server(SMTP):
    """aiosmtpd, but for what it cannot be asked to do by its hooks."""

    def __init__(self, handler: "Handler", contexts: dict[str, ssl.SSLContext]) -> None:
        login = {"authenticator": handler.log_in, "auth_require_tls": False}
        super().__init__(handler, tls_context=contexts["good"], hostname="sink", timeout=600, **login)
        self.script, self.contexts = handler.script, contexts
        self.seconds_a_byte = 0.0

    async def _handle_client(self) -> None:
        do = self.script.what("banner")
        if do.startswith("drip"):
            self.seconds_a_byte = float(do.split()[1])
        elif do and (answer := await act(do, self)):
            await self.push(answer)
            self.transport.close()
            return
        await super()._handle_client()

    async def push(self, status: str | bytes) -> None:
        if not self.seconds_a_byte:
            await super().push(status)
            return
        for byte in (status if isinstance(status, bytes) else status.encode()) + b"\r\n":
            self._writer.write(bytes([byte]))
            await self._writer.drain()
            await asyncio.sleep(self.seconds_a_byte)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        if answer := await self.event_handler.answer("data", self):
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)

    @syntax("STARTTLS")
    async def smtp_STARTTLS(self, arg: str) -> None:
        self.tls_context = self.contexts["bad" if self.script.what("tls") == "lie" else "good"]
        await super().smtp_STARTTLS(arg)


class Handler:
    def __init__(self, where: Path, keeps: bool) -> None:
        self.where, self.keeps = where, keeps
        self.file = open(where / "log", "a", buffering=1)  # noqa: SIM115
        self.script = Script(where, self.file)
        self.numbers = itertools.count(1)

    async def answer(self, at: str, server: Server) -> str | None:
        """What the rules say instead of going on; None to go on."""
        to = server.envelope.rcpt_tos[0] if server.envelope.rcpt_tos else ""
        return await act(self.script.what(at, to), server)

    def log_in(self, server, session, envelope, mechanism, data) -> AuthResult:
        refused = self.script.what("login")
        return AuthResult(success=not refused, handled=False, message=refused or None)

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:
        session.host_name = hostname
        # Not the port: the system gives it to another connection later.
        session.number = next(self.numbers)
        missing = self.script.what("ehlo").split()[1:]
        left = [line for line in responses if not any(name in line for name in missing)]
        # The last line has a space where the others have a dash.
        return [*left[:-1], "250 " + left[-1][4:]]

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        if answer := await self.answer("mail", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if answer := await act(self.script.what("rcpt", address), server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        if answer := await self.answer("end", server):
            return answer
        content = envelope.original_content
        message_id = MESSAGE_ID.search(content)[1].decode()
        if self.keeps:
            (self.where / hashlib.sha256(message_id.encode()).hexdigest()).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        self.file.write(f"accepted {session.number} {message_id} {digest} {envelope.rcpt_tos[0]}\n")
        return await self.answer("kept", server) or "250 accepted"

    async def handle_QUIT(self, server, session, envelope) -> str:
        self.file.write(f"quit {session.number}\n")
        return "221 bye"


async def act(do: str, server: Server) -> str | None:
    """The answer to give, if there is one to give."""
    if do == "drop":
        server.transport.abort()
        # What is answered now reaches nobody.
        return "421 gone"
    if do.startswith("wait"):
        await asyncio.sleep(float(do.split()[1]))
        return None
    return do or None


def context_of(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def serve(port: int, where: Path, keeps: bool) -> None:
    handler = Handler(where, keeps)
    contexts = {name: context_of(where / f"{name}.pem") for name in ("good", "bad")}
    server = await asyncio.get_running_loop().create_server(lambda: Server(handler, contexts), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), "keeps" in sys.argv))
