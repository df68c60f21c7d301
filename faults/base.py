"""An installation with its people and nothing else, made once a run; every fault begins with a copy of its own.

python -m faults.base        fills the installation that its environment names
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tools import servers
from tools.programs import find
from tools.test import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = 200
ADMIN = "ada@firm.internal"
PASSWORD = "a quiet tuesday in may"


def make(where: Path, databases: list[str]) -> None:
    """In `where`: the static files, SQLite's file, and PostgreSQL's folder `data`, at rest. What is there stays."""
    if "sqlite" in databases and not (where / "failforward.sqlite3").exists():
        fill(where, f"sqlite:///{where / 'new.sqlite3'}")
        (where / "new.sqlite3").rename(where / "failforward.sqlite3")
    if "postgresql" in databases and not (where / "data").exists():
        with servers.folder() as cluster:
            port, run_as = servers.free_port(), servers.make_cluster(cluster)
            command = servers.postgres(cluster, port, servers.FAST)
            with servers.running(command, port, cluster, stop=signal.SIGINT, **run_as):
                login = ["-h", "127.0.0.1", "-p", str(port), "-U", "failforward"]
                subprocess.run([find("createdb"), *login, "failforward"], check=True)
                fill(where, f"postgres://failforward@127.0.0.1:{port}/failforward")
            subprocess.run(["cp", "-a", cluster / "data", where / "data"], check=True)


def fill(where: Path, url: str) -> None:
    command = [sys.executable, "-m", "faults.base"]
    subprocess.run(command, cwd=ROOT, env=environment(where, where) | {"DATABASE_URL": url}, check=True)


def environment(base: Path, var: Path) -> dict[str, str]:
    """What all processes of a fault share. The settings of whoever runs it must not decide what is seen."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "failforward.settings",
        "ENV_FILE": os.devnull,
        "VAR_DIR": str(var),
        "STATIC_ROOT": str(base / "static"),
        "SECRET_KEY": "a key for faults only, of which nobody makes a secret at all",
        "DEFAULT_FROM_EMAIL": "FailForward <ask@mail.firm.internal>",
        "LOG_LEVEL": "WARNING",
        "FAILFORWARD_TEST_BUILD": "1",
    }
    return {name: value for name, value in os.environ.items() if name not in SETTINGS} | ours


def inside() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from failforward.accounts.first_run import open_installation
    from failforward.accounts.models import Membership, Role, Team, User

    with open(os.devnull, "w") as nowhere:
        call_command("prepare", stdout=nowhere)
    with transaction.atomic():
        open_installation("Ada Admin", ADMIN, PASSWORD, "Firm", time_zone="UTC")
        team = Team.objects.get(name="Firm")
        for number in range(PEOPLE):
            # Asked at any hour of any day, so that what is promised for today is due at once.
            times = {"time_zone": "UTC", "ask_hour": 0, "work_days": "1234567"}
            person = User.objects.create_user(f"p{number:03}@firm.internal", name=f"Person {number:03}", **times)
            Membership.objects.create(user=person, team=team, role=Role.REP)


if __name__ == "__main__":
    inside()
