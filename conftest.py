import gc
import inspect
import os
import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase, override_settings
from hypothesis import settings

# A slow machine is no fault; where the result counts, the same examples are tried every time.
settings.register_profile("ours", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("ours")


OF_THE_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}
# What stands beside PostgreSQL takes the place of our own memory in what imports one of these.
BESIDE_IT = re.compile(r"^(from|import) .*\b(cache|redis|bell)\b", re.MULTILINE)
# Made with the tables, and the same for every test.
KEPT = {"django_content_type", "auth_permission"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--of-the-database", action="store_true", help="leave out what asks no database and no broker")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks neither says the same on any; it is told once, on SQLite, and with THOROUGH=1 everywhere."""
    if not config.getoption("of_the_database") or os.environ.get("THOROUGH") == "1":
        return
    left_out = [item for item in items if not is_of_the_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if is_of_the_database(item)]


def is_of_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or OF_THE_DATABASE & set(item.fixturenames):
        return True
    return bool(BESIDE_IT.search(inspect.getsource(item.module)))


def pytest_collection_finish() -> None:
    """What was imported stays to the end; to look for garbage among it costs a twentieth of the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def empty(test_case: TransactionTestCase) -> None:
    """As Django's `flush`, without a hundred new files on PostgreSQL and without writing all permissions anew."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in sorted({*tables} - KEPT):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608


@pytest.fixture(autouse=True, scope="session")
def emptied() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(autouse=True, scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture
def on_the_day(time_machine) -> None:
    """The clock goes from `testing.NOW`: for what looks at it by itself among days that are written out."""
    from failforward import testing

    time_machine.move_to(testing.NOW)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test says nothing; where the result counts it is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped") if reporter else None
    if skipped and os.environ.get("CI") == "true":
        reporter.write_line(f"{len(skipped)} skipped, and with CI=true nothing may be skipped.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
