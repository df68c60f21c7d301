"""Worker and scheduler as threads of the web process: the whole product in one process, without a broker.

What Celery does in its own tests (`celery.contrib.testing.worker`), so Celery is pinned and
`test_embedded.py` keeps the contract. Never `celery.apps.worker.Worker`: it takes the signal handlers."""

import threading

from celery import Celery
from celery.beat import Service
from celery.worker import WorkController, state

from failforward.beat import Scheduler

STOP_SECONDS = 1.5


class EmbeddedQueue:
    def __init__(self, app: Celery, threads: int = 2) -> None:
        self.ready = threading.Event()
        self.worker = WorkController(
            app=app,
            pool="threads",
            concurrency=threads,
            ready_callback=lambda consumer: self.ready.set(),
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self.beat = Service(app, scheduler_cls=Scheduler, remote_control=False)
        runs = {"worker": self.worker.start, "beat": self.beat.start}
        self.threads = [threading.Thread(target=run, name=name, daemon=True) for name, run in runs.items()]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Takes no new task and waits for those that run; False when one still runs after `seconds`.

        A task that outlasts this is ended with the process; its row's lease brings the work back."""
        state.should_stop = 0
        self.beat.stop()
        # `stop()` waits for the pool without a limit of its own.
        stopping = threading.Thread(target=self.worker.stop, name="stopping", daemon=True)
        stopping.start()
        stopping.join(seconds)
        return not stopping.is_alive()
