"""The private servers of one fault, which it may kill, stop and start again. Only ever by their own process."""

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools import servers
from tools.programs import find

# Commits reach the disk, as they do where it matters.
SAFE = ("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "shared_buffers=64MB", "-c", "max_connections=60")


class Server:
    def __init__(self, command: list[str], port: int, where: Path, stop: signal.Signals, **run_as) -> None:
        self.command, self.port, self.where, self.signal, self.run_as = command, port, where, stop, run_as
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self.running = servers.running(self.command, self.port, self.where, self.signal, **self.run_as)
        self.process = self.running.__enter__()

    def stop(self) -> None:
        """As it likes to be asked; what was killed already is only forgotten."""
        if self.process is not None:
            self.process = None
            self.running.__exit__(None, None, None)

    def kill(self, by: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(by)
        self.process.wait(30)
        self.stop()


@contextlib.contextmanager
def postgresql(base: Path) -> Iterator[tuple[Server, str]]:
    """A copy of the prepared cluster, and its DATABASE_URL."""
    with servers.folder() as where:
        person, port = servers.not_root(), servers.free_port()
        if person:
            shutil.chown(where, person.pw_uid, person.pw_gid)
        subprocess.run(["cp", "-a", base / "data", where / "data"], check=True)
        run_as = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []} if person else {}
        server = Server(servers.postgres(where, port, SAFE), port, where, signal.SIGINT, **run_as)
        with kept_running(server):
            yield server, f"postgres://failforward@127.0.0.1:{port}/failforward"


@contextlib.contextmanager
def redis(*options: str) -> Iterator[tuple[Server, str]]:
    with servers.folder() as where:
        port = servers.free_port()
        command = [find("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(where), *options]
        server = Server(command, port, where, signal.SIGTERM)
        with kept_running(server):
            yield server, f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def kept_running(server: Server) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()
