import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator

from django.core.management.base import BaseCommand

from failforward.inbound.models import Channel
from failforward.inbound.storing import CHUNK, store
from failforward.outbox import crash

# What mail servers call the two halves of the envelope: Postfix's pipe by its arguments, its local delivery, Exim and
# qmail by their environment.
RECIPIENT = ("ORIGINAL_RECIPIENT", "RECIPIENT", "DELIVERED_TO")
SENDER = "SENDER"


class Command(BaseCommand):
    help = (
        "Stores one mail from a mail server's pipe, read from standard input. "
        "Exit code 0: stored. Everything else is 75 (EX_TEMPFAIL): the mail server keeps the mail and tries again."
    )
    # The mail server does not care about our settings; what matters is that the mail is stored.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recipient", nargs="?", default="", help="who the envelope names (Postfix: ${recipient})")
        parser.add_argument("--sender", default=None, help="who the envelope says it is from (Postfix: ${sender})")

    def handle(self, *, recipient: str, sender: str | None, **options) -> None:
        recipient = recipient or next(filter(None, map(os.environ.get, RECIPIENT)), "")
        if sender is None:
            sender = os.environ.get(SENDER)
        store(from_stdin(), Channel.PIPE, null_or(sender), recipient)
        crash.point("stored")


def null_or(sender: str | None) -> str:
    """Postfix writes the null sender as MAILER-DAEMON, or as nothing at all."""
    if sender is None:
        return ""
    return "<>" if sender.strip().strip("<>").lower() in ("", "mailer-daemon") else sender.strip()


def from_stdin() -> Iterator[bytes]:
    received = False
    while chunk := sys.stdin.buffer.read(CHUNK):
        received = True
        yield chunk
    if not received:
        raise ValueError("Nothing came on standard input; a mail begins with its headers.")
