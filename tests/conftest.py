"""What holds for every test: how fast something is, is measured by `make bench`, never by a test."""

import os

import pytest
from hypothesis import settings

from tests.engine import SCALED

settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Where the whole run stands on PostgreSQL, its workers share one server."""
    if SCALED and not hasattr(config, "workerinput"):
        from tests.servers.postgres import SHARED, the_server

        os.environ[SHARED] = str(the_server().folder)
