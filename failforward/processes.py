import signal
import subprocess
import sys
import time

STOP_SECONDS = 12


def run_together(commands: list[list[str]]) -> int:
    """Runs until the first of them ends or we are told to stop; then none is left. Returns its exit code."""
    # `kill` shall end us as Ctrl-C does: through `finally`.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    signal.signal(signal.SIGHUP, lambda number, frame: sys.exit(0))
    # A shell that starts us in the background has SIGINT ignored, and that is handed down.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    processes: list[subprocess.Popen] = []
    try:
        for command in commands:
            # Sessions of their own: Celery takes Ctrl-C followed by our SIGTERM for "drop everything".
            processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True))
        while all(process.poll() is None for process in processes):
            time.sleep(0.2)
        return next(process.returncode for process in processes if process.returncode is not None) or 1
    except KeyboardInterrupt:
        return 0
    finally:
        end(processes)


def end(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
