import multiprocessing
import sys
import time

import pytest
from celery.signals import worker_shutting_down

from failforward import ending


@pytest.fixture
def told_again():
    yield
    ending.told[0] = 0


def wait_for_the_end() -> None:
    until = time.monotonic() + 10
    while not ending.is_told():
        if time.monotonic() > until:
            sys.exit(1)
        time.sleep(0.01)


def test_a_forked_worker_hears_that_its_parent_was_told_to_end(told_again):
    assert not ending.is_told()
    child = multiprocessing.get_context("fork").Process(target=wait_for_the_end)
    child.start()
    worker_shutting_down.send(sender=None, sig="SIGTERM", how="Warm", exitcode=0)
    child.join(15)
    assert child.exitcode == 0
