"""What holds for every test: how fast something is, is measured by `make bench`, never by a test."""

import os
from collections.abc import Generator
from functools import partial

import pytest
from hypothesis import settings

from server import postgres, sqlite
from server.auth import admission
from server.auth.passwords import Cost, Passwords
from tests import engine, telling
from tests.compiling import an_sqlite
from tests.servers.postgres import SHARED, forget_the_unused, the_server
from tests.sharing import share

settings.register_profile("house", deadline=None)
settings.load_profile("house")

# What all stories pay for and none is about.
pytest.MonkeyPatch().setattr(sqlite, "create_engine", an_sqlite)
pytest.MonkeyPatch().setattr(admission, "Passwords", partial(Passwords, Cost(memory=8, passes=1)))

# A machine that is lent out may stand still for longer than people at a desk would wait for each other's changes.
postgres.IDLE_SECONDS = 600


def pytest_configure(config: pytest.Config) -> None:
    """The workers of a run share what takes long to make: where it stands on PostgreSQL, one server."""
    config.addinivalue_line("markers", telling.ABOUT)
    config.pluginmanager.register(telling.Telling(config))
    if not hasattr(config, "workerinput"):
        share()
        if engine.ENGINE == "scaled" and SHARED not in os.environ:
            os.environ[SHARED] = str(the_server().folder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    told = yield
    if nextitem is not None and nextitem.path != item.path:
        forget_the_unused()
    return told
