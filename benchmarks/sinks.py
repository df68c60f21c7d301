"""Two SMTP servers to send to. The bare one is never the slowest part; aiosmtpd, which reads and checks as a mail
server does, takes longer for a mail than smtplib takes to hand it over. Both give each connection a process of its own,
as Postfix does: two senders do not wait for one server."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aiosmtpd.smtp import SMTP

from tools.servers import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
END = b"\r\n.\r\n"
ANSWERS = {b"EHLO": b"250-sink\r\n250 SIZE 33554432\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Session(asyncio.Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport, self.buffer, self.in_message = transport, bytearray(), False
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (line := self.next_part()) is not None:
            self.answer(line)

    def next_part(self) -> bytes | None:
        """A command without its line end, or a whole message."""
        end = END if self.in_message else b"\r\n"
        at = self.buffer.find(end)
        if at < 0:
            return None
        part = bytes(self.buffer[:at])
        del self.buffer[: at + len(end)]
        return part

    def answer(self, part: bytes) -> None:
        if self.in_message:
            self.in_message = False
            self.transport.write(b"250 accepted\r\n")
            return
        verb = part[:4].upper()
        self.in_message = verb == b"DATA"
        self.transport.write(ANSWERS.get(verb, b"250 ok\r\n"))
        if verb == b"QUIT":
            self.transport.close()


class Accepting:
    async def handle_DATA(self, server, session, envelope) -> str:
        return "250 accepted"


SINKS = {"bare": Session, "aiosmtpd": lambda: SMTP(Accepting())}


@contextlib.contextmanager
def running(sink: str) -> Iterator[int]:
    """Yields its port."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder) / "errors"
        with open(errors, "wb") as file:
            server = subprocess.Popen([sys.executable, "-m", __name__, sink, str(port)], cwd=ROOT, stderr=file)
        try:
            wait_for(server, port, errors)
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


async def serve(sink: str, connection: socket.socket) -> None:
    gone = asyncio.Event()
    protocol = SINKS[sink]()
    lost = protocol.connection_lost

    def connection_lost(error: Exception | None) -> None:
        lost(error)
        gone.set()

    protocol.connection_lost = connection_lost
    await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, connection)
    await gone.wait()


def accept(sink: str, port: int) -> None:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.create_server(("127.0.0.1", port)) as server:
        while True:
            connection, _ = server.accept()
            if os.fork() == 0:
                server.close()
                asyncio.run(serve(sink, connection))
                os._exit(0)
            connection.close()


if __name__ == "__main__":
    accept(sys.argv[1], int(sys.argv[2]))
