import io
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
    """Waits for each answer as long as `timeout` says, and not for each byte of it."""

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.answer = WholeAnswer(self.sock)
            self.file = io.BufferedReader(self.answer)
        self.answer.until = time.monotonic() + self.timeout
        try:
            return super().getreply()
        finally:
            if self.sock is not None:
                self.sock.settimeout(self.timeout)


class PatientTlsSMTP(PatientSMTP, smtplib.SMTP_SSL):
    pass
