"""Web, worker and scheduler at one terminal: they end together, whoever is the first."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

RUN = """
import sys
from failforward.processes import run_together
sys.exit(run_together([[sys.executable, "-c", code] for code in sys.argv[1:]]))
"""
SLEEP = "import os, time; open({path!r}, 'w').write(str(os.getpid())); time.sleep(60)"

FAIL = """
import os, sys, time
while not os.path.exists({path!r}):
    time.sleep(0.05)
time.sleep(0.3)
sys.exit(3)
"""


def start(*codes: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", RUN, *codes], cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL)


def pid_in(path: Path) -> int:
    end = time.monotonic() + 30
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return int(path.read_text())


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_when_one_ends_the_others_do(tmp_path: Path):
    path = tmp_path / "sleeper"
    process = start(SLEEP.format(path=str(path)), FAIL.format(path=str(path)))
    sleeper = pid_in(path)
    assert process.wait(30) == 3
    assert is_gone(sleeper)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda how: how.name)
def test_told_to_stop_it_leaves_none(tmp_path: Path, how: signal.Signals):
    paths = [tmp_path / "one", tmp_path / "two"]
    process = start(*(SLEEP.format(path=str(path)) for path in paths))
    sleepers = [pid_in(path) for path in paths]
    process.send_signal(how)
    assert process.wait(30) == 0
    assert all(is_gone(pid) for pid in sleepers)
