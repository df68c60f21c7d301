import os

from celery import Celery
from celery.beat import Service
from celery.schedules import schedule
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "failforward.settings")

app = Celery("failforward")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def know_the_end(**kwargs) -> None:
    """Before the worker forks: those it forks share what is said there."""
    from failforward import ending  # noqa: F401


@beat_init.connect
def ring_at_start(sender: Service, **kwargs) -> None:
    """Celery would wait a whole interval before its first tick; what fell due while we were down is late already."""
    for entry in sender.scheduler.schedule.values():
        if type(entry.schedule) is schedule:
            sender.scheduler.apply_async(entry, advance=False)
