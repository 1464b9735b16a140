"""The only assembly: every room's doors, reactions and chores, in their order, around one desk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette

import chat.chores
import chat.reactions
import chat.socket
import routing.chores
import routing.reactions
import tickets.chores
import tickets.email.outbox
import tickets.email.planned
import tickets.files.web
from chat.limits import Limits
from chat.live import Lobby
from chat.site import face_of
from routing.sla.promises import promises
from server import stretch
from server.auth import chores as auth_chores
from server.auth.admission import Auth
from server.auth.beginning import first_run_link
from server.auth.cookies import Cookies
from server.bus.bus import Bus, bus_at
from server.config.config import Config
from server.config.rules import rules_of
from server.console.boards import Boards
from server.console.consoles import Consoles
from server.console.tallies import Tallies
from server.database import Database, migrate
from server.doors.doorway import layers
from server.doors.guard import guarded
from server.doors.refusals import HANDLERS
from server.entrances import doors
from server.feed import Feed
from server.mail.counter import taking_mail
from server.mail.postman import posting
from server.processes.memory import go_on_giving_back
from server.processes.same_key import mark_of
from server.scheduler import Scheduler
from server.secret import secret_key
from server.watching import health
from server.watching.accounts import Colleagues
from server.watching.metrics import Metrics
from server.watching.readiness import Readiness
from tickets import find
from tickets.closing.live import Closing
from tickets.complaints.categories import furnish
from tickets.desk import Desk
from tickets.email.reader import Reader
from tickets.files import attachment
from tickets.files.store import Store
from tickets.live import alongside
from tickets.moment import Clock
from tickets.reactions import Reactions
from widgets import fragments
from widgets.pages import Pages

REACTIONS = (
    *routing.reactions.REACTIONS,
    *tickets.email.outbox.REACTIONS,
    *tickets.email.planned.REACTIONS,
    *chat.reactions.REACTIONS,
)
"""What every change of this house is answered with, in this order."""

SETTLES_WITHIN = 4.0  # seconds, for what was begun when the house closes
GOES_WITHIN = 100  # looks of 20 ms, for those who are told to come back later
CHORES = (
    *tickets.chores.CHORES,
    *tickets.email.planned.CHORES,
    *routing.chores.CHORES,
    *chat.chores.CHORES,
    *attachment.CHORES,
    *auth_chores.CHORES,
    *find.CHORES,
)

if TYPE_CHECKING:
    from server.demo.tides import Tides


class House:
    """One process: what it is made of, from the first door that opens to the last that closes."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        demo: bool = False,
        lives: Tides | None = None,
        colleagues: Colleagues | None = None,
    ) -> None:
        """`lives`: who comes to a demo that goes on by itself; None: it does not. `colleagues` are the processes behind
        the same port, where there are several.
        """
        self.config = config
        self.first_run = ""  # what to tell the person who started an empty desk
        self.demo, self._lives = demo, lives
        self.data_folder = Path(config.files.folder)
        self._clock = clock
        self._feed: Feed | None = None
        self._lobby: Lobby | None = None
        self.metrics = Metrics()
        self._colleagues = colleagues
        self.watch: health.Watch | None = None
        self.closing = Closing()
        self.closing.waits_for(self._people_leave)

    @contextlib.asynccontextmanager
    async def open(self, app: Starlette) -> AsyncIterator[dict[str, Any]]:
        """The lifespan: yields the state that doors find in `request.state`."""
        config = self.config
        self.data_folder.mkdir(parents=True, exist_ok=True)
        async with contextlib.AsyncExitStack() as stack:
            kept = config.database
            secret = secret_key(config.secrets)
            many = {"readers": kept.read_connections, "writers": kept.write_connections}
            database = Database(kept.url, **many, mark=mark_of(secret))
            stack.callback(database.close)
            migrate(database)
            bus = await stack.enter_async_context(bus_at(config.bus.url, secret))
            desk = await stack.enter_async_context(self._desk(database, bus))
            await desk.change(furnish, by="system")
            feed, consoles = await stack.enter_async_context(self._live(desk, bus))
            scheduler = await stack.enter_async_context(Scheduler(desk, CHORES).running())
            folders = [self.data_folder, *([database.folder] if database.folder else [])]
            readiness = Readiness(desk, feed, scheduler, self.metrics, folders, self.closing)
            lobby = await stack.enter_async_context(self._opened_lobby(desk, feed, bus))
            store, limits = Store(self.data_folder), self._limits(bus)
            postbox, config = await stack.enter_async_context(self._postbox(desk, store))
            await stack.enter_async_context(posting(desk, config, store, self.closing))
            mail_reader = await stack.enter_async_context(
                taking_mail(desk, config, store, readiness.keeps_up, closing=self.closing, bus=bus)
            )
            theatre = await stack.enter_async_context(self._theatre(desk, store, mail_reader, consoles))
            await stack.enter_async_context(tickets.files.web.sweeping(desk, store))
            await stack.enter_async_context(alongside(go_on_giving_back(), name="memory"))
            auth = Auth(desk, config.login, tried=self.metrics.tried_password)
            stack.push_async_callback(auth.write_down)
            watch = self.watch = health.Watch(
                config, readiness, lambda: {"visitor": len(lobby), **consoles.screens}, bus, self._colleagues
            )
            self.first_run = _first_run(await first_run_link(desk, config.public_url))
            yield {
                "house": self,
                "closing": self.closing,
                "desk": desk,
                "feed": feed,
                "consoles": consoles,
                "scheduler": scheduler,
                "metrics": self.metrics,
                "watch": watch,
                "auth": auth,
                "cookies": Cookies(https=config.public_url.startswith("https://")),
                "lobby": lobby,
                "still_signed_in": auth.still_holds,
                "pages": Pages(public_url=config.public_url),
                "files": store,
                "mail_reader": mail_reader,
                "postbox": postbox,
                "theatre": theatre,
                "limits": limits,
                "faces": face_of,
                "promises": promises,
                "public_origins": config.server.origins,
                "config": config,
            }

    @contextlib.asynccontextmanager
    async def _live(self, desk: Desk, bus: Bus) -> AsyncIterator[tuple[Feed, Consoles]]:
        """The feed, what is counted beside it, and the consoles that follow both."""
        async with contextlib.AsyncExitStack() as stack:
            most = self.config.login.screens_per_agent
            consoles = await stack.enter_async_context(Consoles(desk, bus, most=most).running())
            epoch, closing = await stretch.opened(desk), self.closing
            feed = self._feed = Feed(desk, bus, epoch=epoch, render=fragments.render, closing=closing)
            tallies, boards = Tallies(desk, feed), Boards(desk, feed)
            feed.hears(consoles.heard, tallies.heard, boards.heard)
            feed.greets(tallies.joined, boards.joined)
            for going in (feed, tallies, boards):
                await stack.enter_async_context(going.running())
            yield feed, consoles

    async def _people_leave(self) -> None:
        """What was begun is answered, everybody told to come back; until they have gone, or were too slow to."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLES_WITHIN):
                if self._lobby is not None:
                    await self._lobby.settle()
        if self._feed is None:
            return
        self._feed.say_goodbye()
        for _ in range(GOES_WITHIN):
            await asyncio.sleep(0.02)
            if not self._feed.outboxes:
                break
        await asyncio.sleep(0.05)  # the last words are on their way

    @contextlib.asynccontextmanager
    async def _theatre(self, desk: Desk, store: Store, reader: Reader, consoles: Consoles) -> AsyncIterator[object]:
        """Where the demo's scenes are played; None in a real desk."""
        if not self.demo:
            yield None
            return
        from server.demo.front import theatre

        async with theatre(desk, self.config, store, reader.ring) as found, contextlib.AsyncExitStack() as stack:
            if self._lives is not None:
                from server.demo.living import living

                crowd = living(desk, found.mailing, lambda: consoles.at_work, self._lives)
                await stack.enter_async_context(crowd)
            yield found

    @contextlib.asynccontextmanager
    async def _postbox(self, desk: Desk, store: Store) -> AsyncIterator[tuple[object, Config]]:
        """Where the demo's mail arrives, and the settings that lead it there; a real desk's are what they are."""
        if not self.demo:
            yield None, self.config
            return
        from server.demo.earlier import put_back
        from server.demo.postbox import postbox

        async with postbox(self.config) as (box, config):
            await put_back(box, desk, self.config, store)
            yield box, config

    @contextlib.asynccontextmanager
    async def _opened_lobby(self, desk: Desk, feed: Feed, bus: Bus) -> AsyncIterator[Lobby]:
        async with chat.socket.open_lobby(desk, feed) as lobby:
            self._lobby = lobby
            bus.listen(rung=lambda: None, whispered=lobby.hear)
            feed.hears(lobby.heard)
            yield lobby

    def _limits(self, bus: Bus) -> Limits:
        limits = Limits(self.config.chat)
        for name, limit, aloud in limits.shared():
            bus.share(name, limit, aloud=aloud)
        return limits

    def _desk(self, database: Database, bus: Bus) -> Desk:
        config = self.config
        return Desk(
            database.writes,
            database.reads,
            clock=self._clock,
            rules=rules_of(config),
            reactions=Reactions(REACTIONS),
            bell=bus.ring,
            ended=self.metrics.committed,
            readers=config.database.read_connections,
            lanes=config.database.write_connections,
        )


def create_app(config: Config, house: House | None = None) -> Starlette:
    """The whole house as one ASGI application."""
    house = house or House(config)
    app = Starlette(
        routes=guarded(doors(demo=house.demo), config.server),
        middleware=layers(config.server),
        exception_handlers=HANDLERS,
        lifespan=house.open,
    )
    app.router.redirect_slashes = False  # an address is what its door says, or nothing
    return app


def _first_run(link: str | None) -> str:
    return f"Nobody works here yet. Make the first admin within a day at\n  {link}\n" if link else ""
