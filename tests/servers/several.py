"""One desk in several processes, on a real PostgreSQL and a real Redis: as on two machines, or as workers on one."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from routing.queues import Delivery, add_queue
from server.app import REACTIONS
from server.auth import accounts
from server.auth.passwords import Passwords
from server.database import Database
from tests.bench.houses import PASSWORD, SITE, Colleague
from tests.chat.shop import a_site
from tests.faults.checker import End, Kept, Logged, faults, misread, no_beginning
from tests.faults.history import History, sends
from tests.faults.laws import report
from tests.faults.visitors import Visitor
from tests.running import RunningDesk
from tests.servers.postgres import a_migrated_database
from tests.servers.redis import RedisServer, a_redis
from tickets.change import Change
from tickets.desk import Desk
from tickets.people import Role
from tickets.reactions import Reactions

PATIENCE = 30.0  # seconds
MANY = "1000000"
_MESSAGES = """
select m.ticket_id, m.seq, coalesce('visitor:' || v.id, m."by"), m.client_id, m.text
from message m left join visitor v on m."by" = 'customer:' || v.customer_id
"""


@dataclass
class Floor:
    """What the processes of one desk share."""

    database: str
    redis: RedisServer
    folder: Path
    bus: str = ""  # where its Redis is found, if not at its own address

    @property
    def settings(self) -> dict[str, str]:
        return {
            "FRONTDESK_DATABASE_URL": self.database,
            "FRONTDESK_BUS_URL": self.bus or self.redis.url,
            "FRONTDESK_FILES_FOLDER": str(self.folder / "files"),
            "FRONTDESK_SECRETS_KEPT_IN": str(self.folder / "secret.key"),
            "FRONTDESK_CHAT_SEND_PER_10S": MANY,
            "FRONTDESK_CHAT_SEND_PER_HOUR": MANY,
            "FRONTDESK_CHAT_SEND_PER_MINUTE_PER_ADDRESS": MANY,
        }

    def judge(self, visitors: list[Visitor], history: History, *, seed: int = 0, outage: bool = False) -> Counter[str]:
        """What people were told, beside what the database holds: nothing lost, doubled or out of order.

        Nothing was refused or left unknown either, unless there was an `outage`. How many sends came to which end.
        """
        kept, log = self._kept({visitor.author for visitor in visitors})
        lines = history.lines()
        sent = sends(lines)
        found = faults(sent, kept, log)
        for visitor in visitors:
            found += misread(visitor.author, visitor.view, kept)
            found += [fault for view in visitor.seen_so_far for fault in no_beginning(visitor.author, view, kept)]
        ends = Counter(one.end.value for one in sent)

        told = report(found, lines, seed=seed)
        assert "" == told, told
        assert outage or {End.ACKNOWLEDGED.value} == set(ends), ends
        return ends

    def _kept(self, authors: set[str]) -> tuple[list[Kept], list[Logged]]:
        with contextlib.closing(Database(self.database)) as database, database.reads.connect() as connection:
            everything = [Kept(*row) for row in connection.execute(text(_MESSAGES))]
            log = connection.execute(text("select pos, kind, ticket_id, data from log order by pos")).all()
        tickets = {message.ticket for message in everything if message.author in authors}
        return [message for message in everything if message.ticket in tickets], [
            Logged(
                pos, ticket or 0, json.loads(data)["seq"] if kind == "MessageReceived" and ticket in tickets else None
            )
            for pos, kind, ticket, data in log
        ]


@contextlib.contextmanager
def a_floor(folder: Path, *, at: str = "", bus: str = "") -> Iterator[Floor]:
    """A desk with a shop's page, a queue and Ada; no process is open yet.

    `at`: in this database, migrated and with nothing in it. `bus`: the address at which Redis listens besides.
    """
    database = at or a_migrated_database()
    with ThreadPoolExecutor(1) as aside:  # whatever loop this thread has is somebody else's
        aside.submit(lambda: asyncio.run(furnish(database))).result()
    with a_redis(at=bus) as redis:
        yield Floor(database, redis, folder)


@contextlib.contextmanager
def open_at_once(*desks: RunningDesk) -> Iterator[None]:
    with ThreadPoolExecutor(len(desks)) as pool, contextlib.ExitStack() as stack:
        for desk in desks:
            stack.callback(desk.stop)
        list(pool.map(RunningDesk.start, desks))
        yield


class Agent(Colleague):
    """An agent's browser that a proxy sends now to one process, now to another."""

    def at(self, desk: RunningDesk) -> Agent:
        other = copy.copy(self)
        other._url = desk.url
        return other

    async def does(self, path: str, **form: str) -> None:
        await asyncio.to_thread(self._post, path, {"csrf": self._csrf, **form})

    @contextlib.asynccontextmanager
    async def console(self, ticket: int | None = None) -> AsyncIterator[Screen]:
        line = await asyncio.to_thread(self.line, ticket)  # type: ignore[arg-type]
        headers = {"Cookie": line.headers["Cookie"]}
        async with connect(line.url, origin=Origin(self._url), additional_headers=headers) as socket:
            await socket.send(line.hello)
            screen = Screen(socket)
            await screen.hears(lambda frame: "hello" in frame)
            yield screen


class Screen:
    """What arrives on one socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def hears(self, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The next frame of this kind, whatever comes before it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame: dict[str, Any] = json.loads(await self.socket.recv())
                if wanted(frame):
                    return frame

    async def says(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))


@contextlib.asynccontextmanager
async def a_chat(desk: RunningDesk, token: str) -> AsyncIterator[Screen]:
    async with connect(f"{desk.url.replace('http', 'ws', 1)}/chat/v1/socket", origin=Origin(desk.url)) as socket:
        screen = Screen(socket)
        await screen.says(hello={"token": token})
        await screen.hears(lambda frame: "welcome" in frame)
        yield screen


async def furnish(url: str) -> None:
    """A shop's page, a queue and Ada."""
    hashed = await Passwords().hashed(PASSWORD)

    def furnish(change: Change) -> None:
        a_site(change, key=SITE)
        ada = accounts.add(change, name="Ada", email="ada@frontdesk.example", role=Role.AGENT, password_hash=hashed)
        change.write()
        add_queue(change, "Support", delivery=Delivery.OFFER, members=[ada.id])

    with contextlib.closing(Database(url)) as database:
        async with Desk(database.writes, database.reads, reactions=Reactions(REACTIONS)) as desk:
            await desk.change(furnish, by="system")
