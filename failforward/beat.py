from datetime import datetime

from celery import beat


class Scheduler(beat.Scheduler):
    """Celery's waits for the hour it has in mind: after this machine's clock was set back by a day it would be silent
    for a day."""

    ticked_at: datetime | None = None

    def tick(self, *args, **kwargs) -> float:
        now = self.app.now()
        if self.ticked_at and now < self.ticked_at:
            self.begin_anew(now)
        self.ticked_at = now
        return super().tick(*args, **kwargs)

    def begin_anew(self, now: datetime) -> None:
        for entry in self.schedule.values():
            entry.last_run_at = min(entry.last_run_at, now)
        self._heap = None
