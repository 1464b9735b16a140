"""What a visitor's browser says on its line, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from msgspec import UNSET

from chat import protocol, talk, visitor
from chat.act import act
from chat.frames import greeting, message_frame
from chat.line.again import Again
from chat.line.following.live import Following
from chat.line.live import Seeing
from chat.live import HEARTBEATS, Around
from chat.protocol import BadFrame, End, Hello, Introduce, Page, Rate, Say, Seen, Typing, parse
from chat.site import Site
from chat.talk import Said
from chat.visitor import Visitor, hash_of
from tickets.closing.live import RESTART
from tickets.errors import Refused, TooFast, Unavailable, Unsure
from tickets.live import GONE, Greet, HungUp, InOrder, Outbox, Wire, unheard

MOST_IN_FLIGHT = 32  # says that wait for their commit
BROKEN = "Something went wrong on our side. Please try again."

_log = structlog.get_logger("frontdesk.chat")


class VisitorLine:
    """One open wire: knows whose it is and which ticket it shows, so that saying something looks up nothing.

    `most`: how many of them a visitor may have open.
    """

    def __init__(self, wire: Wire, around: Around, network: str, *, most: int, lasts: bool = True) -> None:
        self.outbox = Outbox(wire.post)
        self.visitor_id = 0
        self.ticket_id: int | None = None
        self.deaf, self.lasts = False, lasts
        self._wire = wire
        self._most = most
        self._around = around
        self._network = network
        self._token = ""
        self._customer_id: int | None = None
        self._name = ""
        self._email = ""
        self._language = "en"
        self._following = Following(around.feed, self.outbox, self.finish)
        self._again = Again()
        self._under_way = InOrder(most=MOST_IN_FLIGHT)
        self._seeing = Seeing(self._see, self._under_way.errand)
        self._over: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    # Life

    async def run(self, hello: Hello) -> int:
        """Serve until either side closes; the code to close with."""
        code = await self._recognise(hello)
        if code is not None:
            return code
        lobby = self._around.lobby
        if not lobby.enter(self, most=self._most):
            return protocol.TOO_FAST
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(self._pump())]
        try:
            await self._greet(hello)
            tasks.append(asyncio.create_task(self._listen()))
            await self._over
        finally:
            lobby.leave(self)
            self._following.leave()
            await self._under_way.drop(*tasks)
        return self._over.result()

    async def landed(self) -> None:
        """Until all that was said has been answered, and what follows from it is on its way."""
        await self._under_way.landed(errands=True)

    @property
    def is_steady(self) -> bool:
        """Whether all that the feed has delivered is in the outbox, or was."""
        return self._following.is_steady

    def finish(self, code: int) -> None:
        if not self._over.done():
            self._over.set_result(code)

    async def renew(self) -> None:
        """The whole state, and live delivery from there on."""
        await self._following.surely(self._renew)

    async def _renew(self) -> None:
        desk = self._around.desk
        for _ in range(3):
            row, frame = await desk.read(
                greeting, self.visitor_id, epoch=self._around.feed.epoch, now=desk.clock.now(), rules=desk.rules
            )
            if row is None:
                self.finish(protocol.TOKEN_UNKNOWN)
                return
            self._know(row)
            self.outbox.put_object(frame)
            if await self._follow(frame["welcome"]["cursor"]):
                return
        self.finish(RESTART)

    async def _recognise(self, hello: Hello) -> int | None:
        """Who this is; the code to close with, where it is nobody we know or their site is closed."""
        found = await self._around.lobby.whose(hello.token)
        if found is None:
            return protocol.TOKEN_UNKNOWN
        row, site = found
        if not site.active:
            return protocol.NOT_HERE
        self._token = hash_of(hello.token)
        self._know(row)
        await self._arrive(row, site, hello)
        return None

    async def _arrive(self, row: Visitor, site: Site, hello: Hello) -> None:
        """The next heartbeat says that they are still here; only news is a change, or that it would come too late."""
        language = site.best_language(hello.lang) if hello.lang else row.language
        self._language = language
        now = self._around.desk.clock.now()
        if not row.connected or language != row.language or (row.away_due or now) - now < HEARTBEATS:
            await self._around.desk.change(visitor.came, row.id, language=language, by=self._actor)

    def _know(self, row: Visitor) -> None:
        self.visitor_id, self.ticket_id, self._customer_id = row.id, row.ticket_id, row.customer_id
        self._name, self._email = row.name, row.email

    async def _greet(self, hello: Hello) -> None:
        async with self._following.greeting():
            await self._welcome(hello)

    async def _welcome(self, hello: Hello) -> None:
        """Everything that was missed, or the whole state: never a part."""
        known = hello.cursor is not None and hello.epoch is not None
        same = self.ticket_id is not None if hello.ticket is UNSET else hello.ticket == self.ticket_id
        if known and same and not self._around.lobby.was_slow(self.visitor_id):
            cursor = hello.cursor or 0
            resumed = protocol.resumed(self._around.feed.epoch, cursor)
            if await self._follow(cursor, hello, lambda all_of_it: resumed if all_of_it else None):
                return
        await self._renew()

    async def _follow(self, cursor: int, hello: Hello = Hello(), greet: Greet = unheard) -> bool:  # noqa: B008
        return await self._following.follow(self.ticket_id, cursor, hello, greet)

    # Out

    async def _pump(self) -> None:
        try:
            self.finish(await self.outbox.pump(self._wire.send))
        except HungUp:
            self.finish(GONE)

    # In

    async def _listen(self) -> None:
        try:
            while True:
                await self._hear(await self._wire.receive())
        except BadFrame as bad:
            self._around.lobby.malformed += 1
            _log.warning("bad frame", visitor=self.visitor_id, why=str(bad))
            self.finish(protocol.BAD_FRAME)
        except TooFast:
            self.finish(protocol.TOO_FAST)
        except HungUp:
            self.finish(GONE)
        except Refused:  # while the database is away
            self.finish(protocol.OUR_FAULT)
        except Exception:
            _log.exception("line failed", visitor=self.visitor_id)
            self.finish(protocol.OUR_FAULT)

    async def _hear(self, said: str | bytes) -> None:
        frame = parse(said) if not self.deaf else None  # it will be said again, to another process
        if isinstance(frame, Say):
            await self._say(frame)
        elif isinstance(frame, Typing):
            self._whisper(frame)
        elif isinstance(frame, Seen):
            where = self.ticket_id if frame.ticket is None else frame.ticket
            if where is not None:
                self._seeing.upto(where, frame.seq)
        elif isinstance(frame, End | Rate | Introduce):
            await self._act(frame)
        elif isinstance(frame, Page):
            self._look(frame)
        elif isinstance(frame, Hello):
            await self._hello_again(frame)
        else:
            self._around.lobby.ignored += 1

    async def _say(self, frame: Say) -> None:
        """On a chat that goes on, up to 32 are under way at once. Whatever may change whose chat it is goes alone."""
        name = frame.name if frame.name and frame.name != self._name else ""
        email = frame.email if frame.email and frame.email != self._email else ""
        try:
            self._around.limits.send(self.visitor_id, self._network, introduces=bool(name or email))
        except TooFast as refusal:
            self._refuse(frame.id, refusal)
            return
        alone = self.ticket_id is None or self._customer_id is None or bool(name or email or frame.new)
        if alone:
            await self._under_way.landed()
        await self._send(
            frame.id,
            talk.say,
            about=self.ticket_id,
            visitor_id=self.visitor_id,
            ticket_id=self.ticket_id,
            client_id=frame.id,
            text=frame.text,
            files=frame.files,
            called=self._name,
            topic=frame.topic or "",
            name=name,
            email=email,
            new=frame.new,
        )
        if alone:
            await self._under_way.landed()

    async def _act(self, frame: End | Rate | Introduce) -> None:
        try:
            self._around.limits.act(self.visitor_id, self._network, introduces=isinstance(frame, Introduce))
        except TooFast as refusal:
            self._refuse(frame.id, refusal)
            return
        await self._under_way.landed()
        await self._send(frame.id, act, frame, visitor_id=self.visitor_id)
        await self._under_way.landed()

    def _whisper(self, frame: Typing) -> None:
        if self.ticket_id is not None and self._around.limits.whisper(self.visitor_id):
            whisper = {"kind": "typing", "ticket": self.ticket_id, "on": frame.on, "agent": None, "name": self._name}
            self._around.feed.whisper(f"ticket:{self.ticket_id}", {"whisper": whisper})

    def _see(self, ticket_id: int, seq: int) -> Awaitable[int]:
        return self._around.desk.begin(talk.see, ticket_id=ticket_id, seq=seq, by=self._actor, about=ticket_id)

    def _look(self, frame: Page) -> None:
        if self._around.limits.look(self.visitor_id):
            verb = self._around.desk.begin(
                visitor.look, self.visitor_id, url=frame.url, title=frame.title, by=self._actor
            )
            self._under_way.errand(verb)

    async def _hello_again(self, frame: Hello) -> None:
        """The client thinks that it has missed something. Another token would be another visitor."""
        self._around.limits.connect(self._network)
        if hash_of(frame.token) == self._token:
            await self._under_way.landed()
            await self._greet(frame)
        else:
            self.finish(protocol.TOKEN_UNKNOWN)

    # Under way

    async def _send(self, client_id: str, verb: Callable[..., Any], /, *args: Any, **said: Any) -> None:
        held = self._again.holds(client_id)
        if held is not None:
            self._refuse(client_id, held)
            return
        cursor = self._around.feed.cursor  # nothing of what follows from it lies before this
        made = self._around.desk.begin(verb, *args, by=self._actor, strand=self._again.strand, **said)
        if made.done():  # turned away; what was begun before goes on
            self._answer(client_id, cursor, made)
        else:
            await self._under_way.begin(made, lambda done: self._answer(client_id, cursor, done))

    def _answer(self, client_id: str, cursor: int, done: asyncio.Future[Any]) -> None:
        error = done.exception()
        if isinstance(error, Unsure):  # a no would be as wrong as a yes: it is said again on the next line
            self.finish(protocol.OUR_FAULT)
        elif isinstance(error, Refused):
            if isinstance(error, Unavailable):
                self._again.refused(client_id, error)
            self._refuse(client_id, error)
        elif error is not None:
            self._refuse(client_id, Refused(BROKEN))
        else:
            self._confirm(client_id, cursor, done.result())

    def _confirm(self, client_id: str, cursor: int, result: Said | Visitor) -> None:
        if isinstance(result, Said):
            self.outbox.put_object(protocol.ack(client_id, message_frame(result.message, result.files)))
            self._customer_id, self._name = result.customer_id, result.name
            self._email = result.email or self._email
            if result.ticket_id != self.ticket_id:
                self.ticket_id = result.ticket_id
                self._under_way.errand(self._following.surely(partial(self._begin, cursor)))
        else:
            self.outbox.put_object(protocol.ack(client_id))
            self._customer_id, self._name, self._email = result.customer_id, result.name, result.email

    def _refuse(self, client_id: str, refusal: Refused) -> None:
        says = self._around.translate(self._language, refusal.says, **refusal.facts)
        self.outbox.put_object(protocol.refused(client_id, says, refusal.retry_after))

    async def _begin(self, cursor: int) -> None:
        """A ticket of their own: from now on its events, in this tab and in the visitor's others."""
        if not await self._follow(cursor):
            await self._renew()
        self._around.lobby.renew_others(self)

    @property
    def _actor(self) -> str:
        return f"customer:{self._customer_id}" if self._customer_id is not None else f"visitor:{self.visitor_id}"
