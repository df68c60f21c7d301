from imaplib import IMAP4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from imap_tools import ImapToolsError

from failforward.inbound import imap


class Command(BaseCommand):
    help = "Fetches mail from the account of IMAP_URL, once: stored first, then marked as seen or moved."

    def handle(self, **options) -> None:
        if not settings.IMAP_URL:
            raise CommandError("IMAP_URL is not set: imaps://user:password@mail.example.com/INBOX")
        try:
            done = imap.fetch()
        except (OSError, IMAP4.error, ImapToolsError) as error:
            raise CommandError(f"The mail account cannot be reached: {error}") from error
        self.stdout.write(f"stored={done.stored} known={done.known}")
