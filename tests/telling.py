"""What a run tells on this engine: all of it, or only what the run before on the other engine has left to tell.

A story that passed without ever asking for an engine, a database or a bus has the same to tell on either: it is told
once. That is no list that somebody keeps, but what the run itself has seen. FRONTDESK_TEST_TOLD names the file in which
the run on SQLite writes down what was told for both; the run on PostgreSQL and Redis tells all the rest.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from tests import engine

TOLD = "FRONTDESK_TEST_TOLD"
ABOUT = "about(engine): a story of this engine itself, which is skipped on the other"
_ASKS = "asks for an engine"


class Telling:
    """A plugin of one run, in each of its processes."""

    def __init__(self, config: pytest.Config) -> None:
        named = os.environ.get(TOLD)
        self._file = Path(named) if named else None
        self._writes = engine.ENGINE == "embedded" and not hasattr(config, "workerinput")
        self._fixtures: set[tuple[str, str]] = set()  # those that have asked: their names, and where they hold
        self._asked_before = self._opened_before = 0
        self._opened = 0
        self._told: set[str] = set()
        self._asked: set[str] = set()
        event.listen(Pool, "connect", self._opens)

    # What is told

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if engine.ENGINE == "scaled" and self._file:
            told = set(json.loads(self._file.read_text("utf-8")))
            spared = [item for item in items if item.nodeid in told]
            items[:] = [item for item in items if item.nodeid not in told]
            config.hook.pytest_deselected(items=spared)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        about = item.get_closest_marker("about")
        if about and engine.ENGINE not in about.args:
            pytest.skip(f"a law of the engine {about.args[0]}")

    # Who asks

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """A fixture asks once, for all the stories that use it."""
        before = engine.times_asked()
        try:
            return (yield)
        finally:
            if engine.times_asked() > before:
                self._fixtures.add((fixturedef.argname, fixturedef.baseid))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._asked_before, self._opened_before = engine.times_asked(), self._opened
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        if call.when == "teardown" and not item.get_closest_marker("about") and self._asks(item):
            item.user_properties.append((_ASKS, True))
        return (yield)

    def _asks(self, item: pytest.Item) -> bool:
        names = getattr(item, "fixturenames", ())
        inherited = any(name in names and item.nodeid.startswith(where) for name, where in self._fixtures)
        return inherited or engine.times_asked() > self._asked_before

    # Who should have asked

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """A story with an SQLite of its own says that it is about that: else it would stand in for PostgreSQL."""
        told = yield
        if self._opened > self._opened_before and not item.get_closest_marker("about"):
            assert self._asks(item), "it opens an SQLite that tests/engine.py did not give it: is it about_sqlite?"
        return told

    def _opens(self, connection: object, *_: object) -> None:
        self._opened += isinstance(connection, sqlite3.Connection)

    # What was told

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self._told.add(report.nodeid)
        if (_ASKS, True) in report.user_properties:
            self._asked.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._writes and self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(sorted(self._told - self._asked)), "utf-8")
        elif self._file and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK  # all of it was told before
