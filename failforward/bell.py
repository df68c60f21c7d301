"""Tells the queue that there is work. Only a hint: the work is a row already, and the next tick finds it."""

import logging
import threading

from celery import Task
from django.conf import settings

log = logging.getLogger(__name__)
ringing = threading.Lock()


def ring(task: Task, *args) -> None:
    """Never keeps the caller waiting: a broker that is away costs seconds to find out, one that hangs far more."""
    if settings.EMBEDDED:
        publish(task, args)
    elif (mine := ringing).acquire(blocking=False):
        threading.Thread(target=publish_and_release, args=(mine, task, args), name="bell", daemon=True).start()


def publish_and_release(mine: threading.Lock, task: Task, args: tuple) -> None:
    try:
        publish(task, args)
    finally:
        mine.release()


def publish(task: Task, args: tuple) -> None:
    try:
        task.apply_async(args, expires=settings.TICK_SECONDS, retry=False)
    except Exception as error:
        log.warning("The queue cannot be reached, the next tick does %s: %s", task.name, error)
