"""A real SMTP server for the tests: it remembers every message it accepted, and refuses as it is told."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.controller import Controller


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
    at_recipient: list[str] = field(default_factory=list)
    at_end: list[str] = field(default_factory=list)
    drop_after_accepting: int = 0
    connections: int = 0
    port: int = 0

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
def running() -> Iterator[Sink]:
    sink = Sink(port=free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=10)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
