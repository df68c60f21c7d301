"""Private PostgreSQL, Redis, IMAP and mail servers on free ports, for tests and measurements.

Never somebody's running server."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tools.programs import find

STARTING_SECONDS = 30
# For tests only: what a power cut would take is thrown away anyway.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@contextlib.contextmanager
def postgresql(options: tuple[str, ...] = FAST) -> Iterator[str]:
    """Yields a DATABASE_URL; the user may create databases."""
    with folder() as where:
        port, run_as = free_port(), make_cluster(where)
        with running(postgres(where, port, options), port, where, stop=signal.SIGINT, **run_as):
            subprocess.run(
                [find("createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "failforward", "failforward"], check=True
            )
            yield f"postgres://failforward@127.0.0.1:{port}/failforward"


def make_cluster(where: Path) -> dict:
    """An empty one in the folder; returns as whom it has to run."""
    person = not_root()
    run_as = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []} if person else {}
    if person:
        os.chown(where, person.pw_uid, person.pw_gid)
    initdb = [find("initdb"), "-D", where / "data", "-U", "failforward", "-A", "trust", "-E", "UTF8"]
    command = [*initdb, "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=where, **run_as)
    return run_as


def postgres(where: Path, port: int, options: tuple[str, ...]) -> list[str]:
    listen = ("-c", "listen_addresses=127.0.0.1", "-p", str(port), "-k", str(where))
    return [find("postgres"), "-D", str(where / "data"), *listen, *options]


@contextlib.contextmanager
def redis(options: tuple[str, ...] = ("--save", "")) -> Iterator[str]:
    """Yields a REDIS_URL."""
    with folder() as where:
        port = free_port()
        command = [find("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(where), *options]
        with running(command, port, where, stop=signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def running(command: list[str], port: int, where: Path, stop: signal.Signals, **run_as) -> Iterator[subprocess.Popen]:
    """The server in a session of its own, so that Ctrl-C ends the tests first and the server after them."""
    with open(where / "log", "wb") as log:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=where,
            start_new_session=True,
            preexec_fn=partial(end_with_parent, stop),
            **run_as,
        )
    try:
        wait_for(server, port, where / "log")
        yield server
    finally:
        server.send_signal(stop)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def end_with_parent(stop: signal.Signals) -> None:
    """Even if we are killed and `finally` never comes (Linux: prctl PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(stop))


def wait_for(server: subprocess.Popen, port: int, log: Path) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while server.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{server.args[0]} did not start:\n{log.read_text(errors='replace')}")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    where = Path(tempfile.mkdtemp(prefix="failforward-"))
    try:
        yield where
    finally:
        shutil.rmtree(where, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def not_root() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody.")


@contextlib.contextmanager
def dovecot(password: str = "secret") -> Iterator[str]:
    """Yields an IMAP_URL of an empty account; mail is put into its folder `new` under the path `maildir_of(url)`."""
    with folder() as where:
        port, owner = free_port(), not_root() or pwd.getpwuid(os.geteuid())
        mail = where / "mail"
        for name in ("cur", "new", "tmp"):
            (mail / name).mkdir(parents=True)
        for path in [where, mail, *mail.iterdir()]:
            os.chown(path, owner.pw_uid, owner.pw_gid)
        (where / "users").write_text(f"ines:{{PLAIN}}{password}:{owner.pw_uid}:{owner.pw_gid}::{where}::\n")
        (where / "conf").write_text(
            DOVECOT.format(where=where, mail=mail, port=port, owner=owner.pw_name, uid=owner.pw_uid)
        )
        command = [find("dovecot"), "-F", "-c", str(where / "conf")]
        with running(command, port, where, stop=signal.SIGTERM):
            MAILDIRS[port] = mail
            yield f"imap://ines:{password}@127.0.0.1:{port}/INBOX"


@contextlib.contextmanager
def postfix(command: list[str], run_as: str) -> Iterator[int]:
    """Yields the port of a mail server that hands every mail for `mail.tarnholm.example` to `command`, with the
    envelope as its last arguments. Postfix itself has to be started by root."""
    with folder() as where:
        port = free_port()
        os.chmod(where, 0o755)
        for name in ("queue", "data", "conf"):
            (where / name).mkdir()
        shutil.chown(where / "data", "postfix")
        (where / "conf" / "main.cf").write_text(POSTFIX.format(where=where))
        argv = " ".join([*command, "--sender", "${sender}", "${recipient}"])
        (where / "conf" / "master.cf").write_text(POSTFIX_SERVICES.format(port=port, argv=argv, user=run_as))
        # Makes the queue's folders; `postfix start` itself would leave the server behind in a session of its own.
        subprocess.run([find("postfix"), "-c", where / "conf", "check"], check=True, stderr=subprocess.DEVNULL)
        daemons = subprocess.check_output([find("postconf"), "-h", "daemon_directory"], text=True).strip()
        with running([f"{daemons}/master", "-c", str(where / "conf"), "-d"], port, where, stop=signal.SIGTERM):
            yield port


def maildir_of(url: str) -> Path:
    """Where a private Dovecot keeps the mail of its account."""
    return MAILDIRS[int(url.rpartition(":")[2].split("/")[0])]


MAILDIRS: dict[int, Path] = {}
DOVECOT = """
base_dir = {where}/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{mail}
first_valid_uid = {uid}
default_internal_user = {owner}
default_login_user = {owner}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = {where}/users
}}
userdb {{
  driver = passwd-file
  args = {where}/users
}}
namespace inbox {{
  inbox = yes
}}
"""
POSTFIX = """
compatibility_level = 3.6
queue_directory = {where}/queue
data_directory = {where}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.tarnholm.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
local_transport = error:nobody lives here
relay_domains = mail.tarnholm.example
relay_recipient_maps =
transport_maps = inline:{{mail.tarnholm.example=failforward:}}
recipient_delimiter = +
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
failforward_destination_recipient_limit = 1
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
transport_retry_time = 1s
maillog_file = {where}/maillog
maillog_file_prefixes = {where}
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ
"""
POSTFIX_SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
failforward unix - n n - - pipe flags=DRXhu user={user} argv={argv}
"""
