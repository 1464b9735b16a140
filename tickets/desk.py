"""The desk: the only place where state changes, and the door through which it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from tickets import turns
from tickets.asked import Asked, Strand
from tickets.errors import overloaded, unavailable
from tickets.failpoint import reached
from tickets.hearing import Hearing
from tickets.looking import Looks
from tickets.moment import Clock, DatabaseClock, WallClock
from tickets.outage import LostError, is_forbidden, is_outage, nothing_kept
from tickets.reactions import Reactions
from tickets.readers import Readers
from tickets.rules import Rules
from tickets.showing import Showing
from tickets.silence import Silence
from tickets.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

MOST_WAITING = 10_000  # changes; beyond it new ones are refused, but for the house's own


class Desk:
    """Every change goes through `change`, every look through `read`. One per process.

    `writes` and `reads` are engines on the same database. `lanes`: how many changes are under way at once where that
    database has more than one writer. `clock`: the database's own where it is shared and none is given. `bell` is
    called on the event loop after each commit that recorded something, `ended` with every batch of changes that came
    to their end, and with each that was turned away.
    """

    def __init__(
        self,
        writes: Engine,
        reads: Engine,
        *,
        clock: Clock | None = None,
        rules: Rules | None = None,
        reactions: Reactions | None = None,
        bell: Callable[[], None] = lambda: None,
        ended: Callable[[list[Asked]], None] = lambda done: None,
        readers: int = 4,
        lanes: int = 3,
    ) -> None:
        shared = turns.is_shared(writes)
        self.clock = clock or (DatabaseClock() if shared else WallClock())
        self.rules = rules or Rules()
        self._looks = Looks(reads)
        self._silence = Silence(writes, reads)
        self._bell = bell
        self._ended = ended
        self._readers = Readers(readers, begin=self._looks.keep, tell=self._tell)
        self.showing = Showing()
        reactions = reactions or Reactions()
        self._lanes = [
            Writer(
                writes,
                self._silence,
                clock=self.clock,
                rules=self.rules,
                reactions=reactions,
                deliver=self._hand_back,
                showing=self.showing,
                begin=self._looks.keep,
            )
            for _ in range(lanes if shared else 1)
        ]
        self._loop: asyncio.AbstractEventLoop | None = None
        self.hearing = Hearing()
        self.waiting = 0  # changes that were taken and have not come to their end
        self._closing = False
        self._is_blind = False  # nobody looks any more

    async def __aenter__(self) -> Desk:
        self._loop = asyncio.get_running_loop()
        self._silence.open()
        for lane in self._lanes:
            lane.start()
        self._readers.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._silence.close()
        for lane in self._lanes:
            await asyncio.to_thread(lane.stop)
        self._is_blind = True
        await asyncio.to_thread(self._readers.stop)
        self._silence.end()
        self._looks.close()

    async def change(
        self,
        verb: Callable[..., T],
        *args: Any,
        by: str,
        about: int | None = None,
        **kwargs: Any,
    ) -> T:
        """Run `verb(change, *args, **kwargs)` as `by`, and return its result after it is durable.

        `about` names the ticket that the verb will take, so that a batch loads them all at once. Raises Refused with a
        sentence for a person; anything else is a bug, and nothing of this change was kept.
        """
        return await self.begin(verb, *args, by=by, about=about, **kwargs)

    def begin(
        self,
        verb: Callable[..., T],
        *args: Any,
        by: str,
        about: int | None = None,
        strand: Strand | None = None,
        **kwargs: Any,
    ) -> asyncio.Future[T]:
        """As `change`, for whoever goes on meanwhile: what will come of it.

        `strand` is what it belongs to, where it must not be done before what the same one has begun.
        """
        assert self._loop is not None, "the desk is not open"
        reply: asyncio.Future[T] = self._loop.create_future()
        asked = Asked(verb, args, kwargs, by, about, reply)
        if self._closing:
            reply.set_exception(unavailable())
        elif self.waiting >= MOST_WAITING and by != "system":  # what the house has begun, it brings to its end
            asked.end(error=overloaded())
            _end(reply, None, asked.error)
            self._ended([asked])  # for whoever counts; it was not the database that would not
        else:
            self.waiting += 1
            asked.strand = strand
            self._lane(asked).ask(asked)
        return reply

    async def read(self, query: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query(session, *args, **kwargs)` on a connection of its own, in one snapshot of what is committed.

        Raises Unavailable while the database is away, and once the desk is closed.
        """
        assert self._loop is not None, "the desk is not open"
        if self._is_blind:
            raise unavailable()
        reply: asyncio.Future[T] = self._loop.create_future()
        self._readers.ask(lambda: self.look(query, *args, **kwargs), reply)
        return await reply

    def look(self, query: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, on the calling thread. Raises Unavailable while the database is away."""

        def look() -> T:
            with nothing_kept():
                return self._looks.look(query, *args, **kwargs)

        try:
            return self._silence.asked(look)
        except (DBAPIError, LostError) as error:
            if is_outage(error) and not is_forbidden(error):
                self.hearing.failed()
                raise unavailable() from error
            raise

    def forget_ids(self) -> None:
        """The database went back to an earlier moment: the ids that were taken from it may be handed out again."""
        for lane in self._lanes:
            lane.forget_ids()

    def _lane(self, asked: Asked) -> Writer:
        """The first is for changes that need the house for themselves; the others share the tickets among them."""
        if len(self._lanes) == 1 or asked.about is None or not asked.stays:
            return self._lanes[0]
        return self._lanes[1 + asked.about % (len(self._lanes) - 1)]

    def _tell(self, reply: asyncio.Future[Any], found: Any, error: BaseException | None) -> None:
        """On a reader's thread."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(_end, reply, found, error)

    def _hand_back(self, done: list[Asked]) -> None:
        """On the writer's thread: give the whole batch, by value, to the loop."""
        assert self._loop is not None
        reached("desk.handing_back")
        self._loop.call_soon_threadsafe(self._answer, done)

    def _answer(self, done: list[Asked]) -> None:
        reached("desk.answering")
        self.waiting -= len(done)
        self.hearing.ended(done, self.clock.now())
        for asked in done:
            _end(asked.reply, asked.result, asked.error)
        reached("desk.answered")
        self._ended(done)
        if any(asked.logged for asked in done):
            self._bell()


def _end(reply: asyncio.Future[Any], found: Any, error: BaseException | None) -> None:
    if reply.done():
        return  # whoever asked went away
    if error is None:
        reply.set_result(found)
    else:
        reply.set_exception(error)
