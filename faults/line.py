"""A telephone line between a client and a server, which breaks when it is told to."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.servers import free_port


@dataclass
class Line:
    """`breaks_after` says how many bytes of the server come through on each next connection; then it is cut."""

    to: int
    port: int = field(default_factory=free_port)
    breaks_after: list[int] = field(default_factory=list)
    broken: int = 0

    def serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _address = listener.accept()
                threading.Thread(target=self.carry, args=(caller,), daemon=True).start()

    def carry(self, caller: socket.socket) -> None:
        left = self.breaks_after.pop(0) if self.breaks_after else None
        with caller, socket.create_connection(("127.0.0.1", self.to)) as server:
            threading.Thread(target=pour, args=(caller, server), daemon=True).start()
            if pour(server, caller, left):
                self.broken += 1
            for end in (caller, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


def pour(one: socket.socket, other: socket.socket, left: int | None = None) -> bool:
    """True when it was cut off in the middle."""
    with contextlib.suppress(OSError):
        while data := one.recv(4096):
            other.sendall(data if left is None else data[:left])
            if left is not None and len(data) >= left:
                return True
            left = None if left is None else left - len(data)
    return False


@contextlib.contextmanager
def running(to: int) -> Iterator[Line]:
    line = Line(to)
    with socket.create_server(("127.0.0.1", line.port)) as listener:
        threading.Thread(target=line.serve, args=(listener,), daemon=True).start()
        yield line
        listener.shutdown(socket.SHUT_RDWR)
