"""A worker process of the tests: does due mail until nothing is left, or dies where it is told to.

python -m failforward.outbox.tests.worker        with DATABASE_URL, SMTP_PORT and the crash point in its environment
"""

import os
import sys
import time


def main(seconds: float) -> None:
    import django

    django.setup()
    from django.conf import settings

    from failforward.outbox import run_due
    from failforward.outbox.models import CLAIMABLE, Mail, State
    from failforward.outbox.tests import note

    settings.TEMPLATES[0]["DIRS"].append(note.TEMPLATES)
    if os.environ.get("SMTP_PORT"):
        settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": int(os.environ["SMTP_PORT"])}
    note.register()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        run_due()
        if not Mail.objects.filter(state__in=[State.PLANNED, *CLAIMABLE]).exists():
            return
        time.sleep(0.05)
    sys.exit("mail is left")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "failforward.settings")
    main(float(os.environ.get("WORKER_SECONDS", "30")))
