"""A real SMTP server for the tests: it remembers every message it accepted, and refuses as it is told."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Accepted:
    sender: str
    address: str
    content: bytes

    @property
    def message_id(self) -> str:
        return message_from_bytes(self.content)["Message-ID"]


@dataclass
class Sink:
    accepted: list[Accepted] = field(default_factory=list)
    # Answers in the order they are given, then 250 again.
    at_sender: list[str] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    at_end: list[str] = field(default_factory=list)
    drop_after_accepting: int = 0
    connections: int = 0
    port: int = 0
    # Where it is set, only who logs in with it may send.
    password: str = ""

    def log_in(self, server, session, envelope, mechanism, data) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password, handled=False)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.at_sender:
            return self.at_sender.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.at_end:
            return self.at_end.pop(0)
        for address in envelope.rcpt_tos:
            self.accepted.append(Accepted(envelope.mail_from, address, envelope.original_content))
        if self.drop_after_accepting:
            self.drop_after_accepting -= 1
            server.transport.abort()
        return "250 accepted"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(password: str = "") -> Iterator[Sink]:
    sink = Sink(port=free_port(), password=password)
    guarded = {"authenticator": sink.log_in, "auth_required": True, "auth_require_tls": False} if password else {}
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=10, **guarded)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
