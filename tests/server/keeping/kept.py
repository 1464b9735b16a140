"""A desk that opens and closes, with people and files in it, for stories of keeping it."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select
from starlette.applications import Starlette

from server.app import House
from server.config.config import Config
from server.config.settings import Database
from server.database import Database as Opened
from server.keeping import walk
from tests.cast import a_customer, a_ticket, an_agent
from tests.settings import settings_in
from tickets import log
from tickets.change import Change
from tickets.files import attachment
from tickets.files.kinds import Kind
from tickets.files.store import Stored
from tickets.message import Message
from tickets.ticket import Ticket

Act = Callable[[dict[str, Any]], Awaitable[Any]]
PHOTO = b"\x89PNG a broken lamp" * 400
WORDS = "Where is my parcel? 我的包裹在哪里?"


class KeptDesk:
    """The desk of one folder; its rows are in an SQLite file there, or in the database at `url`."""

    def __init__(self, folder: Path, url: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.ticket_id = 0
        self.config: Config = settings_in(
            folder, url="http://desk.example", database=Database(url=url or f"sqlite:///{folder}/desk.db")
        )

    def opens(self, *acts: Act) -> list[Any]:
        """A whole opening of the desk: what each act says at its end."""
        return asyncio.run(self._open(acts))

    async def _open(self, acts: tuple[Act, ...]) -> list[Any]:
        async with House(self.config).open(Starlette()) as state:
            return [await act(state) for act in acts]


def a_desk_with_sam(folder: Path) -> KeptDesk:
    """Ada is there, and Sam has written three messages on ticket `ticket_id`, one with a photo."""
    shutil.copytree(_told_before()[0], folder)
    desk = KeptDesk(folder)
    desk.ticket_id = _told_before()[1]
    return desk


@cache
def _told_before() -> tuple[Path, int]:
    """Opening a desk takes most of the time of these stories."""
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-kept-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (ticket_id,) = KeptDesk(folder).opens(sam_asks)
    return folder, ticket_id


async def sam_asks(state: dict[str, Any]) -> int:
    """Ada is here; Sam wrote three messages on a ticket, one with a photo. Its id."""
    stored = state["files"].keep(PHOTO)
    id: int = await state["desk"].change(_asked, stored, by="system")
    return id


def _asked(change: Change, stored: Stored) -> int:
    an_agent(change)
    ticket = a_ticket(change, a_customer(change))
    for number in range(2):
        ticket.receive(change, WORDS, client_id=f"first-{number}")
    kind = Kind("image/png", doubtful=False)
    photo = attachment.keep(change, client_id="photo", name="lamp.png", claimed="image/png", stored=stored, kind=kind)
    message = ticket.receive(change, "Here it is.", client_id="third", files=1)
    change.write()
    attachment.attach(change, message, [photo.id])
    return ticket.id


def sam_goes_on(ticket_id: int, count: int, name: str = "more") -> Act:
    """The client ids that were acknowledged."""

    async def act(state: dict[str, Any]) -> list[str]:
        ids = [f"{name}-{number}" for number in range(count)]
        for client_id in ids:
            await state["desk"].change(say, ticket_id, client_id, by="customer:1", about=ticket_id)
        return ids

    return act


def say(change: Change, ticket_id: int, client_id: str) -> None:
    change.take(Ticket, ticket_id).receive(change, "Anyone?", client_id=client_id)


async def place(state: dict[str, Any]) -> tuple[str, int]:
    """Where a screen is that has seen all of it: the epoch, and the cursor."""
    return state["feed"].epoch, await state["desk"].read(log.newest)


async def said(state: dict[str, Any]) -> list[tuple[str, str]]:
    """Every message by its client id, in order."""
    found: list[tuple[str, str]] = await state["desk"].read(_said)
    return found


def _said(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(Message.client_id, Message.text).order_by(col(Message.ticket_id), col(Message.seq)))
    return list(rows)


async def positions(state: dict[str, Any]) -> list[int]:
    found: list[int] = await state["desk"].read(
        lambda session: [row.pos for row in log.after(session, 0, limit=1_000_000)]
    )
    return found


async def said_in_the_log(state: dict[str, Any]) -> list[int]:
    """The place in the log of every message that is told there."""
    found: list[int] = await state["desk"].read(
        lambda session: session.exec(select(log.LogRow.pos).where(log.LogRow.kind == "MessageReceived")).all()
    )
    return found


def tallies(desk: KeptDesk) -> dict[str, tuple[int, str]]:
    """What each table holds."""
    database = Opened(desk.config.database.url)
    with database.reads.connect() as connection:
        found = {shape.name: walk.counted(connection, shape) for shape in walk.shapes()}
    database.close()
    return {name: (tally.rows, tally.mark) for name, tally in found.items()}
