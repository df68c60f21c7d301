"""S1: from `manage.py serve` on a warm environment to the first page, and what the embedded product takes."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.table import Row

ROOT = Path(__file__).resolve().parent.parent
SECONDS_GOAL = 4
MEGABYTES_GOAL = 120


def main(runs: int = 3) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        start_once(folder)  # makes the demo team, once
        seen = [start_once(folder) for _ in range(runs)]
    seconds = statistics.median(first for first, _ in seen)
    megabytes = max(size for _, size in seen)
    return [
        Row("start to first page", f"{seconds:.1f} s", "", None, f"≤ {SECONDS_GOAL} s", seconds <= SECONDS_GOAL),
        Row("embedded memory", f"{megabytes:.0f} MB", "", None, f"≤ {MEGABYTES_GOAL} MB", megabytes <= MEGABYTES_GOAL),
    ]


def start_once(folder: str) -> tuple[float, float]:
    """Seconds to the first page, and megabytes (proportional set size) of all processes after twenty more."""
    port = free_port()
    environment = os.environ | {"PORT": str(port), "DEMO": "1", "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}
    began = time.monotonic()
    site = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        first_page(port, began + 120)
        seconds = time.monotonic() - began
        for _ in range(20):
            first_page(port, time.monotonic() + 10)
        return seconds, sum(map(megabytes, family(site.pid)))
    finally:
        os.killpg(site.pid, signal.SIGINT)
        site.wait(20)


def first_page(port: int, until: float) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=10) as page:
                page.read()
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def family(leader: int) -> list[int]:
    """The processes of the session that `leader` leads."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == leader:
                found.append(int(entry.name))
    return found


def megabytes(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(text.split("Pss:")[1].split()[0]) / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    for row in main():
        print(row)
