"""The house in this process, on a clock that a story can move: for what takes hours, and must be seen in a browser."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from server.app import House, create_app
from server.config.settings import Login, Routing, Server
from server.doors.direct import DirectSocket
from tests.engine import database_url
from tests.settings import settings_in

OPENS_WITHIN = 30.0  # seconds


class RunningClock:
    """Goes on by itself, as a browser's does, from a moment that a story chooses; and can be moved."""

    def __init__(self, at: datetime) -> None:
        self._ahead = at - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def moves(self, **by: float) -> None:
        """On by so many seconds, minutes, hours or days."""
        self._ahead += timedelta(**by)


class OpenHouse(House):
    """Keeps what its doors are given, so that a story can act at the desk itself."""

    state: dict[str, Any]

    @contextlib.asynccontextmanager
    async def open(self, app: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with super().open(app) as self.state:
            yield self.state


class HousedDesk:
    """A desk that is open at `url`, with nobody in it. Its rows are in `database`."""

    def __init__(self, url: str, folder: Path, clock: RunningClock, house: OpenHouse) -> None:
        self.url = url
        self.clock = clock
        self.database_url = database_url(folder)
        self._house = house
        self._loop: asyncio.AbstractEventLoop | None = None

    def change(self, verb: Callable[..., Any], *args: Any, by: str = "system", **kwargs: Any) -> Any:
        """As a socket or a form would, and the answer."""
        return self._done(self._house.state["desk"].change(verb, *args, by=by, **kwargs))

    def look(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._done(self._house.state["desk"].read(query, *args, **kwargs))

    def works_off(self) -> int:
        """What has fallen due is done now, rather than at the scheduler's next look."""
        return int(self._done(self._house.state["scheduler"].look()))

    def _done(self, awaited: Any) -> Any:
        assert self._loop is not None
        future: Future[Any] = asyncio.run_coroutine_threadsafe(_waiting(awaited), self._loop)
        return future.result(OPENS_WITHIN)


class _Server(uvicorn.Server):
    """Says when its doors are open."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.opened = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.opened.set()


@contextmanager
def a_house(folder: Path, at: datetime) -> Iterator[HousedDesk]:
    """The whole product with all that runs in it, in a thread of its own."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    clock = RunningClock(at)
    config = settings_in(
        folder,
        url=url,
        server=Server(public_url=url, host="127.0.0.1", port=listening.getsockname()[1]),
        routing=Routing(ring_seconds=120),  # people in stories are as slow as the machine
        login=Login(attempts_per_address=100_000, idle_minutes=60_000, absolute_hours=1_000),
    )
    house = OpenHouse(config, clock=clock)
    desk = HousedDesk(url, folder, clock, house)
    server = _Server(
        uvicorn.Config(create_app(config, house), ws=DirectSocket, log_config=None, timeout_graceful_shutdown=5)
    )

    async def serve() -> None:
        desk._loop = asyncio.get_running_loop()
        await server.serve(sockets=[listening])

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="house")
    thread.start()
    try:
        assert server.opened.wait(OPENS_WITHIN), "the house did not open"
        yield desk
    finally:
        house.state["feed"].say_goodbye()
        server.should_exit = True
        thread.join(OPENS_WITHIN)


async def _waiting(awaited: Any) -> Any:
    return await awaited
