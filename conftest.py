import os
from collections.abc import Iterator

import pytest
from django.test import override_settings
from hypothesis import settings

# A slow machine is no fault; where the result counts, the same examples are tried every time.
settings.register_profile("ours", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("ours")


@pytest.fixture(autouse=True, scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test says nothing; where the result counts it is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped") if reporter else None
    if skipped and os.environ.get("CI") == "true":
        reporter.write_line(f"{len(skipped)} skipped, and with CI=true nothing may be skipped.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
