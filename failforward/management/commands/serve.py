import os
import socket
import sys
from collections.abc import Iterator

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from failforward.demo import build as demo
from failforward.demo.people import LOG_INS, PASSWORD, PEOPLE
from failforward.processes import run_together

PYTHON = [sys.executable, "-m"]
SITE = [*PYTHON, "gunicorn", "--config", "python:failforward.gunicorn"]
WORKER = [*PYTHON, "celery", "--quiet", "-A", "failforward", "worker", "--concurrency", "2", "--loglevel", "WARNING"]
BEAT = [*PYTHON, "celery", "--quiet", "-A", "failforward", "beat", "--loglevel", "WARNING"]


class Command(BaseCommand):
    help = "Prepares and runs the whole product at this terminal: site, worker and scheduler."

    def handle(self, *args, **options) -> None:
        refuse_taken(os.environ.get("HOST") or "127.0.0.1", settings.PORT)
        call_command("prepare", skip_checks=True)
        os.environ["GREETING"] = greeting()
        if settings.EMBEDDED:
            # This process has loaded everything once and would keep it; gunicorn's parent needs nothing of it.
            os.execv(SITE[0], SITE)
        sys.exit(run_together([SITE, WORKER, BEAT]))


def greeting() -> str:
    lines = [f"FailForward runs at {settings.SITE_URL}"]
    if settings.DEMO and demo.exists():
        lines += ["", f"The demo team, each with the password {PASSWORD}", *people(), ""]
    return "\n" + "".join(f"  {line}".rstrip() + "\n" for line in [*lines, "Ctrl-C ends it."])


def people() -> Iterator[str]:
    emails = {person.key: person.email for person in PEOPLE}
    for key, about in LOG_INS:
        yield f"  {emails[key]:24} {about}"


def refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            hint = f"Take another one: PORT={port + 1} make run"
            raise CommandError(f"Port {port} cannot be had ({error.strerror}). {hint}") from None
