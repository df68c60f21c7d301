import datetime as dt

import pytest

from failforward import testing
from failforward.accounts.models import User
from failforward.outbox import catalogue
from failforward.outbox.tests import note, sink


@pytest.fixture(autouse=True)
def notes(settings, monkeypatch):
    """Registers the tests' own kind of mail and its templates."""
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], note.TEMPLATES]}]
    monkeypatch.setattr(catalogue, "kinds", dict(catalogue.kinds))
    note.register()
    return note


@pytest.fixture
def cast(db) -> testing.Cast:
    return testing.cast()


@pytest.fixture
def anna(db) -> User:
    return testing.person("Anna Berg", email="anna@firm.internal")


@pytest.fixture
def past() -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)


@pytest.fixture
def smtp(settings):
    """A real SMTP server that remembers what it accepted; the outbox is told to use it."""
    with sink.running() as server:
        settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": server.port}
        yield server
