"""How the site is served: `gunicorn --config python:failforward.gunicorn`, which `manage.py serve` does too.

Read by gunicorn's parent process, which stays small because it imports nothing of ours."""

import gc
import os
import signal

GREETING = os.environ.get("GREETING", "")

wsgi_app = "failforward.wsgi"
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_WORKERS") or 1)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 8)
# A browser's idle connection must not hold up the end of the process.
keepalive = 1
graceful_timeout = 10
loglevel = "warning"
# gunicorn 27 opens one control socket per user: two sites of one user would meet on it.
control_socket_disable = True


def when_ready(arbiter) -> None:
    if GREETING:
        print(GREETING, flush=True)
        # A site at a terminal ends with it; gunicorn would reload itself and stay behind.
        signal.signal(signal.SIGHUP, lambda number, frame: arbiter.signal(signal.SIGTERM, frame))


def post_worker_init(worker) -> None:
    from django.conf import settings

    # What is loaded now stays: to look through all of it for what is left over holds up a request for 80 ms.
    gc.freeze()
    if settings.EMBEDDED:
        from failforward.celery import app
        from failforward.embedded import EmbeddedQueue

        worker.queue = EmbeddedQueue(app)
        worker.queue.start()


def worker_exit(arbiter, worker) -> None:
    if queue := getattr(worker, "queue", None):
        queue.stop()
