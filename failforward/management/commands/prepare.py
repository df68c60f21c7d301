import hashlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from failforward import upkeep
from failforward.demo import build as demo
from failforward.outbox.models import Tick
from reviews.models import Review

SUMS_FILLED = "sums filled"


class Command(BaseCommand):
    help = "Brings the database and the static files up to date; does nothing when they are."

    def handle(self, *args, **options) -> None:
        if self.migrations_wait():
            self.say("Preparing the database …")
            call_command("migrate", verbosity=0, skip_checks=True)
            # A new index that nothing is known of may be taken for the best.
            upkeep.count_rows()
        self.fill_sums()
        self.collect_static()
        if settings.DEMO:
            self.seed_demo()
        connection.close()

    def migrations_wait(self) -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def fill_sums(self) -> None:
        """Once, for an installation that is older than its sums; again where that was broken off."""
        if Tick.objects.filter(name=SUMS_FILLED).exists():
            return
        if Review.objects.exists():
            call_command("rebuild_summaries", stdout=StringIO(), skip_checks=True)
        Tick.objects.update_or_create(name=SUMS_FILLED, defaults={"at": timezone.now()})

    def seed_demo(self) -> None:
        """Into an empty database, or again into the demo; never beside somebody's own team."""
        if not demo.exists():
            if get_user_model().objects.exists():
                return
            self.say("Loading the demo team …")
        call_command("seed_demo", stdout=StringIO(), skip_checks=True)

    def collect_static(self) -> None:
        if settings.DEBUG:
            return
        stamp, digest = Path(settings.STATIC_ROOT) / ".digest", digest_of(static_sources())
        if stamp.exists() and stamp.read_text() == digest:
            return
        self.say("Collecting the static files …")
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        stamp.write_text(digest)

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def static_sources() -> Iterator[Path]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))


def digest_of(files: Iterator[Path]) -> str:
    """Of names, sizes and times: reading a thousand vendored files would cost more than it saves."""
    lines = sorted(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
