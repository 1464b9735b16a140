"""Runs the desk in this process until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from server.app import House, create_app
from server.checkup import unwritable
from server.config.config import Config
from server.database import Database, migrate, refuse_unless_writable
from server.doors.crowd import make_room
from server.doors.direct import DirectSocket
from server.logging import configure_logging
from server.processes.listening import BACKLOG, listen_at
from server.processes.memory import give_back
from server.processes.pages import lie_on_large_pages
from server.processes.patience import PatientProtocol
from server.processes.same_key import come_in
from server.processes.worker import Worker
from server.secret import secret_key
from tickets.errors import Refused

if TYPE_CHECKING:
    from server.demo.tides import Tides

TURN = 0.0003  # seconds for one thread while another waits; the usual five ms are what a screen waits for us at all
LAST_WORDS = 0.5  # seconds, for connections to close where nothing is left of the time


def serve(
    config: Config,
    *,
    greeting: Callable[[str], str] | None = None,
    demo: bool = False,
    lives: Tides | None = None,
    worker: Worker | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. What `greeting` makes of the desk's address is printed once the doors are open.

    A `worker` listens where it is told to, and leaves the printing to its overseer.
    """
    give_back()
    make_room()
    configure_logging(config.log)
    with closing(Database(config.database.url)) as database:
        migrate(database)  # what is wrong with it is said before any door opens
        refuse_unless_writable(database)
    if problem := unwritable(Path(config.files.folder)):
        raise Refused("No file can be kept: {why}.", why=problem)
    came_in = come_in(config.database.url, secret_key(config.secrets))
    listening = worker.listening if worker else listen_at(config.server)
    config = config.on_port(listening.getsockname()[1])
    house = House(config, demo=demo, lives=lives, colleagues=worker)
    said = (greeting or _opened)(config.public_url)
    _Server(_uvicorn_config(config, house), house, said, worker, came_in).run(sockets=[listening])


def _opened(url: str) -> str:
    return f"Frontdesk is open at {url}/app\n"


class _Server(uvicorn.Server):
    """Says goodbye to open sockets before it closes them, so that their clients know when to come back."""

    def __init__(
        self, config: uvicorn.Config, house: House, greeting: str, worker: Worker | None, came_in: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._house = house
        self._greeting = greeting
        self._worker = worker
        self._came_in = came_in
        self._obeys: asyncio.Task[None] | None = None
        self._settles: asyncio.Task[int] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._came_in()
        _settle_memory()
        sys.setswitchinterval(TURN)
        self._settles = asyncio.create_task(lie_on_large_pages())
        if self.started:
            await self._say(self._greeting + self._house.first_run)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """No new connections, then no new words; what was begun is brought to its end, all of it within one time."""
        self._shut()
        await self._house.closing.finish()
        self.config.timeout_graceful_shutdown = max(self._house.closing.left, LAST_WORDS)  # type: ignore[assignment]
        if self._worker and self._house.watch:
            await self._worker.leaves(await self._house.watch.account("figures"))
        await super().shutdown(sockets)
        for task in (self._obeys, self._settles):
            if task:
                task.cancel()

    async def _say(self, greeting: str) -> None:
        if self._worker is None or self._house.watch is None:
            print(greeting, end="", flush=True)  # noqa: T201  (said to a person)
        else:
            await self._worker.opened(greeting)
            obeying = self._worker.obey(shut=self._shut, end=self._end, tells=self._house.watch.account)
            self._obeys = asyncio.create_task(obeying)

    def _shut(self) -> None:
        for server in self.servers:
            server.close()

    def _end(self) -> None:
        self.should_exit = True


def _uvicorn_config(config: Config, house: House) -> uvicorn.Config:
    """The transport's settings (reliability.md 6.2): small frames, no deflate, no headers that name us."""
    return uvicorn.Config(
        create_app(config, house),
        loop="uvloop",
        http=PatientProtocol,
        ws=DirectSocket,
        ws_max_size=64 * 1024,
        ws_max_queue=16,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_per_message_deflate=False,
        server_header=False,
        proxy_headers=False,  # the guard reads X-Forwarded-For itself, from trusted proxies only
        access_log=False,
        log_config=None,
        backlog=BACKLOG,
    )


def _settle_memory() -> None:
    """What is loaded by now stays: the collector need not look at it again and again.

    With its ordinary thresholds it took a fifth of the processor under load. Few of the objects that came since are
    still there when it looks, so that the numbers which follow may be small: what two objects left behind, each holding
    the other, used to stay for hundreds of thousands of messages. It is told twice, the second time how little there is
    now: it looks at all of it only where there is a quarter more than before.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
    gc.set_threshold(10_000, 2, 1)
