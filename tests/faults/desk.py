"""The database of a desk that will be killed: furnished before it starts, watched while it runs, read afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psycopg

from server.app import REACTIONS
from server.database import Database, migrate
from tests.engine import database_url, scaled
from tickets.change import Change
from tickets.desk import Desk
from tickets.moment import Clock
from tickets.opening import open_ticket
from tickets.people import new_customer
from tickets.reactions import Reactions
from tickets.status import Channel
from tickets.ticket import Ticket

_IN_SQLITE = "select name, sql from sqlite_master order by type, name"
_IN_POSTGRES = """
select table_name::text, concat_ws(' ', column_name, data_type, is_nullable, column_default) as told, ordinal_position
    from information_schema.columns where table_schema = 'public'
union all select conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid), 0
    from pg_constraint where connamespace = 'public'::regnamespace
union all select tablename::text, indexdef, 0 from pg_indexes where schemaname = 'public'
order by 1, 3, 2
"""


@asynccontextmanager
async def furnished(path: Path, *, clock: Clock | None = None) -> AsyncIterator[Desk]:
    """A desk over the new database at this place, with every reaction of the house; closed before the house opens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(Database(address(path))) as database:
        migrate(database)
        reactions = Reactions(REACTIONS)
        async with Desk(database.writes, database.reads, clock=clock, reactions=reactions) as desk:
            yield desk


def a_question(change: Change, n: int, *, channel: Channel) -> Ticket:
    """The n-th customer asks something."""
    customer = new_customer(change, f"Customer {n}")
    ticket = open_ticket(change, customer, channel=channel, subject=f"Question {n}")
    with change.acting_as(customer.actor):
        ticket.receive(change, f"Question {n}?", client_id=f"question-{n}", name=customer.name)
    return ticket


async def until_not(
    lasts: Callable[[], object],
    complaint: str,
    *,
    seconds: float = 60.0,
    every: float = 0.1,
    people: Collection[asyncio.Task[None]] = (),
) -> None:
    """Wait until this is over, and fail with what is left of it. One of the `people` who has fallen over says so."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while left := lasts():
        for task in people:
            if task.done():
                task.result()
        assert loop.time() < end, f"{complaint} after {seconds:g} seconds: {left}"
        await asyncio.sleep(every)


def address(database: Path) -> str:
    """Of the desk whose file this is; on PostgreSQL, of the database that stands for it."""
    return database_url(database.parent) if scaled() else f"sqlite:///{database}"


def without_tables(database: Path) -> Path:
    """This place, where no desk was opened yet."""
    database_url(database.parent, empty=True)
    return database


def tables(database: Path) -> list[tuple[Any, ...]]:
    """Every table and index that is there, and how it was made."""
    return rows(database, _IN_POSTGRES if scaled() else _IN_SQLITE)


def rows(database: Path, query: str, *, writable: bool = False) -> list[tuple[Any, ...]]:
    """What the database itself holds, whoever else has it open. `writable`: as whoever opens it after a power cut."""
    if scaled():
        with psycopg.connect(address(database)) as server:
            return server.execute(query.encode()).fetchall()
    with closing(sqlite3.connect(f"file:{database}?mode={'rw' if writable else 'ro'}", uri=True)) as connection:
        return connection.execute(query).fetchall()


def meddle(database: Path, statement: str) -> None:
    """Change what it holds, behind the desk's back."""
    if scaled():
        with psycopg.connect(address(database)) as server:
            server.execute(statement.encode())
    else:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute(statement)


def is_whole(database: Path) -> bool:
    """SQLite's own opinion of its file."""
    return scaled() or [("ok",)] == rows(database, "pragma integrity_check")
