import io
import math
import smtplib
import socket
import time


class WholeAnswer(io.RawIOBase):
    """Reads until an instant. A socket's own time-out is for each piece: a server that sends a byte now and then could
    hold a worker for as long as it likes."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.until = connection, 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self.connection.settimeout(left)
        return self.connection.recv_into(buffer)


class PatientSMTP(smtplib.SMTP):
    """Waits for each answer as long as `timeout` says, and not for each byte of it; for all that comes before the
    first mail together no longer than that either."""

    def __init__(self, *args, timeout: float, **options) -> None:
        self.way_in_ends: float | None = time.monotonic() + timeout
        super().__init__(*args, timeout=timeout, **options)

    def is_in(self) -> None:
        self.way_in_ends = None

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.answer = WholeAnswer(self.sock)
            self.file = io.BufferedReader(self.answer)
        self.answer.until = min(time.monotonic() + self.timeout, self.way_in_ends or math.inf)
        try:
            return super().getreply()
        finally:
            if self.sock is not None:
                self.sock.settimeout(self.timeout)


class PatientTlsSMTP(PatientSMTP, smtplib.SMTP_SSL):
    pass
