"""A small house for tests of the doors: a desk on a real file, the people who work there, and a browser's manners."""

from __future__ import annotations

import asyncio
import re
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from server.app import House, create_app
from server.auth import web
from server.auth.admission import Auth
from server.auth.passwords import Cost, Passwords
from server.config.config import Config
from server.config.settings import Server
from server.doors.doorway import layers
from server.doors.guard import guarded
from server.doors.refusals import HANDLERS
from tests.cast import MovedClock, a_database, a_desk
from tests.settings import settings_in
from tickets.change import Change
from tickets.closing.live import Closing
from tickets.people import Agent, Role

CHEAP = Passwords(Cost(memory=8, passes=1))
PASSWORD = "three quiet rivers"
KEPT = CHEAP._hasher.hash(PASSWORD)
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Doorstep:
    """`client` is a browser at our own address; `agents` maps a name of the cast to their id."""

    client: TestClient
    clock: MovedClock
    app: Starlette
    config: Config
    agents: dict[str, int] = field(default_factory=dict)

    def open(self, path: str, **headers: str) -> Any:
        """Load a page as a person does."""
        return self.client.get(path, headers={"accept": "text/html", "sec-fetch-mode": "navigate", **headers})

    def submit(self, path: str, form: dict[str, Any] | None = None, *, via: str | None = None, **headers: str) -> Any:
        """Open the page that holds the form (`via`, else the same), and send it as its browser would."""
        token = CSRF.search(self.open(via or path).text)
        data = {"csrf": token.group(1) if token else "", **(form or {})}
        return self.client.post(path, data=data, headers={**self.manners, **headers})

    def sign_in(self, name: str = "Ada", password: str = PASSWORD) -> Any:
        return self.submit("/app/login", {"email": f"{name.lower()}@frontdesk.example", "password": password})

    def everybody_is_new(self) -> None:
        """To all limits: whatever this process and Redis have counted was somebody else."""
        salt = secrets.token_hex(4)
        for _, limit, _ in self.client.app_state["limits"].shared():
            limit._known_as = _salted(limit._known_as, salt)

    def comes_from(self, address: str) -> None:
        """The browser is somewhere else now."""
        self.client._transport.client = (address, 50_000)  # type: ignore[attr-defined]

    @property
    def manners(self) -> dict[str, str]:
        return {
            "accept": "text/html",
            "sec-fetch-site": "same-origin",
            "sec-fetch-mode": "navigate",
            "origin": self.config.public_url,
        }

    def look(self, query: Any, *args: Any) -> Any:
        """What the database holds, asked from outside."""
        return self.client.portal.call(self._read, query, *args)  # type: ignore[union-attr]

    async def _read(self, query: Any, *args: Any) -> Any:
        return await self.client.app_state["desk"].read(query, *args)

    def change(self, verb: Any, *args: Any, by: str = "system", **kwargs: Any) -> Any:
        async def changed() -> Any:
            return await self.client.app_state["desk"].change(verb, *args, by=by, **kwargs)

        return self.client.portal.call(changed)  # type: ignore[union-attr]


@contextmanager
def a_doorstep(
    folder: Path,
    *routes: BaseRoute,
    url: str = "http://testserver",
    server: dict[str, Any] | None = None,
    staff: Sequence[tuple[str, Role]] = (("Ada", Role.AGENT), ("Grace", Role.SUPERVISOR), ("Ines", Role.ADMIN)),
) -> Iterator[Doorstep]:
    """The doors of sign-in and of `routes`, guarded as in the real house."""
    config = Config(server=Server(public_url=url, **(server or {})))
    clock = MovedClock()

    @asynccontextmanager
    async def open_house(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        database = a_database(folder)
        async with a_desk(database, clock=clock) as desk:
            yield {
                "desk": desk,
                "auth": Auth(desk, config.login, passwords=CHEAP),
                "config": config,
                "closing": Closing(),
            }
        database.close()

    app = Starlette(
        routes=guarded([*web.DOORS, *routes], config.server),
        middleware=layers(config.server),
        exception_handlers=HANDLERS,
        lifespan=open_house,
    )
    with TestClient(app, base_url=url, follow_redirects=False, raise_server_exceptions=False) as client:
        step = Doorstep(client, clock, app, config)
        for name, role in staff:
            step.agents[name] = step.change(hire, name, role)
        yield step


@contextmanager
def a_whole_house(
    folder: Path, *, url: str, clock: MovedClock | None = None, raises: bool = True, **sections: Any
) -> Iterator[Doorstep]:
    """All the doors of the house, with nobody in it. `raises`: a bug in it fails the test, rather than answer 500.

    Without a clock it goes by the real one.
    """
    config = settings_in(folder, url=url, **sections)
    app = create_app(config, House(config, clock=clock))
    with TestClient(app, base_url=url, follow_redirects=False, raise_server_exceptions=raises) as client:
        yield Doorstep(client, clock, app, config)  # type: ignore[arg-type]  # nobody moves the real one


def _salted(known_as: Callable[[str], str], salt: str) -> Callable[[str], str]:
    return lambda key: known_as(f"{key} {salt}")


def hire(change: Change, name: str, role: Role) -> int:
    agent = Agent(
        id=change.new_id(),
        name=name,
        email=f"{name.lower()}@frontdesk.example",
        role=role.value,
        password_hash=KEPT,
        created_at=change.now,
    )
    return change.add(agent).id


def cookies_of(answer: Any) -> list[str]:
    return [value for name, value in answer.headers.multi_items() if name == "set-cookie"]


@contextmanager
def standing(owner: object, name: str) -> Iterator[None]:
    """What the house does again and again, by this method of its owner, stands still for as long as the block lasts.

    It has come to a stand when the block begins: what was under way before that can change nothing any more.
    """
    stands, may_go_on, goes_on = threading.Event(), threading.Event(), getattr(owner, name)

    async def stand(*given: Any) -> Any:
        stands.set()
        await asyncio.to_thread(may_go_on.wait)
        return await goes_on(*given)

    setattr(owner, name, stand)
    try:
        assert stands.wait(30)
        yield
    finally:
        delattr(owner, name)
        may_go_on.set()
