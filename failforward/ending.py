"""Whether this process was told to end, for work that takes longer than anybody waits for it."""

import mmap

from celery.signals import worker_shutting_down
from celery.worker import state

# Shared with the processes that Celery forks: they do the work, and only their parent hears that it is to end.
told = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def tell(**kwargs) -> None:
    told[0] = 1


def is_told() -> bool:
    return state.should_stop is not None or bool(told[0])
