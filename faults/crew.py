"""Our own processes as a supervisor runs them: what ends by itself is started again, as systemd and Docker do."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from tools.servers import end_with_parent

ROOT = Path(__file__).resolve().parent.parent
RESTART_AFTER = 0.5
STOP_SECONDS = 20


class Program:
    """One of them, in a session of its own; what it says goes into a file."""

    def __init__(self, name: str, command: list[str], log: Path, cwd: Path, more: dict[str, str]) -> None:
        self.name, self.command, self.log, self.cwd, self.more = name, command, log, cwd, more
        self.process: subprocess.Popen | None = None
        self.wanted = False
        # With which codes it ended by itself.
        self.ended: list[int] = []
        self.died_at: float | None = None

    def start(self) -> None:
        self.wanted, self.died_at = True, None
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=os.environ | self.more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(end_with_parent, signal.SIGTERM),
            )

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pids(self) -> list[int]:
        """The process and those it started."""
        return [self.process.pid, *children(self.process.pid)] if self.is_alive else []

    def kill(self) -> None:
        """As a supervisor does with all of a service, once its main process is gone."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """For good. False when it had to be killed."""
        self.wanted = False
        if self.process is None:
            return True
        self.process.terminate()
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False
        finally:
            self.kill()

    def mind(self) -> None:
        if not self.wanted or self.is_alive:
            return
        self.died_at = self.died_at or time.monotonic()
        if time.monotonic() - self.died_at > RESTART_AFTER:
            self.kill()
            self.ended.append(self.process.returncode)
            self.start()

    def says(self, lines: int = 8) -> str:
        last = self.log.read_text(errors="replace").splitlines()[-lines:] if self.log.exists() else []
        return "\n".join(line[:300] for line in last)


class Crew(dict[str, Program]):
    def add(self, name: str, command: list[str], where: Path, cwd: Path = ROOT, **more: str) -> Program:
        """`cwd` is where its code lies, `more` what only its environment has."""
        self[name] = Program(name, command, where / f"{name}.log", cwd, more)
        self[name].start()
        return self[name]

    def mind(self) -> None:
        for program in self.values():
            program.mind()

    @property
    def ended(self) -> list[tuple[str, int]]:
        return [(program.name, code) for program in self.values() for code in program.ended]

    def stop(self) -> None:
        """All at once, then each is waited for."""
        for program in self.values():
            program.wanted = False
            if program.is_alive:
                program.process.terminate()
        for program in self.values():
            program.stop()


def children(pid: int) -> list[int]:
    """The direct ones, whichever thread started them. Linux only, as all of this."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found
