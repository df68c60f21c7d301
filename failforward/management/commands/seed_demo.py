from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from failforward.demo import build
from failforward.demo.people import LOG_INS, PASSWORD
from failforward.guards import Refused


class Command(BaseCommand):
    help = (
        "The demo team: deals, reviews, findings, actions, and five questions waiting. Again: asks what was not asked."
    )

    def handle(self, *args, **options) -> None:
        now = timezone.now()
        if not build.exists():
            try:
                build.build(now)
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
        build.ask_again_now(now)
        self.stdout.write(f"Demo log-ins, each with the password “{PASSWORD}”:")
        for key, about in LOG_INS:
            self.stdout.write(f"  {key}@tarnholm.example  {about}")
