import contextlib
import smtplib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from failforward.outbox.patient_smtp import PatientSMTP
from failforward.outbox.tests import sink


@pytest.fixture
def crawling() -> Iterator[int]:
    """The port of a server that says a byte every twentieth of a second, and never comes to an end."""
    over = threading.Event()

    def crawl() -> None:
        caller, _address = listener.accept()
        with caller, contextlib.suppress(OSError):
            while not over.wait(0.05):
                caller.send(b"2")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=crawl)
        server.start()
        yield listener.getsockname()[1]
        over.set()
        server.join()


def test_an_answer_that_never_ends_is_given_up_after_the_time_out(crawling):
    began = time.monotonic()
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        PatientSMTP("127.0.0.1", crawling, timeout=0.5)
    assert time.monotonic() - began < 5


def test_each_answer_has_the_whole_time(db):
    with sink.running() as server, PatientSMTP("127.0.0.1", server.port, timeout=2) as smtp:
        smtp.is_in()
        for _ in range(3):
            time.sleep(0.9)
            assert smtp.noop()[0] == 250
        assert smtp.sock.gettimeout() == 2


def test_the_whole_way_in_has_the_time_of_one_answer(db):
    with sink.running() as server, PatientSMTP("127.0.0.1", server.port, timeout=1) as smtp:
        assert smtp.noop()[0] == 250
        time.sleep(1.1)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            smtp.noop()
