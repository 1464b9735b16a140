"""Who comes alone begins a new stretch of the log; who joins goes on with it, so that no client's place is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from server.app import House, create_app
from server.database import Database
from server.settings import Database as DatabaseSettings
from server.stretch import stretch
from tests.cast import a_database
from tests.servers.postgres import a_migrated_database
from tests.settings import settings_in
from tickets.desk import Desk


@contextlib.asynccontextmanager
async def a_process(database: Database) -> AsyncIterator[str]:
    async with Desk(database.writes, database.reads) as desk, stretch(desk, database) as epoch:
        yield epoch


async def test_processes_of_one_time_share_a_stretch_and_the_next_begins_another() -> None:
    with contextlib.closing(Database(a_migrated_database())) as database:
        async with a_process(database) as first:
            async with a_process(database) as second:
                assert first == second
            async with a_process(database) as third:
                assert first == third
        async with a_process(database) as alone:
            assert first != alone


async def test_processes_that_come_at_the_same_moment_agree() -> None:
    with contextlib.closing(Database(a_migrated_database())) as database:
        async with contextlib.AsyncExitStack() as stack:
            coming = [stack.enter_async_context(a_process(database)) for _ in range(4)]
            assert 1 == len(set(await asyncio.gather(*coming)))


async def test_whoever_is_left_when_the_first_has_gone_still_counts() -> None:
    with contextlib.closing(Database(a_migrated_database())) as database:
        async with contextlib.AsyncExitStack() as last:
            async with a_process(database) as first:
                await last.enter_async_context(a_process(database))
            async with a_process(database) as late:
                assert first == late


async def test_on_sqlite_one_is_always_alone(tmp_path: Path) -> None:
    with contextlib.closing(a_database(tmp_path)) as database:
        async with a_process(database) as first:
            pass
        async with a_process(database) as second:
            assert first != second


async def test_a_house_says_the_stretch_that_it_is_in(tmp_path: Path) -> None:
    kept = DatabaseSettings(url=a_migrated_database())
    async with contextlib.AsyncExitStack() as stack:
        epochs = []
        for _ in range(2):
            house = House(settings_in(tmp_path, url="http://testserver", database=kept))
            state = await stack.enter_async_context(house.open(create_app(house.config, house)))
            epochs.append(state["feed"].epoch)
        assert epochs[0] == epochs[1]
