"""Two agents want the same ticket in the same millisecond, a supervisor hands it on while another closes it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from routing import handing, presence
from routing.assignment import Assignment
from routing.capacity import Capacity
from routing.presence import Intent
from routing.queues import add_queue
from server.app import REACTIONS
from server.database import Database, migrate
from tests.cast import an_agent
from tests.engine import database_url
from tests.faults.checker import End
from tests.faults.desk import a_question
from tests.faults.history import History
from tests.faults.laws import held_twice, loads_that_disagree, report
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Refused
from tickets.people import Role
from tickets.reactions import Reactions
from tickets.status import Channel, Status
from tickets.ticket import Ticket

SEED = 20261122


@asynccontextmanager
async def two_processes(folder: Path) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two desks on the same database, each with connections of its own, as two processes have them."""
    url = database_url(folder)
    ours, theirs = Database(url), Database(url)
    migrate(ours)
    reactions = Reactions(REACTIONS)
    async with (
        Desk(ours.writes, ours.reads, reactions=reactions) as one,
        Desk(theirs.writes, theirs.reads, reactions=reactions) as other,
    ):
        yield one, other
    ours.close()
    theirs.close()


def _floor(change: Change) -> list[int]:
    """Ada, Bo and Grace, who supervises."""
    people = [an_agent(change, "Ada"), an_agent(change, "Bo"), an_agent(change, "Grace", Role.SUPERVISOR)]
    add_queue(change, "Support", members=[person.id for person in people])
    for person in people:
        presence.came(change, person.id)
        presence.set_intent(change, person.id, Intent.AVAILABLE)
    return [person.id for person in people]


def _asked(change: Change, n: int) -> int:
    return a_question(change, n, channel=Channel.PORTAL).id


def _close(change: Change, ticket_id: int) -> None:
    change.take(Ticket, ticket_id).set_status(change, Status.RESOLVED)


async def _tries(history: History, desk: Desk, who: str, op: str, key: int, verb: Any, *args: Any, **more: Any) -> None:
    history.begins(who, op, str(key))
    try:
        await desk.change(verb, *args, by=who, **more)
    except Refused:
        history.ends(who, op, str(key), End.REFUSED)
    else:
        history.ends(who, op, str(key), End.ACKNOWLEDGED)


async def take(folder: Path, seed: int, tickets: int) -> None:
    """For each ticket: Ada and Bo take it at once; then Grace gives it to one of them while the other closes it."""
    dice = random.Random(seed)
    history = History(folder / "history.jsonl")
    async with two_processes(folder) as (one, other):
        ada, bo, grace = await one.change(_floor, by="system")
        for n in range(tickets):
            ticket = await one.change(_asked, n, by="system")
            desks = dice.sample([one, other], 2)
            await asyncio.gather(
                *(
                    _tries(history, desk, f"agent:{who}", "take", ticket, handing.assign, ticket, who, shown=0)
                    for desk, who in zip(desks, dice.sample([ada, bo], 2), strict=True)
                )
            )
            to, closes = dice.sample([ada, bo], 2)
            await asyncio.gather(
                _tries(history, desks[0], f"agent:{grace}", "hand", ticket, handing.assign, ticket, to),
                _tries(history, desks[1], f"agent:{closes}", "close", ticket, _close, ticket),
            )
        wrong = await one.read(_wrong)
    history.close()
    lines = history.lines()
    taken = sum(line.op == "take" and line.result == End.ACKNOWLEDGED.value for line in lines)
    print(f"seed {seed}: {tickets} tickets, {taken} takes")

    assert "" == report(held_twice(lines), lines, seed=seed)
    assert tickets == taken, "one of the two got it each time"
    assert [] == wrong, f"seed {seed}"


def _wrong(session: Session) -> list[str]:
    """Tickets that more than one has in hand, and agents whose load is not what they hold."""
    still = select(Assignment.ticket_id).where(col(Assignment.ended_at).is_(None))
    twice = session.exec(still.group_by(col(Assignment.ticket_id)).having(func.count() > 1)).all()
    wrong = [f"ticket {ticket} is in several hands" for ticket in twice]
    weights = select(Assignment.agent_id, func.sum(Assignment.weight)).where(col(Assignment.ended_at).is_(None))
    held = dict(session.exec(weights.group_by(col(Assignment.agent_id))).all())
    return wrong + loads_that_disagree(held, {one.agent_id: one.used for one in session.exec(select(Capacity))})


async def test_of_two_who_take_at_once_one_has_it(tmp_path: Path) -> None:
    await take(tmp_path, SEED, 50)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(2))
async def test_of_two_who_take_at_once_one_has_it_a_thousand_times(tmp_path: Path, seed: int) -> None:
    await take(tmp_path, seed, 1000)
