"""Nobody is counted as lost for what could not be written down: while the desk was closed, or its database away."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from chat import visitor
from chat.chores import CHORES as CHAT
from chat.visitor import Visitor
from routing import offers, presence
from routing.chores import CHORES as ROUTING
from routing.offers import Offer
from routing.presence import Intent, Presence
from routing.queues import Delivery
from routing.reactions import REACTIONS
from server.database import Database
from server.scheduler import Scheduler
from tests.cast import MovedClock, a_customer, a_database, a_ticket, an_agent
from tests.chat.shop import a_site
from tests.engine import about_sqlite
from tests.routing.floor import a_queue, at_the_desk
from tickets.change import Change
from tickets.desk import Desk
from tickets.errors import Unavailable
from tickets.hearing import SHORTEST
from tickets.reactions import Reactions

LONG = 600  # seconds: longer than any grace, and shorter than a chat stays live


class Evening:
    """Ada's console and Sam's browser are open, and a ticket rings at Ada. One desk after the other is opened on it."""

    def __init__(self, database: Database, clock: MovedClock) -> None:
        self.database = database
        self.clock = clock

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Desk, Scheduler]]:
        reactions = Reactions(REACTIONS)
        async with Desk(self.database.writes, self.database.reads, clock=self.clock, reactions=reactions) as desk:
            yield desk, Scheduler(desk, [*ROUTING, *CHAT])


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    with contextlib.closing(a_database(tmp_path)) as database:
        yield Evening(database, MovedClock())


def everybody_comes(change: Change) -> None:
    ada = an_agent(change)
    queue = a_queue(change, "Support", ada, delivery=Delivery.OFFER)
    at_the_desk(change, ada)
    a_site(change, key="shop")
    for name in ("sam", "priya"):
        one = visitor.arrive(change, site_key="shop", token_hash=name)
        change.write()
        visitor.came(change, one.id)
        one.ticket_id = a_ticket(change, a_customer(change, name), live=True, queue_id=queue.id).id


def everybody_is_heard(change: Change) -> None:
    """As their consoles and browsers say every 20 seconds."""
    presence.seen(change, change.rows(select(Presence.agent_id)))
    visitor.seen(change, change.rows(select(Visitor.id)))


def here(session: Session) -> tuple[list[str], int, int]:
    """Agents who are connected, with what they intend; visitors who are; offers that ring."""
    intents = session.exec(select(Presence.intent).where(col(Presence.connected))).all()
    visitors = session.exec(select(Visitor).where(col(Visitor.connected))).all()
    return list(intents), len(visitors), len(session.exec(select(Offer).where(offers.is_live())).all())


ALL = ([Intent.AVAILABLE.value], 2, 2)


async def test_whoever_was_there_when_the_desk_was_closed_has_their_grace_after_it_opens(evening: Evening) -> None:
    """They all used to be gone half a second after a restart that had taken longer than their grace."""
    async with evening.open() as (desk, scheduler):
        await desk.change(everybody_comes, by="system")
        await scheduler.look()
        assert ALL == await desk.read(here)
    evening.clock.moves(seconds=LONG)
    async with evening.open() as (desk, scheduler):
        await scheduler.look()
        assert ALL == await desk.read(here)
        evening.clock.moves(seconds=desk.rules.ring_seconds - 1)
        await scheduler.look()
        assert ALL == await desk.read(here)
        await desk.change(everybody_is_heard, by="system")

        evening.clock.moves(seconds=1)
        await scheduler.look()
        assert (["away"], 2, 0) == await desk.read(here), "who does not answer is no longer asked"
        evening.clock.moves(seconds=desk.rules.visitor_grace_seconds - 1)
        await scheduler.look()
        assert (["away"], 0, 0) == await desk.read(here)
        evening.clock.moves(seconds=desk.rules.agent_grace_seconds - desk.rules.visitor_grace_seconds)
        await scheduler.look()
        assert ([], 0, 0) == await desk.read(here)


@about_sqlite
@pytest.mark.parametrize("noticed_by", ["a heartbeat", "the scheduler"])
async def test_whoever_could_not_be_heard_while_the_database_was_away_has_their_grace_after_it(
    evening: Evening, tmp_path: Path, noticed_by: str
) -> None:
    """Whether heartbeats were refused meanwhile, or were all at another process."""
    file = the_file(tmp_path)
    async with evening.open() as (desk, scheduler):
        await desk.change(everybody_comes, by="system")
        with gone(file):
            evening.clock.moves(seconds=LONG)
            if noticed_by == "the scheduler":
                await scheduler.look()
            else:
                with pytest.raises(Unavailable):
                    await desk.change(everybody_is_heard, by="system")
            assert desk.hearing.fails
        assert ALL == await desk.read(here)
        await scheduler.look()
        assert ALL == await desk.read(here)

        evening.clock.moves(seconds=desk.rules.visitor_grace_seconds - 1)
        await desk.change(everybody_is_heard, by="system")
        await scheduler.look()
        assert (["away"], 2, 0) == await desk.read(here)
        evening.clock.moves(seconds=desk.rules.agent_grace_seconds)
        await scheduler.look()
        assert ([], 0, 0) == await desk.read(here)


@about_sqlite
async def test_one_change_that_is_refused_among_others_holds_nothing_back(evening: Evening, tmp_path: Path) -> None:
    """Else a desk where somebody waits in vain for a lock now and then would never let anybody go."""
    file = the_file(tmp_path)
    async with evening.open() as (desk, scheduler):
        await desk.change(everybody_comes, by="system")
        evening.clock.moves(seconds=LONG)
        await desk.change(lambda change: None, by="system")
        with gone(file), pytest.raises(Unavailable):
            await desk.change(everybody_is_heard, by="system")
        evening.clock.moves(seconds=SHORTEST.total_seconds())
        await scheduler.look()
        assert ([], 0, 0) == await desk.read(here)


def the_file(folder: Path) -> Path:
    (found,) = folder.glob("*.db")
    return found


@contextlib.contextmanager
def gone(file: Path) -> Iterator[None]:
    aside = file.rename(file.with_suffix(".aside"))
    try:
        yield
    finally:
        aside.rename(file)
