"""The two databases a measurement runs on, empty and private, with the safety a real install has."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import servers

ROOT = Path(__file__).resolve().parent.parent
# Commits reach the disk, as they do where it matters.
SAFE = ("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "shared_buffers=128MB")


@contextlib.contextmanager
def sqlite() -> Iterator[dict[str, str]]:
    with servers.folder() as where:
        yield {"DATABASE_URL": f"sqlite:///{where / 'bench.sqlite3'}", "VAR_DIR": str(where)}


@contextlib.contextmanager
def postgresql() -> Iterator[dict[str, str]]:
    with servers.folder() as where, servers.postgresql(SAFE) as url:
        yield {"DATABASE_URL": url, "VAR_DIR": str(where)}


@contextlib.contextmanager
def another(name: str) -> Iterator[None]:
    """Inside Django: this process works in an empty copy of the database beside the first one, which must be empty of
    whoever is connected."""
    from django.db import connection

    connection.close()
    first = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{first}"')
        connection.settings_dict["NAME"] = name
    else:
        connection.settings_dict["NAME"] = shutil.copy(first, f"{first}.{name}")
    try:
        yield
    finally:
        connection.close()


DATABASES = {"postgresql": postgresql, "sqlite": sqlite}


def run(module: str, environment: dict[str, str], *arguments: str) -> dict:
    """Runs the part of a measurement that needs Django in a process of its own; it prints one JSON object last."""
    quiet = {
        "LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "failforward.settings",
        "REDIS_URL": "",
        "EMAIL_URL": "",
    }
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | quiet | environment, stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])
