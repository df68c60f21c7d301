"""Another time for some processes, which may change while they run: libfaketime, of Debian's package `faketime`."""

import os
import subprocess
import sys
import time
from pathlib import Path

LIBRARY = "faketime/libfaketime.so.1"
# There Python finds the `sitecustomize` that mends what the library breaks.
MENDED = Path(__file__).parent / "shifted"


class ShiftedClock:
    """`set("-1d")` or `set("+0 x1.0167")`, as `man faketime` says; `environment` is for those who shall go by it."""

    def __init__(self, where: Path) -> None:
        where.chmod(0o755)  # PostgreSQL runs as somebody else.
        self.path = where / "clock"
        self.set("+0")

    def set(self, offset: str) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(f"{offset}\n")
        new.chmod(0o644)
        new.rename(self.path)

    @property
    def environment(self) -> dict[str, str]:
        (library,) = Path("/usr/lib").glob(f"*/{LIBRARY}")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            # gunicorn notes signs of life as the times of a file, by the clock that is not shifted.
            "NO_FAKE_STAT": "1",
            # Otherwise what only measures how long something takes would jump too.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(MENDED),
        }

    def shown(self) -> float:
        """By how many seconds it is ahead, for whoever goes by it."""
        code = [sys.executable, "-c", "import time; print(time.time())"]
        said = float(subprocess.check_output(code, env=os.environ | self.environment))
        return said - time.time()

    def leads(self, pid: int) -> bool:
        """Whether the process goes by it: it has the library, and our file in its environment."""
        process = Path("/proc") / str(pid)
        told = f"FAKETIME_TIMESTAMP_FILE={self.path}".encode()
        return LIBRARY in (process / "maps").read_text() and told in (process / "environ").read_bytes()
