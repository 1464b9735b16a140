"""A desk that fetches from mailboxes elsewhere, on a moved clock; nothing is read but what a story asks for."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, select

from server.egress import Guard
from server.mail.fetching import Fetcher
from server.mail.locked import lock
from server.mail.signing_in import Keyring, purpose
from server.mail.visiting import House, Pace
from tests.cast import MovedClock, a_database
from tests.server.mail.fake_imap import FakeImap
from tests.tickets.email.letters import RULES
from tests.tickets.email.mailroom import SUPPORT
from tickets.desk import Desk
from tickets.email.incoming import Incoming, set_up
from tickets.email.mailbox import add_mailbox
from tickets.email.raw import RawMail
from tickets.files.store import Store
from tickets.reactions import Reactions

PACE = Pace(tick=0.01, look=0.2, answer=10.0, renew=0.1, step=20.0, fruitless=0.2)
PATIENCE = 30.0  # seconds
Found = TypeVar("Found")


@dataclass
class Postroom:
    desk: Desk
    store: Store
    clock: MovedClock
    folder: Path

    def fetcher(self, *, pace: Pace = PACE, largest: int = 100_000) -> Fetcher:
        """One process's."""
        keyring = Keyring(RULES.seals, str(self.folder), Guard(("127.0.0.1",)))
        return Fetcher(House(self.desk, self.store, largest, pace=pace), keyring)

    async def connects(self, port: int, address: str = SUPPORT, **told: str | int | bool) -> int:
        """A mailbox, and where it is fetched from. With a password, unless something else is said."""
        box = await self.desk.change(add_mailbox, address, by="system")
        locked = lock(RULES.seals, purpose(box.id, "secret"), "secret", secrets.token_bytes(16))
        usual: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "user": "desk",
            "secret": locked,
        }
        await self.desk.change(set_up, box.id, **{**usual, **told}, by="system")
        return box.id

    def rows(self, model: type[Found]) -> list[Found]:
        def all_of(session: Session) -> list[Found]:
            return list(session.exec(select(model).order_by(*inspect(model).primary_key)).all())

        return self.desk.look(all_of)

    @property
    def incoming(self) -> Incoming:
        return self.rows(Incoming)[0]

    @property
    def contents(self) -> list[bytes]:
        """Every mail that was kept, in the order in which it came."""
        return [self.store.path(row.sha256).read_bytes() for row in self.rows(RawMail)]

    @property
    def alarm(self) -> str:
        return self.incoming.alarm(self.clock.now())

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def try_after_try(self, holds: Callable[[], object]) -> None:
        """Time passes, five seconds at once, until it holds."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.clock.moves(seconds=5)
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def a_postroom(folder: Path) -> AsyncIterator[tuple[Postroom, FakeImap]]:
    """And a server elsewhere, with an empty folder."""
    database, clock = a_database(folder), MovedClock()
    store = Store(folder / "files")
    store.folder.mkdir()
    desk = Desk(database.writes, database.reads, clock=clock, rules=RULES, reactions=Reactions())
    with contextlib.closing(database):
        async with desk, FakeImap().running() as server:
            yield Postroom(desk, store, clock, folder), server
