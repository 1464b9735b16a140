"""Saying something in a chat that goes on looks up nothing of its own: so thousands a second are possible."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Connection

from chat import talk
from chat.visitor import Visitor
from tests.cast import a_database, a_desk
from tests.chat.shop import a_site, a_visitor
from tickets.change import Change


async def test_messages_said_at_once_share_their_queries(tmp_path: Path) -> None:
    """One query for the tickets of a batch, one for what was said before, one for the log: whatever its size."""
    database = a_database(tmp_path)
    selects: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            selects.append(statement)

    async with a_desk(database) as desk:
        sam = await desk.change(_open, by="system")
        first = await desk.change(talk.say, by="system", visitor_id=sam.id, client_id="c-0", text="Hello?")
        event.listen(database.writes, "before_cursor_execute", note)
        for size in (1, 40):
            selects.clear()
            said = [
                desk.change(
                    talk.say,
                    by=f"customer:{first.customer_id}",
                    about=first.ticket_id,
                    visitor_id=sam.id,
                    ticket_id=first.ticket_id,
                    client_id=f"c-{size}-{n}",
                    text="Hello?",
                )
                for n in range(size)
            ]
            answers = await asyncio.gather(*said)
            tables = sorted({statement.split("FROM ")[1].split()[0] for statement in selects})
            assert ["log", "message", "ticket"] == tables
            assert len(selects) <= 3 * _batches(size)
            assert size == len({answer.message.seq for answer in answers})
        event.remove(database.writes, "before_cursor_execute", note)
    database.close()


def _open(change: Change) -> Visitor:
    a_site(change)
    return a_visitor(change)


def _batches(size: int) -> int:
    """The first change goes alone, the others wait for it; a slow machine may cut a batch short by time."""
    return min(size, 8)
