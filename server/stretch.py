"""Under which name this process goes on with the log: whoever is alone begins a new stretch, the others join it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from server.auth.tokens import new_token
from server.database import Database
from tickets import history
from tickets.desk import Desk


@contextlib.asynccontextmanager
async def stretch(desk: Desk, database: Database) -> AsyncIterator[str]:
    """Its epoch. A client that goes from one process to another finds the same one there, and so its place in it.

    Alone, because a backup may have been restored since the last process ended: nobody else would notice.
    """
    if database.is_postgres:
        from server.attendance import Attendance  # brings PostgreSQL's driver along

        async with Attendance(database.url).held() as attendance:
            if attendance.alone:
                epoch: str | None = await _begun(desk)
                await attendance.let_others_in()
            else:
                epoch = await desk.read(history.latest)
            yield epoch or await _begun(desk)
    else:
        yield await _begun(desk)


async def _begun(desk: Desk) -> str:
    return await desk.change(history.begin, new_token()[:16], by="system")
