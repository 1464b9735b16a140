"""Customer and agent in turn, so that every message begins or ends a promise: changes at the desk alone, no screens."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterable
from pathlib import Path

import server.tables  # noqa: F401  (all tables, before any is made)
from routing.reactions import REACTIONS
from routing.sla.policy import Terms, add_policy
from tests.bench.findings import Finding, Told, middle
from tests.cast import a_database, a_desk, a_ticket
from tests.routing.sla.promises import USUAL, targets
from tickets.change import Change
from tickets.desk import Desk
from tickets.email.outbox import REACTIONS as POSTING
from tickets.ticket import Ticket

TICKETS = 64
TURNS = 20
WARM_UP = 3
WANTED = 2 / 3  # of the changes that go where nothing is promised: a third of a turn for promises, at most


def turns(told: Told) -> Iterable[Finding]:
    promised: list[float] = []
    free: list[float] = []
    for number in range(told.rounds):
        for found, name in ((promised, "promised"), (free, "free")):
            folder = told.folder / f"{name}-{number}"
            folder.mkdir()
            found.append(asyncio.run(_turns(folder, promises=name == "promised")))
        print(f"  turns: {promised[-1]:.0f} with promises, {free[-1]:.0f} without per CPU second", flush=True)
    yield middle("taking turns at the desk, with promises", promised, "changes per CPU second")
    yield middle("taking turns at the desk, nothing promised", free, "changes per CPU second")
    shares = [with_them / without for with_them, without in zip(promised, free, strict=True)]
    yield middle("taking turns at the desk, with promises by without", shares, "", goal=WANTED)


async def _turns(folder: Path, *, promises: bool) -> float:
    database = a_database(folder)
    async with a_desk(database, reactions=(*REACTIONS, *POSTING)) as desk:
        if promises:
            await desk.change(_promise, by="system")
        tickets = [await desk.change(_open, by="system") for _ in range(TICKETS)]
        await asyncio.gather(*(_converse(desk, ticket, 0, WARM_UP) for ticket in tickets))
        gc.collect()
        gc.freeze()  # as a desk does before it serves: else one round looks through all that is loaded, and another not
        before = time.process_time()
        await asyncio.gather(*(_converse(desk, ticket, WARM_UP, WARM_UP + TURNS) for ticket in tickets))
        took = time.process_time() - before
    gc.unfreeze()
    database.close()
    return 2 * TICKETS * TURNS / took


async def _converse(desk: Desk, ticket: int, start: int, end: int) -> None:
    for n in range(start, end):
        await desk.change(_ask, ticket, client_id=f"in-{ticket}-{n}", by=f"customer:{ticket}", about=ticket)
        await desk.change(_answer, ticket, client_id=f"out-{ticket}-{n}", by="agent:1", about=ticket)


def _promise(change: Change) -> None:
    add_policy(change, Terms("Everyone", targets(USUAL)))


def _open(change: Change) -> int:
    return a_ticket(change).id


def _ask(change: Change, ticket: int, *, client_id: str) -> None:
    change.take(Ticket, ticket).receive(change, "Where is my order?", client_id=client_id)


def _answer(change: Change, ticket: int, *, client_id: str) -> None:
    change.take(Ticket, ticket).reply(change, "It is on its way.", client_id=client_id, name="Ada")
