"""The database of a desk that will be killed: furnished before it starts, watched while it runs, read afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from server.app import REACTIONS
from server.database import Database, migrate
from tickets.change import Change
from tickets.desk import Desk
from tickets.moment import Clock
from tickets.opening import open_ticket
from tickets.people import new_customer
from tickets.reactions import Reactions
from tickets.status import Channel
from tickets.ticket import Ticket


@asynccontextmanager
async def furnished(path: Path, *, clock: Clock | None = None) -> AsyncIterator[Desk]:
    """A desk over the new database at this place, with every reaction of the house; closed before the house opens."""
    path.parent.mkdir(parents=True)
    with closing(Database(f"sqlite:///{path}")) as database:
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


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """What the file itself holds, whoever else has it open."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()
