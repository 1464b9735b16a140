"""Says to the other processes of a desk that this one is there: by a lock that PostgreSQL takes back when it dies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import psycopg
import structlog
from sqlalchemy.engine import make_url

from tickets.live import alongside

HERE = 0x66_64_70  # key of the advisory lock that every process of a desk shares as long as it lives
LOOK_EVERY = 10.0  # seconds between two looks whether it is still ours
PATIENCE = 5  # seconds for a connection

_log = structlog.get_logger("frontdesk.attendance")


class Attendance:
    """A connection of its own, which holds the lock. `alone`: nobody else was there, and nobody comes in yet."""

    def __init__(self, url: str) -> None:
        self.alone = False
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[Attendance]:
        try:
            self.alone = await self._ask("select pg_try_advisory_lock(%s)")
            if not self.alone:
                await self._ask("select pg_advisory_lock_shared(%s)")  # waits for whoever is alone at this moment
            async with alongside(self._stay(), name="attendance"):
                yield self
        finally:
            await self._leave()

    async def let_others_in(self) -> None:
        await self._ask("select pg_advisory_lock_shared(%s)")
        await self._ask("select pg_advisory_unlock(%s)")

    async def _stay(self) -> None:
        """Where the line broke, the lock went with it: take it again."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                held = self._connection is not None
                await self._ask("select true" if held else "select pg_advisory_lock_shared(%s)")
            except (psycopg.Error, OSError):
                _log.warning("the database does not know that this process is there; trying again")
                await self._leave()

    async def _ask(self, statement: str) -> bool:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=PATIENCE, application_name="frontdesk attendance"
            )
        cursor = await self._connection.execute(statement, (HERE,) if "%s" in statement else None)
        found = await cursor.fetchone()
        return bool(found and found[0])

    async def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
