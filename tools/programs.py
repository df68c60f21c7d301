"""Finds PostgreSQL, Redis, mail servers and Chromium on this machine, or installs Debian's packages where that is
allowed."""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGES = {
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "chromium": "chromium",
    "postfix": "postfix",
    "dovecot": "dovecot-imapd",
    "openssl": "openssl",
    "faketime": "faketime",
}
# What the short list of faults needs; `faults` itself asks for what those need that were chosen.
OF_FAULTS = ["postgres", "redis-server", "openssl", "faketime"]
OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome", "google-chrome-stable")}
# The packages would start servers of their own and make a cluster; we only want the programs.
QUIET_INSTALL = """
set -e
export DEBIAN_FRONTEND=noninteractive
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
if [ ! -e /usr/sbin/policy-rc.d ]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
fi
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
"""


def find(name: str) -> str | None:
    for candidate in (name, *OTHER_NAMES.get(name, ())):
        # Servers lie in /usr/sbin, which is in nobody's PATH but root's.
        if path := shutil.which(candidate) or shutil.which(candidate, path="/usr/sbin"):
            return path
    # Debian keeps the servers of several PostgreSQL versions beside each other, outside PATH.
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else None


def find_or_install(names: list[str]) -> dict[str, str | None]:
    missing = [name for name in names if not find(name)]
    root = as_root()
    if missing and root is not None and shutil.which("apt-get"):
        packages = [PACKAGES[name] for name in missing]
        print(f"Installing {', '.join(packages)} …", flush=True)
        done = subprocess.run([*root, "sh", "-c", QUIET_INSTALL, "sh", *packages], stdout=subprocess.DEVNULL)
        if done.returncode:
            print(f"apt-get could not install {', '.join(packages)}.", flush=True)
    return {name: find(name) for name in names}


def as_root() -> list[str] | None:
    """What to put before a command that needs root; None when we may not."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return ["sudo", "-n"] if allowed.returncode == 0 else None
